"""What a stream takes and what it refuses: kinds of numbers, shapes, sizes, rates, values of its knobs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import make_tone

from timbrespace.engine import Engine, load
from timbrespace.errors import UsageError


@pytest.fixture(scope="module")
def engine(tiny_models: dict[str, Path]) -> Engine:
    """A tiny untrained model."""
    return load(tiny_models["continuous"])


@pytest.mark.parametrize("kind_of_number", [np.float64, np.float16, np.longdouble])
def test_numbers_of_other_kinds(engine: Engine, kind_of_number: type) -> None:
    block = make_tone(0.2).astype(kind_of_number)
    played = engine.stream().process(block)
    assert played.dtype == np.float32
    assert np.array_equal(played, engine.stream().process(block.astype(np.float32)))


def test_a_list_and_nothing(engine: Engine) -> None:
    stream = engine.stream()
    assert stream.process([]).shape == (0,)
    assert stream.process([0.5, 0.25]).shape == (2,)
    for kind_of_number in (float, np.int16, bool):
        assert stream.process(np.zeros(0, kind_of_number)).shape == (0,)


@pytest.mark.parametrize(
    ("block", "words"),
    [
        (np.zeros((2, 64)), r"shape \[2, 64\].*one channel"),
        (np.zeros(()), "one channel"),
        (np.array(["a", "b"]), "takes floats"),
        (np.zeros(4, complex), "complex128; a stream takes floats"),
        (np.zeros(64, bool), "bool; a stream takes floats"),
        (np.full(64, 9, np.int16), "int16.*divide it by its full scale, which is 32768"),
        (np.full(64, 9, np.uint8), "uint8.*divide it by its full scale"),
        ([0] * 64, "int64.*divide it by its full scale"),
        (np.zeros(63), "63 samples.*multiples of 32"),
    ],
)
def test_blocks_that_cannot_be(engine: Engine, block: Any, words: str) -> None:
    stream = engine.stream(32)
    with pytest.raises(UsageError, match=words):
        stream.process(block)
    assert stream.process(np.zeros(64)).shape == (64,)


@pytest.mark.parametrize(
    "options",
    [
        {"block_samples": 0}, {"block_samples": -64}, {"block_samples": 1.5}, {"block_samples": 1 << 40},
        {"block_samples": float("nan")}, {"sample_rate": 0}, {"sample_rate": 44_100.5},
        {"sample_rate": float("nan")}, {"sample_rate": 1e9}, {"sample_rate": 100}, {"sample_rate": "cd"},
        {"seed": -1}, {"seed": 2**31}, {"seed": 0.5}, {"seed": "a"},
    ],
)  # fmt: skip
def test_sizes_and_rates_that_cannot_be(engine: Engine, options: dict[str, Any]) -> None:
    name, value = next(iter(options.items()))
    with pytest.raises(UsageError, match=re.escape(f"{name} is {value!r}; it must be a whole number from ")):
        engine.stream(**options)


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("seed", [1.5, "a", -1, 2**31, 2**63, np.nan, np.inf, None], "a whole number from 0 to 2147483647"),
        ("aperiodicity", [np.nan, -0.1, 2.1, np.inf, "1", None, [1.0]], "a number from 0 to 2"),
    ],
)
def test_knobs_take_no_other_values(engine: Engine, name: str, values: list[Any], words: str) -> None:
    stream = engine.stream(seed=7)
    before = getattr(stream, name)
    for value in values:
        with pytest.raises(UsageError, match=re.escape(f"{name} is {value!r}; it must be {words}")):
            setattr(stream, name, value)
    assert getattr(stream, name) == before
    for value in (0, np.float32(2.0), np.int64(1)):
        setattr(stream, name, value)
        assert getattr(stream, name) == getattr(stream.twin(), name) == value


def test_a_whole_rate_may_be_a_float(engine: Engine) -> None:
    assert engine.stream(sample_rate=48_000.0).sample_rate == 48_000
