"""Moving one descriptor of a continuous model's frames by a known amount, the others as little as possible.

Linear directions do not do it: where brightness lies changes from note to note, and pitch lies on a curve.
So every frame is moved by the decoder's own slopes, and its pitch by frames of the data that have it.
"""

from __future__ import annotations

from timbrespace.directions.measured import Directions, fit_directions, save_directions_csv
from timbrespace.directions.moving import WORDS, move

__all__ = ["WORDS", "Directions", "fit_directions", "move", "save_directions_csv"]
