"""Every abstraction of one exported model, by name."""

from __future__ import annotations

from timbrespace.patches import (
    blends,
    chance,
    codec,
    control,
    faces,
    filing,
    operators,
    osc,
    playing,
    takes,
    weighing,
)
from timbrespace.patches.graph import Patch
from timbrespace.patches.instrument import Instrument

# what players use, in the order in which the start page shows it; of a model
OBJECTS = (
    codec.encoder, codec.decoder, codec.convert, codec.follow, blends.morph, blends.plane,
    operators.scale, operators.bias, chance.random, chance.walk, operators.smooth, operators.quantise,
    operators.clip, blends.mix, operators.freeze, takes.record, playing.loop, playing.stretch,
    takes.reverse, faces.sliders, faces.view, control.midi, osc.osc_in, osc.osc_out,
)  # fmt: skip
# what those are made of
INNER = (filing.save, filing.load, chance.clock, chance.noise, chance.stray, control.rate)
PLAIN = (
    operators.hold, chance.normal, takes.track, takes.flip, playing.play, playing.read, filing.file,
    filing.bytes_of, filing.path, weighing.weights, blends.sum_of, blends.spot, control.knob,
)  # fmt: skip


def abstractions(instrument: Instrument) -> dict[str, Patch]:
    """The patches that other patches use, by name; `ts.follow~` only where the model can follow."""
    made = [make(instrument) for make in (*OBJECTS, *INNER) if _possible(make, instrument)]
    return {patch.name: patch for patch in [*made, *(make() for make in PLAIN)]}


def _possible(make: object, instrument: Instrument) -> bool:
    return make is not codec.follow or bool(instrument.description.descriptors)
