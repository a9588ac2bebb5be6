"""Learn the timbre space of your own recordings and play it.

import timbrespace

model = timbrespace.load("sax.timbre")
series = model.encode(audio, sample_rate)
audio = model.decode(series)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from timbrespace.engine import Engine, load
    from timbrespace.latents import LatentSeries

__version__ = "0.1.0"
__all__ = ["Engine", "LatentSeries", "__version__", "load"]


def __getattr__(name: str) -> Any:
    """Import what is public when it is first asked for, so that `timbrespace --help` need not load torch."""
    if name in ("Engine", "load"):
        from timbrespace import engine

        return getattr(engine, name)
    if name == "LatentSeries":
        from timbrespace.latents import LatentSeries

        return LatentSeries
    raise AttributeError(f"module 'timbrespace' has no attribute '{name}'")
