"""The few abstractions that Max makes from other objects than Pure Data: files and OSC.

They have the same names, inlets, outlets and messages. A take goes into its text file through a short script,
as Max has no object that writes commas; OSC is Max's `udpsend` and `udpreceive`, which keep an address whole.
"""

from __future__ import annotations

from timbrespace.patches import parts
from timbrespace.patches.control import SILENCE
from timbrespace.patches.graph import Patch
from timbrespace.patches.instrument import Instrument
from timbrespace.patches.osc import KNOBS, LOCAL, PORT_IN, PORT_OUT
from timbrespace.patches.parts import across, row

SCRIPT = "ts.file.js"
NOT_NEEDED = frozenset(("ts.bytes", "ts.load", "ts.path", "ts.save"))  # of Pure Data's abstractions
KNOBS_OF_DIMENSION = ("bias", "scale")


def own(instrument: Instrument) -> dict[str, Patch]:
    """By name; the words of `max_rules.OWN` stand in them."""
    return {patch.name: patch for patch in (file(instrument), osc_in(instrument), osc_out(instrument))}


def file(instrument: Instrument) -> Patch:
    """`write FILE`, `read FILE`; the script is told how many frames there are, then what to do."""
    patch = Patch("ts.file", 560, 320)
    says = "ts.file NAME: write FILE.csv, read FILE.csv: a take as text. Out: how many frames were read."
    patch.comment(says, 20, 12, 70)
    seconds = instrument.frame_ms / 1000
    text = f"js {SCRIPT} $1 {len(instrument.latents)} {seconds:.9f} {instrument.longest_frames}"
    order = row(patch, 60, 20, "inlet", "t l b")
    told = row(patch, 120, 200, "value $1-frames", "list prepend frames")
    script = patch.object(text, 20, 200)
    patch.connect(order[1], told[0], 1)
    patch.connect(told[1], script)
    patch.connect(order[1], script)
    patch.connect(script, patch.object("outlet", 20, 250))
    return patch


