"""An exported file tried out in a process of its own, which has torch and nothing of this package.

Run as a script: `python -I probe.py FILE IN.npz OUT.npz`, IN.npz holding `audio` [T] at the file's rate.
Prints one JSON object: `problems`, in words, and what was measured. OUT.npz holds what came out, for
comparison.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
import warnings
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

Module = Any  # a loaded TorchScript module
Values = dict[str, Any]

FRAMES = 64  # of input for each method
LARGEST_BLOCK = 4096  # samples
LOUDEST = 4.01  # times full scale: nothing that is played may be larger, whatever comes in
QUIET_DB = 15.0  # what comes out may be so much softer than what went in
AFTER_DB = 6.0  # how near to the clean output the level must be, once what was no number is over
TIMED_SECONDS, LEAST_BLOCKS = 2.0, 60
CLICKS = 8
CHUNK_ERROR = 5e-3  # of full scale, between any two ways of cutting; rounding may move a phase


HOSTILE: dict[str, Callable[[Tensor], Tensor]] = {
    "silence": torch.zeros_like,
    "full scale": lambda x: torch.sign(torch.sin(torch.arange(x.shape[2]) * 0.05)).expand_as(x),
    "NaN": lambda x: torch.full_like(x, float("nan")),
    "infinity": lambda x: torch.full_like(x, float("inf")),
    "minus infinity": lambda x: torch.full_like(x, float("-inf")),
    "denormals": lambda x: torch.full_like(x, 1e-40),
    "1e30": lambda x: torch.full_like(x, 1e30),
    "one NaN": lambda x: torch.cat([x[..., :-1], torch.full_like(x[..., :1], float("nan"))], dim=2),
}


def main(path: str, source: str, target: str) -> None:
    """Try `path` out and print what was found."""
    sys.modules["timbrespace"] = None  # type: ignore[assignment]  # whoever imports it fails
    torch.set_num_threads(1)
    values = _description(path)
    audio = torch.from_numpy(np.load(source, allow_pickle=False)["audio"])
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        started = time.perf_counter()
        module = torch.jit.load(path)
        load_seconds = time.perf_counter() - started
        module.get_methods()  # as hosts do
        ready_seconds = time.perf_counter() - started
    problems = [
        f"torch warns on loading: {warning.message}"
        for warning in heard
        if not issubclass(warning.category, DeprecationWarning)  # of the function that loads, not of the file
    ]
    with torch.inference_mode():
        first = _first_calls(module, values)
        problems += _contract(module, values) + _knobs(module, values)
        inputs = _inputs(module, values, audio)
        for name in values["methods"]:
            problems += _hostile(module, name, inputs[name], values)
        module.set_dry_wet(0.5)
        problems += [
            f"half dry: {problem}" for problem in _hostile(module, "forward", inputs["forward"], values)
        ]
        module.set_dry_wet(1.0)
        outputs = _outputs(module, audio, inputs, values)
        again = _outputs(torch.jit.load(path), audio, inputs, values)
        problems += [
            f"{name} gives something else the second time"
            for name in outputs
            if not np.array_equal(outputs[name], again[name])
        ]
        problems += _chunks(module, inputs, outputs, values)
        np.savez(target, **outputs)  # type: ignore[arg-type]
        measured = {
            "load_seconds": load_seconds,
            "ready_seconds": ready_seconds,
            "first_calls_ms": first,
            "latency_measured_samples": _click(module, values),
            "blocks": [] if problems else _times(module, audio, values),
            "methods_ms": {} if problems else _method_times(module, inputs, values),
        }
    print(json.dumps({"problems": problems, **measured}))


def _description(path: str) -> Values:
    with zipfile.ZipFile(path) as archive:
        member = next(name for name in archive.namelist() if name.endswith("/extra/timbrespace.json"))
        values: Values = json.loads(archive.read(member))
        return values


def _call(module: Module, name: str, x: Tensor) -> Tensor:
    result: Tensor = getattr(module, name)(x)
    return result


def _first_calls(module: Module, values: Values) -> list[float]:
    """Milliseconds of the first calls, in which torch looks at what it has not prepared at loading."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        module.forward(torch.zeros(1, 1, values["hop"]))
        times.append(1000 * (time.perf_counter() - started))
    return times


