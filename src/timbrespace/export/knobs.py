"""The knobs of an exported model: every one described once, for the file, its certificate and the patches."""

from __future__ import annotations

from timbrespace.config import LARGEST_SEED, ModelConfig
from timbrespace.export.description import Attribute
from timbrespace.ranges import DataRange

RESET, SEED, LOUDNESS, APERIODICITY, DRY_WET, CONTINUITY = range(6)  # places of those every file has
SHARED = 6
WIDEST_BIAS = 3.0  # deviations, where a bundle does not say how far its data went
SCALE = 4.0


def knobs(config: ModelConfig, data: DataRange | None) -> tuple[Attribute, ...]:
    """All of them: six that every file has, in the order above, then bias and scale of each dimension."""
    shared = (
        Attribute(
            "reset", "int", 0, 0, LARGEST_SEED, "",
            "any value makes the object forget what it has heard",
        ),
        Attribute("seed", "int", 0, 0, LARGEST_SEED, "", "of the noise part: same number, same noise"),
        Attribute("loudness_offset_db", "float", 0.0, -60.0, 30.0, "dB", "added to the loudness played"),
        Attribute("aperiodicity", "float", 1.0, 0.0, 2.0, "", "factor on the noise part"),
        Attribute("dry_wet", "float", 1.0, 0.0, 1.0, "", "forward: 0 the delayed input, 1 the model"),
        Attribute(
            "continuity", "float", 1.0, 0.0, 100.0, "",
            "follow: 0 takes the nearest sound in each frame; more holds on to sounds longer",
        ),
    )  # fmt: skip
    return shared + tuple(
        knob for dimension in range(config.latents) for knob in _of_dimension(dimension, data)
    )


def _of_dimension(dimension: int, data: DataRange | None) -> tuple[Attribute, Attribute]:
    """A bias that leads from one end of the data to the other, and a scale that may turn it over."""
    wide = WIDEST_BIAS if data is None else float(data.high[dimension] - data.low[dimension])
    wide = max(wide, 1.0)
    name = f"z{dimension}"
    return (
        Attribute(f"{name}_bias", "float", 0.0, -wide, wide, "deviations", f"added to {name}"),
        Attribute(f"{name}_scale", "float", 1.0, -SCALE, SCALE, "", f"factor on {name}, before the bias"),
    )
