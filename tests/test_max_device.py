"""A device for Live, a file for SuperCollider, and the script that files takes in Max."""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
from pathlib import Path

import max_help
import max_schema
import numpy as np
import playwright
import pytest

from timbrespace.export.description import Description
from timbrespace.latents.files import read_csv
from timbrespace.patches import max_own
from timbrespace.patches.amxd import device_bytes, device_patch
from timbrespace.patches.max_device import LIVE_BLOCK_SAMPLES, device_patcher
from timbrespace.patches.max_file import max_text
from timbrespace.patches.max_objects import max_ports
from timbrespace.patches.supercollider import supercollider_text


@pytest.fixture(scope="module")
def description(tiny_models: dict[str, Path]) -> Description:
    return max_help.tiny_instrument(tiny_models["discrete"]).description


def test_the_container_of_a_device() -> None:
    """Byte for byte as public programs read it, and back."""
    data = device_bytes('{"patcher": {}}')
    assert data[:32] == b"ampf\x04\0\0\0aaaameta\x04\0\0\0\0\0\0\0ptch\x10\0\0\0"
    assert data[32:] == b'{"patcher": {}}\0'
    assert device_patch(data) == (b"aaaa", '{"patcher": {}}')
    assert device_patch(device_bytes("ü" * 70_000))[1] == "ü" * 70_000


@pytest.mark.parametrize(
    "data", [b"", b"ampf", b"RIFF\x04\0\0\0aaaa", device_bytes("{}")[:-1], device_bytes("{}") + b"x"]
)
def test_what_is_no_device_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"device|cut off|too many"):
        device_patch(data)


def test_a_device_for_live(description: Description) -> None:
    """The track's sound through the model; a dial for each knob, with its range; the latency told to Live."""
    root = json.loads(max_text(device_patcher(description, "tiny.ts")))
    max_schema.check(root, max_schema.FILE)
    patcher = root["patcher"]
    boxes = {entry["box"]["id"]: entry["box"] for entry in patcher["boxes"]}
    ends = {(*line["patchline"]["source"], *line["patchline"]["destination"]) for line in patcher["lines"]}
    assert {("in", 0, "sum", 0), ("in", 1, "sum", 1), ("model", 0, "out", 0), ("model", 0, "out", 1)} <= ends
    for source, outlet, target, inlet in ends:
        assert outlet < boxes[source]["numoutlets"]
        assert inlet < boxes[target]["numinlets"]
    for box in boxes.values():
        if box["maxclass"] == "newobj" and not box["text"].startswith("nn~"):
            assert (box["numinlets"], tuple(box.get("outlettype", []))) == max_ports(box["text"])
    assert boxes["model"]["text"] == "nn~ tiny.ts forward 0"
    assert boxes["ring"]["text"] == f"bufsize {description.hop}"
    dials = [box for box in boxes.values() if box["maxclass"] == "live.dial"]
    parameters = {dial["varname"]: dial["saved_attribute_attributes"]["valueof"] for dial in dials}
    assert {"dry_wet", "aperiodicity", "loudness_offset_db", "z0_bias"} <= parameters.keys()
    for knob in description.attributes:
        if knob.name in parameters:
            parameter = parameters[knob.name]
            assert (parameter["parameter_mmin"], parameter["parameter_mmax"]) == (knob.low, knob.high)
            assert parameter["parameter_initial"] == [knob.default]
            assert boxes[f"tell-{knob.name}"]["text"] == f"set {knob.name} $1"
            assert (f"tell-{knob.name}", 0, "model", 0) in ends
    assert patcher["latency"] == description.latency_samples + description.hop - LIVE_BLOCK_SAMPLES
    assert struct.pack(">I", patcher["project"]["amxdtype"]) == b"aaaa"


