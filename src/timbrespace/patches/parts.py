"""What many patches are put together from: rows of inlets and outlets, messages sorted by channel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from timbrespace.patches.graph import Patch, columns_for
from timbrespace.patches.instrument import Instrument

STEP = 120  # pixels from channel to channel inside an abstraction
LEFT, TOP = 20, 70
ALL = "all"


class Part(NamedTuple):
    """One channel of an operator. end: the box with its result. box, inlet: where its messages go."""

    end: int
    box: int
    inlet: int = 0


MakePart = Callable[[Patch, int, int, str], Part]  # patch, source, x, channel


def across(number: int) -> int:
    """x of a channel."""
    return LEFT + STEP * number


def open_patch(name: str, channels: int, says: str) -> Patch:
    """An empty abstraction, wide enough for its channels, that says what it is."""
    patch = Patch(name, max(860, min(across(channels) + 40, 1600)))
    patch.comment(says, LEFT, 12, 115)
    return patch


def row(patch: Patch, y: int, x: int, *texts: str, step: int = 30) -> list[int]:
    """Objects one below the other, a cable from each to the next."""
    boxes = [patch.object(text, x, y + step * number) for number, text in enumerate(texts)]
    patch.chain(*boxes)
    return boxes


def signal_inlets(patch: Patch, count: int, *, first: int = 0, messages: bool = True) -> list[int]:
    """A row of them; messages: the first one hands them on at its second outlet."""
    texts = ["inlet~ fwd" if messages and number == 0 else "inlet~" for number in range(count)]
    return [patch.object(text, across(first + number), TOP) for number, text in enumerate(texts)]


def signal_outlets(patch: Patch, sources: Sequence[int]) -> None:
    """A row of them below everything, each with the first outlet of its source."""
    y = below(patch)
    for number, source in enumerate(sources):
        patch.connect(source, patch.object("outlet~", across(number), y))
    patch.height = y + 60


def message_outlets(
    patch: Patch, sources: Sequence[Sequence[int]], *, first: int = 0, y: int | None = None
) -> None:
    """A row of outlets for messages, each with the first outlets of its sources."""
    y = below(patch) if y is None else y
    for number, boxes in enumerate(sources):
        out = patch.object("outlet", across(first + number), y)
        for box in boxes:
            patch.connect(box, out)
    patch.height = y + 60


def below(patch: Patch) -> int:
    """A y below everything."""
    return max(box.y + box.size[1] for box in patch.boxes) + 24


def sorted_messages(patch: Patch, source: int, words: Sequence[str], y: int, *, outlet: int = 0) -> int:
    """A `route` for messages that begin with one of `words`, from an outlet of `source`.

    What begins otherwise is printed with the patch's name. Returns the route, whose outlets are the words'.
    """
    text = "route " + " ".join(words)
    route = patch.object(text, LEFT, y, columns_for(len(words) + 1, text))
    patch.connect(source, route, outlet)
    unknown = patch.object(f"print {patch.name}-does-not-know", LEFT + patch.boxes[route].size[0] + 20, y)
    patch.connect(route, unknown, len(words))
    return route


def operator(
    instrument: Instrument,
    name: str,
    says: str,
    latent: MakePart,
    loudness: MakePart,
    *,
    all_is_all: bool = False,
    words: Sequence[str] = (),
) -> tuple[Patch, list[tuple[int, int]]]:
    """An abstraction with a part for each channel: messages `all …`, `z0 …`, …, `loudness …` go to them.

    all_is_all: `all` means loudness too. words: of further messages. Returns the patch, and for each of
    the words the box and the outlet where its message comes out.
    """
    channels = instrument.channels
    patch = open_patch(name, len(channels) + 1, says)
    inlets = signal_inlets(patch, len(channels))
    route = sorted_messages(patch, inlets[0], [ALL, *channels, *words], 100, outlet=1)
    makers = [latent] * (len(channels) - 1) + [loudness]
    parts = [
        make(patch, source, across(number), channel)
        for number, (make, source, channel) in enumerate(zip(makers, inlets, channels, strict=True))
    ]
    for number, part in enumerate(parts):
        patch.connect(route, part.box, number + 1, part.inlet)
        if all_is_all or number < len(parts) - 1:
            patch.connect(route, part.box, 0, part.inlet)
    signal_outlets(patch, [part.end for part in parts])
    return patch, [(route, 1 + len(channels) + number) for number in range(len(words))]


def heard(patch: Patch, level: int, x: int, y: int) -> int:
    """A signal of 1 where a level in dB is above the floor of -100, 0 where it is silence."""
    boxes = row(patch, y, x, "+~ 100", "*~ 1e+06", "clip~ 0 1")
    patch.connect(level, boxes[0])
    return boxes[-1]
