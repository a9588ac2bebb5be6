"""Learn the timbre space of your own recordings and play it."""

__version__ = "0.1.0"
