"""A take in a text file, the same that `timbrespace encode --csv` writes and `decode` reads."""

from __future__ import annotations

from timbrespace.patches.graph import Patch
from timbrespace.patches.instrument import Instrument
from timbrespace.patches.parts import row

COMMA, LINE_END = 44, 10  # as bytes
CELLS_APART = 120  # pixels


def file() -> Patch:
    """`write FILE`, `read FILE`; out comes the number of frames after reading."""
    patch = Patch("ts.file", 640, 260)
    says = (
        "ts.file NAME: write FILE.csv, read FILE.csv: a take as text, seconds,loudness_db,z0,z1,… with a "
        "row a frame. Out: how many frames were read."
    )
    patch.comment(says, 20, 12, 80)
    route = row(patch, 60, 20, "inlet", "route write read")[1]
    saved, loaded = (
        row(patch, 130, 20, "ts.path", "ts.save $1"),
        row(patch, 130, 220, "ts.path", "ts.load $1"),
    )
    patch.connect(route, saved[0])
    patch.connect(route, loaded[0], 1)
    patch.connect(loaded[1], patch.object("outlet", 220, 200))
    return patch


def _columns(instrument: Instrument) -> list[str]:
    """Channels as a file has them, after the seconds."""
    return [instrument.channels[-1], *instrument.latents]


def save(instrument: Instrument) -> Patch:
    """A file opened, the line of names, row by row, closed."""
    patch = Patch("ts.save", 1400, 640)
    patch.comment("ts.save NAME: the path of a file → a take in it.", 20, 12, 60)
    order = row(patch, 40, 20, "inlet", "t b b b s")[1]
    names = ["seconds", "loudness_db", *instrument.latents]
    opened, closed = patch.message("open $1 c", 320, 80), patch.message("close", 20, 110)
    header = " ".join(str(byte) for byte in (",".join(names) + "\n").encode())
    first = patch.message(header, 440, 80, 90)
    handle = patch.object("file handle", 320, 580)
    for outlet, box in ((3, opened), (2, first), (0, closed)):
        patch.connect(order, box, outlet)
        patch.connect(box, handle)
    count = row(patch, 110, 120, "t b b", "value $1-frames", "until")
    place = row(patch, 210, 120, "f", "t f f", "t " + " ".join(["f"] * len(names)))
    zero, following = patch.message("0", 270, 110), patch.object("+ 1", 200, 210)
    patch.connect(order, count[0], 1)
    patch.connect(count[0], zero, 1)
    patch.connect(zero, place[0], 0, 1)
    patch.connect(count[2], place[0])
    patch.connect(place[1], following, 1)
    patch.connect(following, place[0], 0, 1)
    cells = [f"* {instrument.frame_ms / 1000:.9g}", *(f"tabread $1-{name}" for name in _columns(instrument))]
    for number, text in enumerate(cells):
        end = LINE_END if number == len(cells) - 1 else COMMA
        y = 330 + 70 * (number % 3)
        cell = row(patch, y, 20 + CELLS_APART * number, text, f"ts.bytes {end}")
        patch.connect(place[2], cell[0], len(cells) - 1 - number)
        patch.connect(cell[1], handle)
    return patch


def load(instrument: Instrument) -> Patch:
    """Cell by cell; those of the first line are names, and there must be as many as this model has."""
    patch = Patch("ts.load", 1200, 760)
    patch.comment("ts.load NAME: the path of a file → a take from it. Out: how many frames.", 20, 12, 80)
    count = len(_columns(instrument)) + 1
    order = row(patch, 40, 20, "inlet", "t b b b s")[1]
    opened, anew = patch.message("clear, read $1 cr, rewind", 320, 80), patch.message("0", 240, 80)
    text, loop = patch.object("textfile", 20, 170), row(patch, 110, 120, "until", "t b")
    kinds = patch.object("route float", 20, 200)
    patch.connect(order, opened, 3)
    patch.connect(order, anew, 2)
    patch.connect(order, loop[0], 1)
    for source in (opened, loop[1]):
        patch.connect(source, text)
    patch.connect(text, loop[0], 1, 1)
    patch.connect(text, kinds)
    names = row(patch, 200, 300, "t b", "f", "+ 1", f"== {count}")
    patch.connect(kinds, names[0], 1)
    patch.connect(names[2], names[1], 0, 1)
    numbers = patch.object("spigot", 20, 240)
    patch.connect(kinds, numbers)
    patch.connect(names[3], numbers, 0, 1)
    held, place = _stored(patch, instrument, numbers, count)
    for box in (names[1], place, held, numbers):
        patch.connect(anew, box, 0, 1)
    patch.connect(order, held)
    _told(patch, instrument, held, count)
    return patch


