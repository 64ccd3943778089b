"""Which model this is: the version rises whenever the same inputs would give other numbers."""

MODEL_VERSION = "0.3.0"
