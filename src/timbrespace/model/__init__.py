"""The two timbre models on one contract."""
