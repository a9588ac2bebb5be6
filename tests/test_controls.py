"""Words become steps: numbers, dimensions, settings; what is wrong is named."""

import inspect

import pytest

from timbrespace.controls import OPERATORS, SETTINGS, plan
from timbrespace.errors import UsageError
from timbrespace.latents import LatentSeries


def test_steps_keep_the_order_written() -> None:
    steps = plan([("scale", "2"), ("reverse", ""), ("scale", "z3=-0.5"), ("bias", "loudness=-6")])
    assert [step.control.method for step in steps] == ["scale", "reverse", "scale", "bias"]
    assert [step.keywords for step in steps] == [
        {"factor": 2.0},
        {},
        {"factor": -0.5, "dimensions": 3},
        {"offset": -6.0, "dimensions": "loudness"},
    ]
    assert [step.text for step in steps] == ["scale 2", "reverse", "scale z3=-0.5", "bias loudness=-6"]


@pytest.mark.parametrize("word", ["7", "z7", "Z7", " 7 "])
def test_dimensions(word: str) -> None:
    assert plan([("scale", f"{word}=1")])[0].keywords["dimensions"] == 7
    assert plan([("reverse-only", word)])[0].keywords["dimensions"] == 7


def test_settings_hold_for_all_or_one_for_each() -> None:
    once = plan([("weight", "0.3"), ("mix", "a.npz"), ("mix", "b.npz")])
    assert [(step.name, step.keywords) for step in once] == [
        ("a.npz", {"weight": 0.3}),
        ("b.npz", {"weight": 0.3}),
    ]
    each = plan(
        [
            ("append", "a"),
            ("crossfade", "1"),
            ("loop", "2"),
            ("crossfade", "0.5"),
            ("seed", "4"),
            ("random", "1"),
        ]
    )
    assert [step.keywords for step in each] == [
        {"crossfade_seconds": 1.0},
        {"times": 2, "crossfade_seconds": 0.5},
        {"amount": 1.0, "seed": 4},
    ]


def test_along_keeps_its_descriptor() -> None:
    (step,) = plan([("along", "centroid=-1.5")])
    assert (step.name, step.keywords) == ("centroid", {"amount": -1.5})


@pytest.mark.parametrize("name", [name for name, control in OPERATORS.items() if control.method])
def test_every_control_names_a_method_and_its_keyword(name: str) -> None:
    control = OPERATORS[name]
    known = inspect.signature(getattr(LatentSeries, control.method)).parameters
    settings = [setting.keyword for setting in SETTINGS.values() if name in setting.goes_with]
    assert {control.keyword, *settings} - {""} <= set(known)
    assert control.takes != "value" or "dimensions" in known


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([("scale", "abc")], "--scale is 'abc'; it must be a number from -100 to 100 times, .* z0=1"),
        ([("scale", "z0=")], "--scale is 'z0='"),
        ([("scale", "nan")], "--scale is 'nan'"),
        ([("bias", "1e999")], "--bias is '1e999'"),
        ([("scale", "y=1")], "--scale: the dimension is 'y'; it must be a number from 0, z0"),
        ([("scale", "-1=1")], "the dimension is '-1'"),
        ([("scale", "=1")], "the dimension is ''"),
        ([("reverse-only", "all")], "--reverse-only: the dimension is 'all'"),
        ([("stretch", "0")], "--stretch is '0'; it must be a number from 0.01 to 100 times"),
        ([("stretch", "0=2")], "--stretch is '0=2'; .* acts on all dimensions at once"),
        ([("loop", "2.5")], "--loop is '2.5'; it must be a whole number from 1 to 1000"),
        ([("along", "centroid")], "--along is 'centroid'; it must be DESCRIPTOR=AMOUNT"),
        ([("along", "centroid=x")], "--along is 'centroid=x'; it must be a number"),
        ([("weight", "0.5")], "--weight is '0.5' but there is no --mix"),
        ([("crossfade", "1"), ("mix", "a")], "there is no --append or --loop"),
        ([("mix", "a"), ("weight", "half")], "--weight is 'half'"),
        ([("mix", "a")] * 3 + [("weight", "1")] * 2, "--weight stands 2 times for 3 times --mix"),
        ([("random", "1"), ("seed", "-1")], "--seed is '-1'; it must be a whole number from 0"),
    ],
)
def test_what_is_wrong_is_named(words: list[tuple[str, str]], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        plan(words)
