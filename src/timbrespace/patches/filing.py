"""A take in a text file, the same that `timbrespace encode --csv` writes and `decode` reads."""

from __future__ import annotations

from timbrespace.patches.graph import Patch
from timbrespace.patches.instrument import Instrument
from timbrespace.patches.parts import row

COMMA, LINE_END = 44, 10  # as bytes
CELLS_APART = 110  # pixels


def file(instrument: Instrument) -> Patch:
    """`write FILE`, `read FILE`; out comes the number of frames after reading."""
    patch = Patch("ts.file", 1500, 720)
    says = (
        "ts.file NAME: write FILE.csv, read FILE.csv: a take as text, seconds,loudness_db,z0,z1,… with a "
        "row a "
        "frame. Out: how many frames were read."
    )
    patch.comment(says, 20, 12, 100)
    inlet, route = patch.object("inlet", 20, 50), patch.object("route write read", 20, 76)
    patch.connect(inlet, route)
    _write(patch, instrument, route)
    _read(patch, instrument, route)
    return patch


def _columns(instrument: Instrument) -> list[str]:
    return ["loudness", *instrument.latents]


def _write(patch: Patch, instrument: Instrument, route: int) -> None:
    """Opens, writes the line of names and then row by row, closes."""
    order = patch.object("t b b b s", 20, 130)
    named = patch.object("ts.path", 20, 104)
    opened, closed, handle = (
        patch.message("open $1 c", 300, 150),
        patch.message("close", 20, 150),
        patch.object("file handle", 300, 580),
    )
    names = ["seconds", "loudness_db", *instrument.latents]
    header = patch.message(" ".join(str(byte) for byte in (",".join(names) + "\n").encode()), 420, 110, 70)
    patch.connect(route, named)
    patch.connect(named, order)
    for outlet, box in ((3, opened), (2, header), (0, closed)):
        patch.connect(order, box, outlet)
    for box in (opened, header, closed):
        patch.connect(box, handle)
    count = row(patch, 140, 130, "t b b", "value $1-frames", "until")
    patch.connect(order, count[0], 1)
    zero = patch.message("0", 220, 170)
    place = row(patch, 240, 130, "f", "t f f", "t " + " ".join(["f"] * len(names)))
    following = patch.object("+ 1", 200, 240)
    patch.connect(count[0], zero, 1)
    patch.connect(zero, place[0], 0, 1)
    patch.connect(count[2], place[0])
    patch.connect(place[1], following, 1)
    patch.connect(following, place[0], 0, 1)
    seconds = f"* {instrument.frame_ms / 1000:.9g}"
    cells = [seconds, *(f"tabread $1-{name}" for name in _columns(instrument))]
    for number, text in enumerate(cells):
        end = LINE_END if number == len(cells) - 1 else COMMA
        cell = row(patch, 360 + 70 * (number % 3), 20 + CELLS_APART * number, text, f"ts.bytes {end}")
        patch.connect(place[2], cell[0], len(cells) - 1 - number)
        patch.connect(cell[1], handle)


def _read(patch: Patch, instrument: Instrument, route: int) -> None:
    """Cell by cell; those of the first line are names, and there must be as many as this model has."""
    columns, longest = len(_columns(instrument)) + 1, instrument.longest_frames
    left, top = 760, 110
    named, order = patch.object("ts.path", left, top - 26), patch.object("t b b b s", left, top)
    patch.connect(route, named, 1)
    patch.connect(named, order)
    text = patch.object("textfile", left, top + 160)
    opened = patch.message("clear, read $1 cr, rewind", left + 160, top + 40)
    patch.connect(order, opened, 3)
    patch.connect(opened, text)
    loop = row(patch, top + 40, left + 60, "until", "t b")
    patch.connect(order, loop[0], 1)
    patch.connect(loop[1], text)
    patch.connect(text, loop[0], 1, 1)
    kinds = patch.object("route float", left, top + 190)
    patch.connect(text, kinds)
    names = row(patch, top + 190, left + 180, "t b", "f", "+ 1", f"== {columns}")
    patch.connect(kinds, names[0], 1)
    patch.connect(names[2], names[1], 0, 1)
    cell = row(patch, top + 220, left, "spigot", "t b f")
    patch.connect(kinds, cell[0])
    patch.connect(names[3], cell[0], 0, 1)
    count = row(patch, top + 280, left, "f", "t f f f", f"% {columns}", "pack 0 0")
    following, held = patch.object("+ 1", left + 120, top + 280), patch.object("f", left + 180, top + 310)
    frame = row(patch, top + 340, left + 80, f"/ {columns}", "int", f"min {longest}")
    patch.connect(cell[1], count[3], 1, 1)
    patch.connect(cell[1], count[0])
    for box in (count[0], held):
        patch.connect(following, box, 0, 1)
    patch.connect(count[1], following, 2)
    patch.connect(count[1], frame[0], 1)
    anew = patch.message("0", left + 250, top + 70)
    patch.connect(order, anew, 2)
    for box in (names[1], count[0], held, cell[0]):
        patch.connect(anew, box, 0, 1)
    sorter = patch.object("route " + " ".join(map(str, range(columns))), left, top + 440, 60)
    patch.connect(count[3], sorter)
    for number, name in enumerate(_columns(instrument)):
        written = patch.object(
            f"tabwrite $1-{name}", 20 + CELLS_APART * number, top + 500 + 26 * (number % 2)
        )
        patch.connect(sorter, written, number + 1)
        patch.connect(frame[2], written, 0, 1)
    found = row(patch, top + 310, left + 330, f"/ {columns}", "int", f"min {longest}", "sel 0")
    patch.connect(order, held)
    patch.connect(held, found[0])
    patch.connect(found[3], patch.object("outlet", left + 400, top + 440), 1)
    says = f"needs {columns} columns: seconds loudness_db z0 and so on, of this model"
    wrong = patch.message(says, left + 400, top + 240)
    patch.connect(found[3], wrong)
    patch.connect(wrong, patch.object("print ts.file", left + 400, top + 275))


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
