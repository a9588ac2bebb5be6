"""A help patch for every object that players use: what it does, its messages to try, its sound or numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from timbrespace.controls import LOUDNESS
from timbrespace.export.description import Range
from timbrespace.patches import faces
from timbrespace.patches.graph import CHARACTER, Patch, columns_for
from timbrespace.patches.instrument import Instrument
from timbrespace.patches.parts import row

LEFT, TEXT_COLUMNS = 20, 96
MESSAGES_AT, MESSAGES_WIDTH = 780, 470  # the column of messages, in pixels; farther where objects are wider
SUFFIX = "-help"

Lines = tuple[tuple[str, str], ...]  # messages, and what each does


def lines(text: str) -> Lines:
    """From lines `message: what it does`."""
    split = [line.strip().partition(": ") for line in text.strip().splitlines()]
    return tuple((message, meaning) for message, _, meaning in split)


@dataclass(frozen=True)
class Page:
    """What a help patch shows. text: of the object. short: a line about it. messages: each with what it does.

    source, sink: one of `SOURCES`, of `SINKS`.
    ports: inlets and outlets, in words.
    """

    text: str
    short: str
    says: str
    ports: str
    messages: Lines
    source: str = "series"
    sink: str = "series"

    @property
    def name(self) -> str:
        return self.text.split()[0]


def help_patch(instrument: Instrument, page: Page) -> Patch:
    """The help patch of a page, beside its object as `NAME-help`."""
    right = messages_at(instrument)
    patch = Patch(f"{page.name}{SUFFIX}", right + MESSAGES_WIDTH)
    patch.title(page.name, LEFT, 12)
    patch.comment(page.says, LEFT, 52, TEXT_COLUMNS)
    patch.comment(page.ports, LEFT, below(patch), TEXT_COLUMNS)
    rate_line(patch, right, 16)
    sources = SOURCES[page.source](patch, instrument, below(patch) + 6)
    y = below(patch) + 40
    columns = (
        columns_for(len(instrument.channels), page.text)
        if page.source == "series" or page.sink.startswith("series")
        else 0
    )
    shown = patch.object(page.text, LEFT, y, columns)
    for number, (box, outlet) in enumerate(sources):
        patch.connect(box, shown, outlet, number)
    if page.messages:
        _messages(patch, shown, y, page.messages, right)
    SINKS[page.sink](patch, instrument, shown, y + patch.boxes[shown].size[1] + 38)
    patch.height = max(below(patch, everywhere=True) + 30, 420)
    return patch


def messages_at(instrument: Instrument) -> int:
    """x of the column of messages."""
    return max(MESSAGES_AT, LEFT + CHARACTER * columns_for(len(instrument.channels), "") + 40)


def below(patch: Patch, *, everywhere: bool = False) -> int:
    """A y below what stands on the left, or below everything."""
    boxes = [box for box in patch.boxes if everywhere or box.x < MESSAGES_AT]
    return max(box.y + box.size[1] for box in boxes) + 8


def _object(patch: Patch, instrument: Instrument, page: Page, y: int) -> int:
    """The object itself, as wide as its cables ask for."""
    if page.name in faces.NAMES:
        return patch.shown(page.text, LEFT, y, faces.face_size(instrument))
    many = "series" in (page.source, page.sink.split()[0])
    return patch.object(page.text, LEFT, y, columns_for(len(instrument.channels), page.text) if many else 0)


def rate_line(patch: Patch, x: int, y: int) -> None:
    """Says whether Pd runs at the model's rate."""
    rate, told = patch.object("ts.rate", x, y), patch.message("", x + 80, y, 44)
    patch.connect(rate, told)


def _messages(patch: Patch, shown: int, y: int, messages: Lines, right: int) -> None:
    """A column of messages and what they do; they reach the object by a name, as cables would cross all."""
    patch.comment("Messages, to the first inlet:", right, 60)
    places, y_next = [], 92
    for text, meaning in messages:
        place = patch.message(text, right, y_next)
        said = patch.comment(meaning, right + 6, y_next + 23, 62)
        places.append(place)
        y_next += 23 + patch.boxes[said].size[1] + 4
    collected = patch.object("s $0-messages", right, y_next + 10)
    for place in places:
        patch.connect(place, collected)
    received = patch.object("r $0-messages", LEFT + 560, y - 28)
    patch.connect(received, shown)


def sliders(patch: Patch, instrument: Instrument, y: int) -> list[tuple[int, int]]:
    """A series by hand; returns the outlets of its channels."""
    face = patch.shown("ts.sliders~", LEFT, y, faces.face_size(instrument))
    return [(face, number) for number in range(len(instrument.channels))]


def microphone(patch: Patch, x: int, y: int) -> int:
    """The first input without the offset that converters add, which a model would hear as timbre."""
    inside = Patch("microphone", 320, 240)
    source, mean = inside.object("adc~ 1", 20, 20), inside.object("lop~ 0.1", 120, 70)
    free = inside.object("-~", 20, 120)
    inside.chain(source, free, inside.object("outlet~", 20, 180))
    inside.connect(source, mean)
    inside.connect(mean, free, 0, 1)
    return patch.subpatch(inside, x, y)