def _contract(module: Module, values: Values) -> list[str]:
    """What hosts ask for before they play: names, parameters, labels."""
    problems = []
    if module.get_methods() != list(values["methods"]):
        problems.append(f"get_methods says {module.get_methods()}")
    if module.get_attributes() != [knob["name"] for knob in values["attributes"]]:
        problems.append(f"get_attributes says {module.get_attributes()}")
    for name, method in values["methods"].items():
        shape = [method[key] for key in ("in_channels", "in_ratio", "out_channels", "out_ratio")]
        if getattr(module, f"{name}_params").tolist() != shape:
            problems.append(f"{name}_params is {getattr(module, f'{name}_params').tolist()}, not {shape}")
        for side in ("input", "output"):
            if list(getattr(module, f"{name}_{side}_labels")) != list(method[f"{side}_labels"]):
                problems.append(f"{name} has other {side} labels")
    return problems


def _knobs(module: Module, values: Values) -> list[str]:
    """Every knob through its range, beyond it, and to what is no number; then back."""
    problems = []
    for knob in values["attributes"]:
        kind = int if knob["type"] == "int" else float
        get, turn = (getattr(module, f"{verb}_{knob['name']}") for verb in ("get", "set"))
        beyond = 10 * abs(knob["high"]) + 10
        asked = [(kind(knob[end]), knob[end]) for end in ("low", "high", "default")]
        asked += [(kind(-beyond), knob["low"]), (kind(beyond), knob["high"])]
        asked += [(float("nan"), knob["high"])] if kind is float else []
        asked += [(kind(knob["default"]), knob["default"])]
        for value, expected in asked:
            if turn(value) != 0 or abs(get() - expected) > 1e-6 * max(1.0, abs(expected)):
                problems.append(f"{knob['name']} set to {value:g} stands at {get():g}, not {expected:g}")
    return problems


def _inputs(module: Module, values: Values, audio: Tensor) -> dict[str, Tensor]:
    """Ordinary input [1, C, L] of so many frames for every method."""
    hop = values["hop"]
    sound = audio[: FRAMES * hop].view(1, 1, -1)
    module.set_reset(1)
    series = module.encode(sound)
    inputs = {"encode": sound, "forward": sound, "decode": series}
    for name, reach in values["descriptors"].items():
        sweep = torch.linspace(reach["low"], reach["high"], FRAMES)
        inputs[f"follow_{name}"] = torch.stack([sweep, torch.full_like(sweep, -20.0)]).unsqueeze(0)
    return inputs


def _hostile(module: Module, name: str, ordinary: Tensor, values: Values) -> list[str]:
    """A method with ordinary input, silence, full scale, and what is no number; then ordinary again."""
    method, problems = values["methods"][name], []
    module.set_reset(1)
    clean, steady = _call(module, name, ordinary), _call(module, name, ordinary)
    length = ordinary.shape[2] * method["in_ratio"] // method["out_ratio"]
    if list(clean.shape) != [1, method["out_channels"], length]:
        problems.append(f"{name} gives {list(clean.shape)} for {list(ordinary.shape)}")
    if name != "encode" and _level_db(clean) < -80.0:
        problems.append(f"{name} is silent")
    if name == "forward" and abs(_level_db(clean) - _level_db(ordinary)) > QUIET_DB:
        problems.append(f"{name} turns {_level_db(ordinary):.0f} dB into {_level_db(clean):.0f} dB")
    for kind, make in HOSTILE.items():
        out = _call(module, name, make(ordinary))
        if not bool(torch.isfinite(out).all()):
            problems.append(f"{name} answers {kind} with what is no number")
        if name != "encode" and float(out.abs().max()) > LOUDEST:
            problems.append(f"{name} answers {kind} with {float(out.abs().max()):.0f} times full scale")
        _call(module, name, ordinary)
        after = _call(module, name, ordinary)
        if name != "encode" and abs(_level_db(after) - _level_db(clean)) > AFTER_DB:
            problems.append(f"{name} has another level after {kind} than before")
        if name == "encode" and not torch.allclose(after, steady, atol=1e-3):
            problems.append(f"{name} does not recover from {kind}")
    return problems