def osc_in(instrument: Instrument) -> Patch:
    """OSC to a series, knobs and a place on the plane, with Max's own object."""
    says = (
        f"Listens to OSC on port {PORT_IN}, listen PORT elsewhere. Outlets: a series from /ts/latents and "
        "/ts/loudness; knobs from /ts/z/3/bias and the like, as ts.decoder~ takes them; x and y from "
        "/ts/plane."
    )
    patch = parts.open_patch("ts.osc.in", len(instrument.channels) + 2, says)
    route = parts.sorted_messages(patch, patch.object("inlet", 20, 70), ["listen"], 110)
    port, heard = patch.message("port $1", 20, 150), patch.object(f"udpreceive {PORT_IN}", 20, 190)
    patch.connect(route, port)
    patch.connect(port, heard)
    knobs = {f"/ts/{word}": name for word, name in KNOBS.items()} | {
        "/ts/loudness/offset": "loudness_offset_db"
    }
    for dimension in range(len(instrument.latents)):
        knobs |= {f"/ts/z/{dimension}/{word}": f"z{dimension}_{word}" for word in KNOBS_OF_DIMENSION}
    addresses = ["/ts/latents", "/ts/loudness", "/ts/plane", *knobs]
    told = patch.object("route " + " ".join(addresses), 20, 230, 90)
    patch.connect(heard, told)
    top = parts.below(patch)
    knobs_out = []
    for number, name in enumerate(knobs.values()):
        knobs_out.append(
            patch.object(f"list prepend {name}", 20 + 200 * (number % 8), top + 30 * (number // 8))
        )
        patch.connect(told, knobs_out[-1], 3 + number)
    top = parts.below(patch)
    place = patch.object("unpack 0 0", 700, top)
    patch.connect(told, place, 2)
    axes = [patch.message(f"{axis} $1", 700 + 60 * number, top + 40) for number, axis in enumerate("xy")]
    for number, axis in enumerate(axes):
        patch.connect(place, axis, number)
    every = patch.object("unpack " + " ".join("f" * len(instrument.latents)), 20, top, 60)
    patch.connect(told, every)
    signals = [patch.object("sig~", across(number), top + 60) for number in range(len(instrument.latents))]
    for number, signal in enumerate(signals):
        patch.connect(every, signal, number)
    level = patch.object(f"sig~ {SILENCE}", across(len(signals)), top + 60)
    patch.connect(told, level, 1)
    parts.signal_outlets(patch, [*signals, level])
    parts.message_outlets(patch, [knobs_out, axes], first=len(signals) + 1, y=patch.height - 60)
    return patch


def osc_out(instrument: Instrument) -> Patch:
    """A running series to OSC, with Max's own object."""
    says = (
        f"Sends a running series at frame rate: /ts/latents z0 z1 …, /ts/loudness DB, to {LOCAL} port "
        f"{PORT_OUT} unless told: connect HOST PORT, disconnect."
    )
    count = len(instrument.channels)
    patch = parts.open_patch("ts.osc.out", count, says)
    inlets = parts.signal_inlets(patch, count)
    route = parts.sorted_messages(patch, inlets[0], ["connect", "disconnect"], 100, outlet=1)
    order, ends = patch.object("t b l", 20, 140), patch.object("unpack s 0", 120, 170)
    host, port = patch.object("list prepend host", 120, 210), patch.object("list prepend port", 300, 210)
    on, off = patch.message("1", 20, 210), patch.message("0", 480, 140)
    gate, sender = patch.object("spigot 1", 200, 440), patch.object(f"udpsend {LOCAL} {PORT_OUT}", 20, 480)
    patch.connect(route, order)
    patch.connect(route, off, 1)
    patch.connect(order, ends, 1)
    patch.connect(order, on)
    for number, message in enumerate((host, port)):
        patch.connect(ends, message, number)
        patch.connect(message, sender)
    for message in (on, off):
        patch.connect(message, gate, 0, 1)
    frame = row(patch, 250, 20, "ts.clock", "t " + " ".join("b" * count))
    samples = [patch.object("snapshot~", across(number), 320) for number in range(count)]
    packed = patch.object("pack " + " ".join("f" * (count - 1)), 20, 360)
    series, level = (patch.object(f"list prepend /ts/{name}", 20 + 320 * n, 400)
                     for n, name in enumerate(("latents", "loudness")))  # fmt: skip
    patch.chain(packed, series, gate, sender)
    patch.connect(level, gate)
    for number, (inlet, sample) in enumerate(zip(inlets, samples, strict=True)):
        patch.connect(inlet, sample)
        patch.connect(frame[1], sample, number)
        if number == count - 1:
            patch.connect(sample, level)
        else:
            patch.connect(sample, packed, 0, number)
    return patch


SCRIPT_TEXT = """\
// A take of ts.record~ in a text file, the same that `timbrespace encode --csv` writes: seconds, loudness_db,
// z0, z1 ..., a row a frame. Arguments: the take, how many latents, seconds a frame, how many frames fit.
autowatch = 0;
inlets = 1;
outlets = 1;

var take = jsarguments[1];
var latents = jsarguments[2];
var frameSeconds = jsarguments[3];
var longest = jsarguments[4];
var kept = 0;

function channels() {
	var names = ["loudness"];
	for (var number = 0; number < latents; number++) names.push("z" + number);
	return names;
}

function buffers() {
	return channels().map(function (name) { return new Buffer(take + "-" + name); });
}

function header() {
	return ["seconds", "loudness_db"].concat(channels().slice(1)).join(",");
}

// How many frames the take has.
function frames(count) {
	kept = Math.max(0, Math.min(Math.floor(count), longest));
}

function write(path) {
	var file = new File(path, "write", "TEXT");
	if (!file.isopen) { error("ts.file: " + path + " cannot be written\\n"); return; }
	file.eof = 0;
	file.writeline(header());
	var tracks = buffers();
	for (var frame = 0; frame < kept; frame++) {
		var row = [(frame * frameSeconds).toFixed(6)];
		tracks.forEach(function (track) { row.push(Number(track.peek(1, frame)).toPrecision(9)); });
		file.writeline(row.join(","));
	}
	file.close();
}

function read(path) {
	var file = new File(path, "read");
	if (!file.isopen) { error("ts.file: " + path + " cannot be read\\n"); return; }
	var columns = file.readline(8192).split(",").length;
	if (columns !== latents + 2) {
		error("ts.file: " + path + " has " + columns + " columns and needs " + header() + "\\n");
		file.close();
		return;
	}
	var tracks = buffers();
	var count = 0;
	while (file.position < file.eof && count < longest) {
		var cells = file.readline(8192).split(",");
		if (cells.length !== columns) break;
		for (var track = 0; track < tracks.length; track++) {
			tracks[track].poke(1, count, parseFloat(cells[track + 1]));
		}
		count += 1;
	}
	file.close();
	kept = count;
	outlet(0, count);
}
"""
