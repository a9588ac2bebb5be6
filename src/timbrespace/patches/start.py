"""The start page: what there is, one click away, and what must be set first."""

from __future__ import annotations

from collections.abc import Sequence

from timbrespace.patches import manual
from timbrespace.patches.graph import Patch
from timbrespace.patches.instrument import Instrument, in_pd_samples
from timbrespace.patches.parts import row

LEFT, ROW, SAID_AT, COLUMN = 20, 25, 240, 680
TEXTS = {
    "conversion-from-microphone": "the microphone plays the model",
    "feedback-shaping": "the model hears itself through a filter and a delay",
    "plane-from-midi": "four moments kept, two controllers between them",
    "latents-drawn-in-an-array": "every latent as a curve to draw",
    "follow-a-slider": "ask for a descriptor, hear the nearest sound",
}


def start_page(instrument: Instrument, pages: Sequence[manual.Page], examples: Sequence[Patch]) -> Patch:
    """`README`: links to the examples and to the help of every object."""
    description = instrument.description
    patch = Patch("README", 1290, 700)
    patch.title(f"{description.name} in Pure Data", LEFT, 12)
    patch.comment(
        f"A {description.kind} model with {description.latents} latents, {description.sample_rate} Hz, "
        f"frames of {description.hop} samples, latency {description.latency_samples} samples "
        f"({instrument.latency_ms:.0f} ms), in Pd {in_pd_samples(description)} "
        f"({instrument.in_pd_ms:.0f} ms). Made by timbrespace.",
        LEFT, 52, 110,
    )  # fmt: skip
    patch.comment(
        f"First Media - Audio settings: sample rate {description.sample_rate} Hz. Then DSP on, below. Then "
        "click on a name and turn its volume, 0 at first, up. The object nn~ must be installed "
        "(docs/puredata.md of timbrespace says how).",
        LEFT, 92, 110,
    )  # fmt: skip
    manual.rate_line(patch, LEFT, 134)
    patch.connect(patch.toggle(LEFT + 480, 136, "DSP"), patch.message("; pd dsp $1", LEFT + 570, 134))
    opener = patch.object("s $0-open", LEFT, 170 + ROW * (max(len(examples) + 2, 1) + 3))
    patch.comment("Examples", LEFT, 176, 30)
    _links(patch, [(example.name, TEXTS[example.name]) for example in examples], LEFT, opener)
    patch.comment("Objects and their help", LEFT + COLUMN, 176, 30)
    links = [(f"{page.name}{manual.SUFFIX}", page.short) for page in pages]
    _links(patch, links, LEFT + COLUMN, patch.object("s $0-open", LEFT + COLUMN, 204 + ROW * len(links)))
    _opening(patch, LEFT, 170 + ROW * (len(examples) + 6))
    patch.height = 204 + ROW * (len(links) + 2)
    return patch


def _links(patch: Patch, names: Sequence[tuple[str, str]], x: int, opener: int) -> None:
    for number, (name, says) in enumerate(names):
        y = 204 + ROW * number
        patch.connect(patch.message(f"{name}.pd", x, y), opener)
        patch.comment(says, x + SAID_AT, y + 1, 46 if x > LEFT else 58)


def _opening(patch: Patch, x: int, y: int) -> None:
    """A name that was clicked on is opened from the folder of this page."""
    content = Patch("open-what-is-clicked", 420, 300)
    asked = row(content, 20, 20, "r $0-open", "symbol", "t b s")
    folder = content.chain(asked[2], content.message("dir", 20, 120), content.object("pdcontrol", 20, 150))
    both, opened = content.object("pack s s", 20, 190), content.message("; pd open $2 $1", 20, 230)
    content.connect(asked[2], both, 1, 1)
    content.chain(folder, both, opened)
    patch.subpatch(content, x, y)
