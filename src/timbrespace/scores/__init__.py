"""Scores: pure functions from arrays to numbers. Nothing here knows of models, files or the command line."""
