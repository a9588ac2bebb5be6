"""Whether a series is one that a model can play."""

from __future__ import annotations

from timbrespace.errors import SeriesError
from timbrespace.latents.series import RATE_TOLERANCE, LatentSeries


def check_fits(series: LatentSeries, latents: int, frame_rate_hz: float, model_id: str) -> None:
    """Raise SeriesError where a series has not the dimensions or the frames a second of the model."""
    if series.latents != latents:
        raise SeriesError(
            f"the series has {series.latents} dimensions and the model {latents}: "
            f"it was made by model {series.model_id}, this is {model_id}"
        )
    if abs(series.frame_rate_hz / frame_rate_hz - 1.0) > RATE_TOLERANCE:
        raise SeriesError(
            f"the series has {series.frame_rate_hz:g} frames a second and the model "
            f"{frame_rate_hz:g}: it was made by model {series.model_id}"
        )
