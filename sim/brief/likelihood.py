"""Which word stands for which share of futures: one scale for every sentence of a brief.

The words are those of the Intergovernmental Panel on Climate Change; here they count futures of the
model and not chances in the world, and every brief says so once. Of k among n futures the word is
chosen by (k + 1/2) / (n + 1), so that few futures never make a certainty.
"""

from __future__ import annotations

import math

from sim.wording import futures

EITHER = "about as likely as not"
SCALE = ((0.99, "virtually certain"), (0.90, "very likely"), (0.66, "likely"))
EXPLAINED = (
    "“Likely” and its like count the model’s futures: "
    + "; ".join(f"{word}, {100 * share:.0f} of 100 or more" for share, word in SCALE)
    + f"; {EITHER}, fewer. Few futures are never called more than they bear. The words say how the "
    "model’s futures divide, and not how likely the world is to follow."
)


def likely(share: float, n: int) -> str:
    """Return the word for the share of `n` futures in which something holds."""
    sound = (share * n + 0.5) / (n + 1)
    return next((word for least, word in SCALE if sound >= least), EITHER)


def direction(positive: float, negative: float, n: int) -> str:
    """Return which way a change goes, from the shares of `n` futures in which it is up or down.

    "same" in every future; "still" if it is nought more often than up and more often than down;
    "higher" or "lower" if that is at least likely; "either" where too few futures agree.
    """
    if positive == 0.0 and negative == 0.0:
        return "same"
    if 1.0 - positive - negative > max(positive, negative):
        return "still"
    if likely(max(positive, negative), n) == EITHER:
        return "either"
    return "higher" if positive > negative else "lower"


def sure(positive: float, negative: float, n: int) -> str:
    """Return in how many futures the change is what it is most often."""
    if not n:
        return "not available"
    if positive == 0.0 and negative == 0.0:
        return "the same in every future"
    word = "higher" if positive >= negative else "lower"
    count = futures(round(max(positive, negative) * n), n)
    if 1.0 - positive - negative > max(positive, negative):
        same = futures(round((1.0 - positive - negative) * n), n)
        return f"the same in {same}, {word} in {count.removesuffix(' of 100 futures')}"
    return f"{word} in {count}"


def count_error(n: int) -> int:
    """Return by how many of 100 a count near 50 of 100 may be off, at two standard errors."""
    return min(50, math.ceil(100.0 * 2.0 * 0.5 / math.sqrt(n)))
