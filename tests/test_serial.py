"""Operations that keep to one thread give what those they stand for give."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import torch
from torch import Tensor
from torch.fx.experimental.proxy_tensor import make_fx

from timbrespace import steps
from timbrespace.config import Kind, preset
from timbrespace.consistency import polar
from timbrespace.model.timbre_model import TimbreModel
from timbrespace.recording import Packing, record, without_idle_operations
from timbrespace.serial import RULES, keep_to_one_thread

X = torch.cat([torch.linspace(-9.0, 9.0, 1001), torch.tensor([0.0, -0.0, 1e-30])])
WEIGHT, BIAS = torch.randn(1004, 7, generator=torch.Generator().manual_seed(1)), torch.arange(7.0)

CASES: dict[str, Callable[[Tensor], Tensor]] = {
    "exp": lambda x: torch.exp(x),
    "sqrt": lambda x: torch.sqrt(x.abs()),
    "log": lambda x: torch.log(x.abs() + 1e-3),
    "log10": lambda x: torch.log10(x.abs() + 1e-3),
    "gelu": torch.nn.functional.gelu,
    "atan": lambda x: torch.atan(x),
    "polar": lambda x: torch.view_as_real(polar(x.abs(), x)),
    "other complex": lambda x: torch.view_as_real(torch.complex(x * torch.cos(x), x * torch.sin(2.0 * x))),
    "rfft": lambda x: torch.view_as_real(torch.fft.rfft(torch.stack([x, 2.0 * x.flip(0)])[None])),
    "irfft": lambda x: torch.fft.irfft(torch.complex(*torch.stack([x, x.flip(0)])[:, None].expand(2, 3, -1))),
}


@pytest.mark.parametrize("name", CASES)
def test_the_same_numbers(name: str) -> None:
    graph = make_fx(CASES[name])(X)
    wanted = graph(X)
    keep_to_one_thread(graph)
    torch.testing.assert_close(graph(X), wanted, rtol=2e-5, atol=2e-5)


def kernels(graph: torch.fx.GraphModule) -> set[object]:
    return {node.target for node in graph.graph.nodes}


@pytest.mark.parametrize("name", [name for name in CASES if name not in ("other complex",)])
def test_nothing_is_left_that_wakes_threads(name: str) -> None:
    """But for transforms, each of which is then of one row."""
    graph = make_fx(CASES[name])(X)
    before = kernels(graph) & RULES.keys()
    assert before
    keep_to_one_thread(graph)
    left = [node for node in graph.graph.nodes if node.target in RULES]
    for node in left:
        if node.target is torch.ops.aten.complex.default:  # of parts that are no cosine and sine
            continue
        if node.target is torch.ops.aten.gelu.default:
            assert node.args[0].kwargs == {"dtype": torch.float64}
            continue
        assert node.args[0].target is torch.ops.aten.select.int, node.target


@pytest.mark.parametrize("kind", ["continuous", "discrete"])
def test_a_frame_sounds_the_same(kind: Kind) -> None:
    torch.manual_seed(3)
    model = TimbreModel(replace(preset("tiny"), kind=kind)).eval().requires_grad_(False)
    if kind == "discrete":
        model.bottleneck.codebook.normal_()
    recorded, state = steps.decoding(model), model.initial_decoder_state(1)
    rows = recorded.initial
    generator = torch.Generator().manual_seed(5)
    for _ in range(30):
        z = torch.randn(1, 1, 4, generator=generator)
        series = torch.cat([z, torch.full((1, 1, 1), -20.0)], dim=2)
        with torch.inference_mode():
            wanted, state = model.decode(model.settled(z), series[..., -1], state)
            got, *rows = recorded.one(series, *rows, torch.tensor(1.0), torch.tensor(0))
        torch.testing.assert_close(got, wanted, rtol=0, atol=2e-3)


def test_idle_operations_go_and_the_numbers_stay() -> None:
    def work(x: Tensor) -> Tensor:
        y = x.clone()
        y[1:3] += x[:2]
        y[2:] = y[2:] * 2.0
        return y

    graph = make_fx(work)(torch.arange(5.0))
    before = len(graph.graph.nodes)
    without_idle_operations(graph)
    assert len(graph.graph.nodes) < before
    x = torch.tensor([3.0, 1.0, 4.0, 1.0, 5.0])
    assert torch.equal(graph(x), work(x))


def test_a_state_is_packed_and_unpacked() -> None:
    state = (torch.arange(6.0).view(2, 3), [torch.tensor([2**40 + 1, -3]), torch.zeros(0, 4)])
    packing = Packing(state)
    numbers, whole = packing.pack(state)
    assert (numbers.shape, whole.shape) == ((6,), (2,))
    again = packing.unpack(numbers, whole)
    assert torch.equal(again[0], state[0])
    assert torch.equal(again[1][0], state[1][0])
    assert again[1][1].shape == (0, 4)


def test_a_recording_takes_the_numbers_it_is_given() -> None:
    """Not those of the example."""
    function = record(lambda x, y: (x @ WEIGHT + y,), torch.zeros(2, 1004), torch.zeros(7), serial=True)
    x = torch.stack([X, X.flip(0)])
    torch.testing.assert_close(function(x, BIAS)[0], x @ WEIGHT + BIAS, rtol=1e-4, atol=1e-4)


def test_two_threads_record_one_after_the_other() -> None:
    """torch exchanges functions of all modules meanwhile: two at once fail, or leave them exchanged."""
    called, layer, inside, most = torch.nn.Module.__call__, torch.nn.Linear(3, 2), [], []
    together = threading.Barrier(2)

    def step(x: Tensor) -> tuple[Tensor]:
        inside.append(x)
        most.append(len(inside))
        time.sleep(0.02)
        inside.pop()
        return (layer(x),)

    def recorded(_: int) -> Callable[..., tuple[Tensor, ...]]:
        together.wait()
        return record(step, torch.zeros(1, 3))

    with ThreadPoolExecutor(2) as threads:
        functions = list(threads.map(recorded, range(2)))
    assert set(most) == {1}
    assert torch.nn.Module.__call__ is called
    for function in functions:
        torch.testing.assert_close(function(torch.ones(1, 3))[0], layer(torch.ones(1, 3)))
