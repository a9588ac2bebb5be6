"""The start page for Max: what must be set first, and every example and help one click away."""

from __future__ import annotations

from collections.abc import Sequence

from timbrespace.patches import manual
from timbrespace.patches.graph import Patch
from timbrespace.patches.instrument import PD_BLOCK, Instrument, in_pd_samples
from timbrespace.patches.start import TEXTS

START = "README"
LEFT, ROW, SAID_AT, COLUMN, ROWS = 20, 28, 250, 620, 14


def start_page(instrument: Instrument, names: Sequence[str]) -> Patch:
    """names: of the help patches and the examples. `pcontrol` opens what is clicked on."""
    description = instrument.description
    patch = Patch(START, 1180, 700)
    patch.title(f"{description.name} in Max", LEFT, 12)
    patch.comment(
        f"A {description.kind} model with {description.latents} latents, {description.sample_rate} Hz, "
        f"frames of {description.hop} samples, latency {description.latency_samples} samples "
        f"({instrument.latency_ms:.0f} ms), with a vector of {PD_BLOCK} {in_pd_samples(description)} "
        f"({instrument.in_pd_ms:.0f} ms). Made by timbrespace.",
        LEFT, 52, 110,
    )  # fmt: skip
    patch.comment(
        f"1. Options - Audio Status: sample rate {description.sample_rate}. 2. Turn the sound on, below. "
        "3. Click on a name and turn its volume, 0 at first, up. The object nn~ must be installed "
        "(docs/max.md of timbrespace says how).",
        LEFT, 92, 110,
    )  # fmt: skip
    manual.rate_line(patch, LEFT, 134)
    for number, text in enumerate(("; dsp start", "; dsp stop")):
        patch.message(text, LEFT + 480 + 90 * number, 134)
    bottom = 204 + ROW * (ROWS + 1)
    opener, other = patch.object("s $0-open", LEFT, bottom), patch.object("s $0-open", LEFT + COLUMN, bottom)
    patch.chain(
        patch.object("r $0-open", LEFT + 180, bottom), patch.object("pcontrol", LEFT + 180, bottom + ROW)
    )
    told = [name for name in names if name.endswith(manual.SUFFIX)]
    played = [name for name in names if name not in told]
    patch.comment("Examples", LEFT, 176, 30)
    for number, name in enumerate(played):
        y = 204 + ROW * number
        patch.connect(patch.message(f"load {name}.maxpat", LEFT, y), opener)
        patch.comment(TEXTS[name], LEFT + SAID_AT, y + 2, 46)
    patch.comment("Objects and their help", LEFT + COLUMN, 176, 30)
    for number, name in enumerate(told):
        column, row = divmod(number, ROWS)
        x, y = LEFT + COLUMN + 220 * column, 204 + ROW * row
        patch.connect(patch.message(f"load {name.removesuffix(manual.SUFFIX)}.maxhelp", x, y), other)
    return patch