def _stored(patch: Patch, instrument: Instrument, numbers: int, count: int) -> tuple[int, int]:
    """Each number into its column's array, at its row; the box that keeps how many came, and the counter."""
    value = patch.object("t b f", 20, 270)
    place = row(patch, 310, 20, "f", "t f f f", f"% {count}", "pack 0 0")
    following, held = patch.object("+ 1", 160, 310), patch.object("f", 240, 340)
    frame = row(patch, 370, 120, f"/ {count}", "int", f"min {instrument.longest_frames}")
    sorter = patch.object("route " + " ".join(map(str, range(count))), 20, 470, 70)
    patch.connect(numbers, value)
    patch.connect(value, place[3], 1, 1)
    patch.connect(value, place[0])
    for box in (place[0], held):
        patch.connect(following, box, 0, 1)
    patch.connect(place[1], following, 2)
    patch.connect(place[1], frame[0], 1)
    patch.connect(place[3], sorter)
    for number, name in enumerate(_columns(instrument)):
        written = patch.object(f"tabwrite $1-{name}", 20 + CELLS_APART * number, 560 + 30 * (number % 3))
        patch.connect(sorter, written, number + 1)
        patch.connect(frame[2], written, 0, 1)
    return held, place[0]


def _told(patch: Patch, instrument: Instrument, held: int, count: int) -> None:
    """How many frames there are now; or that the file was none of this model."""
    found = row(patch, 340, 420, f"/ {count}", "int", f"min {instrument.longest_frames}", "sel 0")
    says = f"needs {count} columns: seconds loudness_db z0 and so on, of this model"
    wrong, said = patch.message(says, 560, 430), patch.object("print ts.file", 560, 490)
    patch.connect(held, found[0])
    patch.chain(found[3], wrong, said)
    patch.connect(found[3], patch.object("outlet", 460, 520), 1)


def bytes_of() -> Patch:
    """A number as text in bytes, and one more."""
    patch = Patch("ts.bytes", 420, 260)
    patch.comment("ts.bytes BYTE: a number as the bytes of its text, and one byte after it.", 20, 12, 50)
    row(patch, 60, 20, "inlet", "makefilename %.9g", "list fromsymbol", "list append $1", "outlet")
    return patch


def path() -> Patch:
    """A file's name → where it is: a name alone means this folder, wherever Pd was started."""
    patch = Patch("ts.path", 560, 420)
    patch.comment(
        "The name of a file → its whole path; without a folder it is in the folder of these objects.",
        20,
        12,
        60,
    )
    named = row(patch, 60, 20, "inlet", "symbol", "t s s s")
    whole = row(
        patch, 160, 300, "list fromsymbol", "unpack f f", "expr $f1 == 47 || $f2 == 58", "t f f", "== 0"
    )
    absolute, relative = patch.object("spigot", 160, 240), row(patch, 240, 20, "spigot", "t b s")
    asked, folder = patch.message("dir", 20, 300), patch.object("pdcontrol", 20, 325)
    both, joined = patch.object("pack s s", 20, 350), patch.message("symbol $1/$2", 20, 376)
    out = patch.object("outlet", 160, 400)
    patch.connect(named[2], whole[0], 2)
    patch.connect(whole[1], whole[2], 1, 1)
    patch.connect(whole[3], absolute, 1, 1)
    patch.connect(whole[4], relative[0], 0, 1)
    patch.connect(named[2], absolute, 1)
    patch.connect(named[2], relative[0])
    patch.connect(absolute, out)
    patch.connect(relative[1], both, 1, 1)
    patch.chain(relative[1], asked, folder, both, joined, out)
    return patch
