"""What changed and why: which decisions differ between two runs of the same futures.

Every draw is keyed by what it decides, so a decision meets the same draw in both runs: if it comes
out otherwise, its terms moved its chance across that draw. Nothing here says that one thing caused
another unless putting it back was tried: of a single decision by arithmetic on its logged terms
(`releases.py`), of a whole effect by running both scenarios with the switch of `switch.py`.
"""
