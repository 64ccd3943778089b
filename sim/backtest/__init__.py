"""Backtest: the model beside the record, and beside naive rivals that are given the same record.

scoring.py scores bands, rivals.py forecasts by last value and by trend, nested_logit.py by a plain
market-share model, hindcast.py lays them all beside every mapped fact, replay.py reruns natural
experiments without the event.
"""