def sound_in(patch: Patch, instrument: Instrument, y: int) -> list[tuple[int, int]]:
    """The microphone and a tone, each with a slider; both begin silent."""
    total = patch.object("+~", LEFT, y + 100)
    for number, words in enumerate(("microphone", "220 Hz tone")):
        x = LEFT + 330 * number
        level = patch.slider(x + 90, y, 0.0, 1.0, words)
        source = patch.object("osc~ 220", x, y + 30) if number else microphone(patch, x, y + 30)
        gain = patch.object("*~ 0", x, y + 60)
        patch.chain(source, gain)
        patch.connect(level, gain, 0, 1)
        patch.connect(gain, total, 0, number)
    return [(total, 0)]


def taking(patch: Patch, instrument: Instrument, y: int) -> list[tuple[int, int]]:
    """Sliders that are recorded into a take, for what plays it."""
    text = "ts.record~ take"
    outlets = sliders(patch, instrument, y)
    below_sliders = y + faces.face_size(instrument)[1] + 40
    recorded = patch.object(text, LEFT, below_sliders, columns_for(len(outlets), text))
    for number, (box, outlet) in enumerate(outlets):
        patch.connect(box, recorded, outlet, number)
    patch.connect(recorded, patch.number(LEFT, below_sliders + 36, "frames"))
    for number, word in enumerate(("record", "stop", "read take.csv")):
        patch.connect(patch.message(word, LEFT + 450 + 70 * number, below_sliders - 24), recorded)
    return []


def value_and_level(patch: Patch, instrument: Instrument, y: int) -> list[tuple[int, int]]:
    """Two sliders: a value of the first descriptor, within its range, and loudness."""
    name, reach = next(iter(instrument.description.descriptors.items()))
    value = patch.slider(LEFT, y, reach.low, reach.high, range_label(name, reach))
    level = patch.slider(LEFT + 380, y, *faces.ends(instrument, LOUDNESS), instrument.range_text(LOUDNESS))
    numbers = [patch.number(x, y + 26, columns=10) for x in (LEFT, LEFT + 380)]
    patch.chain(value, numbers[0])
    patch.chain(level, numbers[1])
    return [(number, 0) for number in numbers]


def range_label(name: str, reach: Range) -> str:
    return f"{name}  {reach.low:.4g} … {reach.high:.4g} {reach.unit}".rstrip()


def nothing(patch: Patch, instrument: Instrument, y: int) -> list[tuple[int, int]]:
    return []


def viewed(patch: Patch, instrument: Instrument, shown: int, y: int) -> None:
    """The series that comes out; a number or a list after it is shown too."""
    face = patch.shown("ts.view~", LEFT, y, faces.face_size(instrument))
    for number in range(len(instrument.channels)):
        patch.connect(shown, face, number, number)


def viewed_and_told(patch: Patch, instrument: Instrument, shown: int, y: int) -> None:
    """The series, and what the outlet after it says."""
    viewed(patch, instrument, shown, y)
    _told_right(patch, instrument, shown, 1)


def viewed_and_told_twice(patch: Patch, instrument: Instrument, shown: int, y: int) -> None:
    """The series, and what the two outlets after it say."""
    viewed(patch, instrument, shown, y)
    _told_right(patch, instrument, shown, 2)


def _told_right(patch: Patch, instrument: Instrument, shown: int, outlets: int) -> None:
    """Below the messages, where no cable crosses a face."""
    right = messages_at(instrument)
    lowest = max(box.y + box.size[1] for box in patch.boxes if box.x >= right)
    for number in range(outlets):
        told(patch, shown, len(instrument.channels) + number, right + 170 * number, lowest + 20)


def sound_out(patch: Patch, instrument: Instrument, shown: int, y: int) -> None:
    """To the loudspeakers, silent until its slider is moved."""
    level = patch.slider(LEFT + 60, y, 0.0, 1.0, "volume")
    gain, out = patch.object("*~ 0", LEFT, y + 30), patch.object("dac~", LEFT, y + 64)
    patch.chain(shown, gain, out)
    patch.connect(gain, out, 0, 1)
    patch.connect(level, gain, 0, 1)


def counted(patch: Patch, instrument: Instrument, shown: int, y: int) -> None:
    patch.connect(shown, patch.number(LEFT, y, "frames"))


def messages_out(patch: Patch, instrument: Instrument, shown: int, y: int) -> None:
    """Each of four outlets, below the other."""
    for number in range(4):
        told(patch, shown, number, LEFT + 170 * number, y)


def told(patch: Patch, shown: int, outlet: int, x: int, y: int) -> None:
    """What an outlet says, in a message box."""
    boxes = row(patch, y, x, "list prepend set", "list trim")
    patch.connect(shown, boxes[0], outlet)
    patch.connect(boxes[1], patch.message("", x, y + 60, 20))


def silent(patch: Patch, instrument: Instrument, shown: int, y: int) -> None:
    """Nothing comes out."""


SOURCES: dict[str, Callable[[Patch, Instrument, int], list[tuple[int, int]]]] = {
    "series": sliders, "sound": sound_in, "take": taking, "none": nothing, "value": value_and_level,
}  # fmt: skip
SINKS: dict[str, Callable[[Patch, Instrument, int, int], None]] = {
    "series": viewed, "series and more": viewed_and_told,
    "series and two more": viewed_and_told_twice, "sound": sound_out, "take": counted,
    "messages": messages_out, "none": silent,
}  # fmt: skip