def _outputs(
    module: Module, audio: Tensor, inputs: dict[str, Tensor], values: Values
) -> dict[str, np.ndarray]:
    """What every method makes of the sound in blocks of changing sizes; followers of their inputs."""
    whole = audio[: len(audio) // values["hop"] * values["hop"]].view(1, 1, -1)
    module.set_reset(1)
    outputs = {"forward": _in_blocks(module.forward, whole, values["hop"])}
    module.set_reset(1)
    outputs["encode"] = _in_blocks(module.encode, whole, values["hop"])
    module.set_reset(1)
    outputs["decode"] = _in_blocks(module.decode, torch.from_numpy(outputs["encode"])[None], 1)
    for name in _followers(values):
        module.set_reset(1)
        outputs[name] = _in_blocks(getattr(module, name), inputs[name], 1)
    return outputs


def _followers(values: Values) -> list[str]:
    return [name for name in values["methods"] if name.startswith("follow_")]


def _chunks(
    module: Module, inputs: dict[str, Tensor], outputs: dict[str, np.ndarray], values: Values
) -> list[str]:
    """Followers by blocks against all at once; the others are compared with the model itself."""
    problems = []
    for name in _followers(values):
        module.set_reset(1)
        once = _call(module, name, inputs[name])[0].numpy()
        if np.abs(once - outputs[name]).max() > CHUNK_ERROR:
            problems.append(f"{name} depends on the size of blocks")
    return problems


def _in_blocks(method: Callable[[Tensor], Tensor], x: Tensor, unit: int) -> np.ndarray:
    """x [1, C, L] in blocks of 1, 2, 3, 4, 8, 1 … units → [C', L']."""
    pieces, at, turn = [], 0, 0
    while at < x.shape[2]:
        count = unit * (1, 2, 3, 4, 8)[turn % 5]
        pieces.append(method(x[:, :, at : at + count])[0])
        at, turn = at + count, turn + 1
    joined: np.ndarray = torch.cat(pieces, dim=1).numpy()
    return joined


def _click(module: Module, values: Values) -> float:
    """Samples from a click in to the middle of its energy coming out; the median of several."""
    found = []
    hop, n_fft = values["hop"], values["n_fft"]
    frames = 6 * n_fft // hop
    for number in range(CLICKS):
        place = n_fft + number * hop // CLICKS
        x = torch.zeros(1, 1, frames * hop)
        x[0, 0, place] = 0.9
        module.set_reset(1)
        y = torch.cat([module.forward(block) for block in x.split(hop, dim=2)], dim=2)[0, 0].double()
        energy = y.square()
        if float(energy.sum()) > 0:
            middle = (energy * torch.arange(len(energy))).sum() / energy.sum()
            found.append(float(middle) - place)
    return statistics.median(found) if found else float("nan")


def _times(module: Module, audio: Tensor, values: Values) -> list[Values]:
    """How long forward takes for blocks of each size: sound, then silence."""
    rows, size = [], values["hop"]
    while size <= LARGEST_BLOCK:
        module.set_reset(1)
        blocks = audio[: len(audio) // size * size].view(-1, 1, 1, size)
        wanted = max(LEAST_BLOCKS, int(TIMED_SECONDS * values["sample_rate"] / size))
        for number in range(3):
            module.forward(blocks[number % len(blocks)])
        sound = [_timed(module, blocks[number % len(blocks)]) for number in range(wanted)]
        silence = [_timed(module, torch.zeros(1, 1, size)) for _ in range(LEAST_BLOCKS)]
        duration_ms = 1000 * size / values["sample_rate"]
        row = {"median_ms": statistics.median(sound), "p99_ms": float(np.percentile(sound, 99))}
        row |= {"worst_ms": max(sound), "silence_median_ms": statistics.median(silence)}
        row |= {"rtf": duration_ms / row["median_ms"], "rtf_p99": duration_ms / row["p99_ms"]}
        rows.append({"block": size, "duration_ms": duration_ms, **row})
        size *= 2
    return rows


def _method_times(module: Module, inputs: dict[str, Tensor], values: Values) -> dict[str, float]:
    """Median time of every method for one hop, ms."""
    found = {}
    for name, method in values["methods"].items():
        blocks = inputs[name].split(values["hop"] // method["in_ratio"], dim=2)
        module.set_reset(1)
        times = []
        for number in range(LEAST_BLOCKS):
            started = time.perf_counter()
            _call(module, name, blocks[number % len(blocks)])
            times.append(1000 * (time.perf_counter() - started))
        found[name] = statistics.median(times[3:])
    return found


def _timed(module: Module, block: Tensor) -> float:
    started = time.perf_counter()
    module.forward(block)
    return 1000 * (time.perf_counter() - started)


def _level_db(x: Tensor) -> float:
    return float(10 * torch.log10(x.double().square().mean() + 1e-20))


if __name__ == "__main__":
    main(*sys.argv[1:])
