"""Calibration: which assumptions reproduce the record, and which the record cannot tell.

prior.py designs the trials, bank.py runs the model at them, emulator.py learns what the model
shows as a function of the free assumptions, matching.py rules out and samples, posterior.py weighs
sets by real runs and ships them, recovery.py does the same with made-up data whose truth is
known.
"""
