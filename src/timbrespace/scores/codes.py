"""How much of a codebook is in use."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def codebook_used(codes: NDArray[np.integer], size: int) -> float:
    """Share of a codebook of `size` codes that occurs in `codes` [L], 0 to 1."""
    return len(np.unique(codes)) / size


def perplexity(codes: NDArray[np.integer]) -> float:
    """Exponential of the entropy of the codes [L]: K codes used equally often give K. NaN for none."""
    if codes.size == 0:
        return math.nan
    _, counts = np.unique(codes, return_counts=True)
    share = counts / counts.sum()
    return float(np.exp(-np.sum(share * np.log(share))))
