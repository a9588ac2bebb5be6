"""How loud a part's source is, so that the page can play source and result equally loud.

A sound is measured as it is played. A source that is a series is never decoded for this: frames carry their
K-weighted level, and what their mean differs by from the result's is what the sounds differ by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from timbrespace.loudness import GATE_LUFS, integrated_lufs
from timbrespace.studio import sounds
from timbrespace.studio.caching import Kept
from timbrespace.studio.document import Part, SoundSource
from timbrespace.studio.rendering import Render

if TYPE_CHECKING:
    from timbrespace.studio.studio import Studio

KEPT_SOURCES = 1000


class SourceLoudness:
    """Measures sources, each once."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._known: Kept[float] = Kept(KEPT_SOURCES, lambda _: 1)

    def lufs(self, part: Part, render: Render) -> float:
        """Of the part's source as `version: source` plays it, BS.1770; render: the part's newest."""
        source = part.current_source
        if isinstance(source, SoundSource):
            return self._of_sound(source, render.sample_rate)
        now = self._studio.evaluator.series(part)
        differs = mean_level_db(now.source.loudness_db) - mean_level_db(now.series.loudness_db)
        return max(GATE_LUFS, render.loudness_lufs + differs)

    def _of_sound(self, source: SoundSource, sample_rate: int) -> float:
        key = (source, sample_rate)
        known = self._known.get(key)
        if known is None:
            session = self._studio.session
            sound = sounds.find(session, source.sound)
            samples = sounds.at_rate(session, sound, source.start, source.end, sample_rate)
            known = integrated_lufs(samples, sample_rate)
            self._known.put(key, known)
        return known


def mean_level_db(loudness_db: NDArray[np.floating]) -> float:
    """The level of the mean power of frames [L] in dBFS."""
    power = np.power(10.0, np.asarray(loudness_db, np.float64) / 10.0)
    return float(10.0 * np.log10(power.mean()))
