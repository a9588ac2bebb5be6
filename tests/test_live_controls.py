"""The controls of live playing: ranges, what is refused, and that the documentation lists them all."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest

from timbrespace.errors import UsageError
from timbrespace.live.controls import ANSWERS, COMMANDS, CONTROLS, STREAMS, Settings, parse_setting

DOCUMENT = (Path(__file__).parents[1] / "docs" / "live.md").read_text(encoding="utf-8")


@pytest.fixture
def settings() -> Settings:
    return Settings([3.0, 2.0, 0.5])


def test_everything_begins_at_its_default(settings: Settings) -> None:
    assert np.array_equal(settings.bias, np.zeros(3))
    assert np.array_equal(settings.scale, np.ones(3))
    assert settings.of("drywet") == [1.0]
    assert settings.of("plane").tolist() == [0.5, 0.5]
    for name, control, values in settings.listed():
        low, high = settings.range_of(name)
        assert low <= control.default <= high
        assert np.all(values == control.default)


def test_values_stop_at_the_end_of_their_range_which_is_the_data_s(settings: Settings) -> None:
    settings.set("z/1/bias", [9.0])
    settings.set("z/2/bias", [-9])
    settings.set("z/0/scale", [1e9])
    settings.set("loudness/offset", [-1000])
    settings.set("freeze", [True])
    settings.set("seed", [3.4])
    assert settings.bias.tolist() == [0.0, 2.0, -0.5]
    assert settings.scale[0] == 4.0
    assert settings.of("loudness/offset") == [-60.0]
    assert settings.of("freeze") == [1.0]
    assert settings.of("seed") == [3.0]


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("z/3/bias", [0.0], "there is no latent 3; they are 0 to 2"),
        ("z/-1/bias", [0.0], "no such control"),
        ("z/N/bias", [0.0], "no such control"),
        ("nonsense", [0.0], "no such control"),
        ("drywet", [], "has 0 values; it takes 1"),
        ("drywet", [0.1, 0.2], "has 2 values; it takes 1"),
        ("drywet", ["loud"], "'loud'; it must be a number"),
        ("drywet", [math.nan], "nan; it must be a number"),
        ("drywet", [math.inf], "inf; it must be a number"),
        ("drywet", [None], "None; it must be a number"),
        ("plane", [0.5, 0.5], "there is no plane"),
    ],
)
def test_what_is_wrong_is_refused_and_changes_nothing(
    settings: Settings, name: str, values: list[object], said: str
) -> None:
    before = [values.copy() for _, _, values in settings.listed()]
    with pytest.raises(UsageError, match=re.escape(said)):
        settings.set(name, values)
    assert all(map(np.array_equal, before, [values for _, _, values in settings.listed()]))


def test_the_command_line_is_told_of_values_out_of_range(settings: Settings) -> None:
    with pytest.raises(UsageError, match="z/0/bias is 9; it must be from -3 to 3 deviations"):
        settings.set("z/0/bias", ["9"], strict=True)
    with pytest.raises(UsageError, match=r"seed is 0\.5; it must be a whole number from 0"):
        settings.set("seed", ["0.5"], strict=True)


def test_reset_goes_back_to_where_it_began(settings: Settings) -> None:
    settings.set("z/0/bias", [1.0])
    settings.set("drywet", [0.25])
    settings.keep_as_start()
    settings.set("z/0/bias", [2.0])
    settings.set("z/1/scale", [0.0])
    settings.set("drywet", [1.0])
    settings.reset()
    assert settings.bias.tolist() == [1.0, 0.0, 0.0]
    assert settings.scale.tolist() == [1.0, 1.0, 1.0]
    assert settings.of("drywet") == [0.25]


def test_words_of_the_command_line() -> None:
    assert parse_setting("z/3/bias=0.5") == ("z/3/bias", ["0.5"])
    assert parse_setting("/ts/plane=0.2,0.7") == ("plane", ["0.2", "0.7"])
    for wrong in ("drywet", "=1", "drywet="):
        with pytest.raises(UsageError, match="NAME=VALUE"):
            parse_setting(wrong)


def test_the_document_has_a_row_for_every_address_with_its_range() -> None:
    rows = dict(re.findall(r"^\| `/ts/([^`]+)` \| (.*) \|$", DOCUMENT, re.MULTILINE))
    known = {*CONTROLS, *COMMANDS, *ANSWERS, *STREAMS}
    assert {address.split()[0] for address in rows} == known
    helps = {**COMMANDS, **ANSWERS, **STREAMS}
    for address, row in rows.items():
        control = CONTROLS.get(address.split()[0])
        assert (control.help if control is not None else helps[address.split()[0]]) in row
        if control is not None:
            assert (control.range or "the data's") in row
            assert f"{control.default:g}" in row
