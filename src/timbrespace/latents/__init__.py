"""Latent series: what a sound is to a model, what can be done to that, and the files it lies in."""

from timbrespace.latents.checks import MAX_FRAMES, MAX_LATENTS, Dimensions
from timbrespace.latents.series import LatentSeries

__all__ = ["MAX_FRAMES", "MAX_LATENTS", "Dimensions", "LatentSeries"]
