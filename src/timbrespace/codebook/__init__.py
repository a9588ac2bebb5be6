"""The map of what a model can play, and ways through it: traversing in order, following a curve."""

from __future__ import annotations

from timbrespace.codebook.describe import describe_codes, describe_data, table_of
from timbrespace.codebook.table import DescriptorTable

__all__ = ["DescriptorTable", "describe_codes", "describe_data", "table_of"]
