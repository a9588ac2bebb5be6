"""The patch of a Max for Live audio effect: the track's sound through the model, its knobs as Live's dials.

Dials are Live's own parameters, so that they can be automated, mapped and saved with the set. The latency is
told to Live, which delays the other tracks to match: the model's, and what `nn~` adds with a ring of one hop
in Live's blocks of 64 samples.
"""

from __future__ import annotations

from timbrespace.export.description import Attribute, Description
from timbrespace.patches.max_file import SIGNAL, Line, MaxBox, MaxPatcher

LIVE_BLOCK_SAMPLES = 64  # in which Max for Live computes
DIMENSIONS = 8  # with a dial
DIAL_WIDTH, DIAL_HEIGHT, TOP = 58.0, 48.0, 28.0  # pixels of the device's face; Live's devices are 169 high
ROWS = 2
FLOAT_PARAMETER, FLOAT_STYLE = 0, 1  # Live's codes of a parameter with fractions, shown as such
AUDIO_EFFECT_NUMBER = 0x61616161  # the letters aaaa, as the patch repeats the kind of device


def device_patcher(description: Description, file: str) -> MaxPatcher:
    """The patch. file: the name of the exported model, which lies beside the device."""
    boxes, lines = _path(description, file)
    shown = _shown(description)
    for number, attribute in enumerate(shown):
        dial, message = _dial(attribute, number), f"set {attribute.name} $1"
        x = 30.0 + 120.0 * number
        boxes += [
            dial,
            MaxBox(f"tell-{attribute.name}", "message", message, 2, ("",), (x, 260.0, 110.0, 22.0)),
        ]
        lines += [Line(dial.id, 0, boxes[-1].id, 0), Line(boxes[-1].id, 0, "model", 0)]
    width = DIAL_WIDTH * -(-len(shown) // ROWS) + 16.0
    boxes.append(_face(description, width))
    settings = {
        "openinpresentation": 1,
        "devicewidth": width,
        "latency": description.latency_samples + description.hop - LIVE_BLOCK_SAMPLES,
        "project": {"version": 1, "amxdtype": AUDIO_EFFECT_NUMBER, "contents": {"patchers": {}}},
    }
    return MaxPatcher(boxes, lines, (max(700, 120 * len(shown)), 500), settings)


def _path(description: Description, file: str) -> tuple[list[MaxBox], list[Line]]:
    """Both channels of the track, mixed, through the model and back to both."""
    stereo = (SIGNAL, SIGNAL)
    boxes = [
        MaxBox("in", "newobj", "plugin~", 2, stereo, (30.0, 300.0, 60.0, 22.0)),
        MaxBox("sum", "newobj", "+~ 0.", 2, (SIGNAL,), (30.0, 330.0, 60.0, 22.0)),
        MaxBox("half", "newobj", "*~ 0.5", 2, (SIGNAL,), (30.0, 360.0, 60.0, 22.0)),
        MaxBox("model", "newobj", f"nn~ {file} forward 0", 1, (SIGNAL,), (30.0, 400.0, 240.0, 22.0)),
        MaxBox("out", "newobj", "plugout~", 2, stereo, (30.0, 440.0, 60.0, 22.0)),
        MaxBox("load", "newobj", "loadbang", 1, ("bang",), (300.0, 330.0, 60.0, 22.0)),
        MaxBox("ring", "message", f"bufsize {description.hop}", 2, ("",), (300.0, 360.0, 100.0, 22.0)),
    ]
    ends = [("in", 0, "sum", 0), ("in", 1, "sum", 1), ("sum", 0, "half", 0), ("half", 0, "model", 0)]
    ends += [("model", 0, "out", 0), ("model", 0, "out", 1), ("load", 0, "ring", 0), ("ring", 0, "model", 0)]
    return boxes, [Line(*end) for end in ends]


def _shown(description: Description) -> list[Attribute]:
    """The knobs that have a dial: of the whole sound, then the bias of the first dimensions that count."""
    known = {attribute.name: attribute for attribute in description.attributes}
    active = [f"{item.name}_bias" for item in description.latent_ranges if item.active]
    names = ["dry_wet", "aperiodicity", "loudness_offset_db", *active[:DIMENSIONS]]
    return [known[name] for name in names if name in known]


def _dial(attribute: Attribute, number: int) -> MaxBox:
    """One of Live's dials, with its range and where it begins."""
    column, row = divmod(number, ROWS)
    parameter = {
        "parameter_longname": attribute.name,
        "parameter_shortname": attribute.name.replace("_bias", "").replace("_", " "),
        "parameter_type": FLOAT_PARAMETER,
        "parameter_unitstyle": FLOAT_STYLE,
        "parameter_mmin": attribute.low,
        "parameter_mmax": attribute.high,
        "parameter_initial": [attribute.default],
        "parameter_initial_enable": 1,
    }
    settings = {
        "parameter_enable": 1,
        "presentation": 1,
        "presentation_rect": [8.0 + DIAL_WIDTH * column, TOP + 68.0 * row, DIAL_WIDTH - 6.0, DIAL_HEIGHT],
        "saved_attribute_attributes": {"valueof": parameter},
        "varname": attribute.name,
    }
    place = (30.0 + 120.0 * number, 200.0, DIAL_WIDTH - 6.0, DIAL_HEIGHT)
    return MaxBox(f"dial-{attribute.name}", "live.dial", "", 1, ("", "float"), place, settings)


def _face(description: Description, width: float) -> MaxBox:
    """The line above the dials."""
    text = f"{description.name}: set Live to {description.sample_rate} Hz"
    settings = {"presentation": 1, "presentation_rect": [8.0, 4.0, width - 8.0, 20.0], "fontface": 1}
    return MaxBox("face", "comment", text, 1, (), (30.0, 170.0, 300.0, 20.0), settings)
