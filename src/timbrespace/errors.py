"""One family of exceptions: every message names the thing at fault, its value and what to do about it.

The command line prints the message of any `TimbrespaceError` on one line and exits with 1
(`UsageError`: 2). Anything else that escapes is a defect of this package.
"""

from __future__ import annotations


class TimbrespaceError(Exception):
    """Base of everything this package raises on purpose."""


class UsageError(TimbrespaceError):
    """The request itself makes no sense: a value out of range, two options that exclude each other."""


class ConfigError(UsageError):
    """A configuration value is out of its range."""


class AudioError(TimbrespaceError):
    """A sound cannot be read or written."""


class DatasetError(TimbrespaceError):
    """A data set is missing, incomplete, or of another version."""


class BundleError(TimbrespaceError):
    """A `.timbre` file is missing, broken, truncated, or of a newer version."""


class SeriesError(TimbrespaceError):
    """A latent series or a curve does not hold what it should."""


class TrainingError(TimbrespaceError):
    """A training run cannot start or go on."""


class ExportError(TimbrespaceError):
    """A model that cannot be exported, or a file that was not."""