def test_the_script_that_files_takes_writes_what_timbrespace_reads(
    description: Description, tmp_path: Path
) -> None:
    """Run by node, with Max's File and Buffer played by a few lines; another model's file is refused."""
    latents, frames = description.latents, 5
    values = np.random.default_rng(2).normal(size=(latents + 1, frames)).astype(np.float32)
    names = ["loudness", *(f"z{number}" for number in range(latents))]
    stored = {f"take-{name}": track.tolist() for name, track in zip(names, values, strict=True)}
    other = tmp_path / "other.csv"
    other.write_text("seconds,loudness_db,z0\n0.0,-20,1\n")
    seconds = description.hop / description.sample_rate
    harness = HARNESS % (json.dumps(["ts.file.js", "take", latents, seconds, 100]), json.dumps(stored))
    calls = (
        f'frames({frames}); write("take.csv"); forget(); '
        f'read("take.csv"); read("{other.name}"); write("missing/take.csv"); finish();'
    )
    (tmp_path / "run.js").write_text(harness + max_own.SCRIPT_TEXT + calls)
    node = Path(playwright.__file__).parent / "driver" / "node"
    done = subprocess.run(
        [str(node), "run.js"], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    )
    result = json.loads(done.stdout)
    rows = read_csv(tmp_path / "take.csv", 1 / seconds, None)
    np.testing.assert_allclose(rows.loudness_db, values[0], rtol=1e-6)
    np.testing.assert_allclose(rows.z, values[1:].T, rtol=1e-6)
    assert result["out"] == [frames]
    for name, track in stored.items():
        np.testing.assert_allclose(result["memory"][name], track, rtol=1e-6)
    assert "other.csv has 3 columns and needs seconds,loudness_db,z0,z1" in result["errors"][0]
    assert "missing/take.csv cannot be written" in result["errors"][1]


HARNESS = """
var fs = require("fs"), jsarguments = %s, memory = %s, out = [], errors = [], autowatch, inlets, outlets;
function outlet(number, value) { out.push(value); }
function error(text) { errors.push(text); }
function Buffer(name) { this.name = name; }
Buffer.prototype.peek = function (channel, frame) { return memory[this.name][frame]; };
Buffer.prototype.poke = function (channel, frame, value) { memory[this.name][frame] = value; };
function File(path, access) {
	this.path = path; this.access = access; this.position = 0; this.text = "";
	try { if (access === "read") this.text = fs.readFileSync(path, "utf8"); else fs.writeFileSync(path, ""); }
	catch (problem) { this.isopen = false; return; }
	this.isopen = true; this.eof = this.text.length;
}
File.prototype.writeline = function (line) { this.text += line + "\\n"; };
File.prototype.readline = function (most) {
	var end = this.text.indexOf("\\n", this.position);
	if (end < 0) end = this.text.length;
	var line = this.text.slice(this.position, Math.min(end, this.position + most));
	this.position = end + 1;
	return line;
};
File.prototype.close = function () { if (this.access === "write") fs.writeFileSync(this.path, this.text); };
function forget() { Object.keys(memory).forEach(function (name) { memory[name] = []; }); }
function finish() { console.log(JSON.stringify({out: out, errors: errors, memory: memory})); }
"""


def test_the_file_for_supercollider_is_read_by_its_language(description: Description, tmp_path: Path) -> None:
    """sclang compiles each of its blocks and lines, with the classes of nn.ar played by a few lines."""
    program = shutil.which("sclang")
    if program is None:
        pytest.fail(
            "there is no sclang to read SuperCollider's files with: apt-get install supercollider-language"
        )
    text = supercollider_text(description, "tiny.ts")
    (tmp_path / "tiny.scd").write_text(text)
    (tmp_path / "classes").mkdir()
    (tmp_path / "classes" / "NN.sc").write_text(CLASSES)
    (tmp_path / "conf.yaml").write_text(f"includePaths:\n  - {tmp_path}/classes\nexcludePaths: []\n")
    (tmp_path / "check.scd").write_text(CHECK % (tmp_path / "tiny.scd"))
    done = subprocess.run(
        [program, "-l", "conf.yaml", "check.scd"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=100,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "QTWEBENGINE_DISABLE_SANDBOX": "1"},
    )  # fmt: skip
    assert "nonsense is refused" in done.stdout
    assert "REFUSED" not in done.stdout, done.stdout
    blocks = text.split("\n").count("(")
    assert done.stdout.count("a block is fine") == blocks == 4, done.stdout + done.stderr
    assert done.stdout.count("a line is fine") == text.count("\nNN(") + text.count(".release(")


CLASSES = """
NN {
	*load { |key, path, id, server, action| ^nil }
	*new { |key, methodName| ^super.new }
	ar { |blockSize, inputs| ^inputs }
	set { |name, value| }
	describe {}
}
"""
CHECK = """
var block = "", inside = false;
if ("1 + )".compile.isNil) { "nonsense is refused".postln };
File.readAllString("%s").split($\\n).do { |line|
	if (line == "(") { block = ""; inside = true };
	block = block ++ line ++ "\\n";
	case { line == ")" } {
		inside = false;
		if (block.compile.isNil) { ("REFUSED: " ++ block).postln } { "a block is fine".postln };
	} { inside.not and: { line.size > 0 } and: { line.beginsWith("//").not } } {
		if (line.compile.isNil) { ("REFUSED: " ++ line).postln } { "a line is fine".postln };
	};
};
0.exit;
"""
