"""The report's page: whole, harmless, the same every time, and true to the scores it stands beside."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from conftest import RATE, make_tone
from PIL import Image

from timbrespace.cli.app import main
from timbrespace.config import KINDS
from timbrespace.engine import load
from timbrespace.evaluate import evaluate
from timbrespace.report import Picture, Sound, dimension_section, exhibit_section, write_report
from timbrespace.report.page import POLICY, VOID, breakable

NASTY = "<script>alert('x')<∕script> & \"q\".wav"


class Page(HTMLParser):
    """Elements in order with their attributes, the text, and whether every tag is closed in its place."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, *tags: str) -> list[dict[str, Any]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with five sounds, one of them with a name that is markup, one silent."""
    folder = tmp_path_factory.mktemp("heard")
    for place, name in enumerate(("a.wav", "b.wav", "c/d.wav")):
        (folder / name).parent.mkdir(exist_ok=True)
        soundfile.write(folder / name, make_tone(0.5 + 0.1 * place, RATE, 200 + 50 * place), RATE)
    soundfile.write(folder / NASTY, make_tone(0.4), RATE)
    soundfile.write(folder / "silent.wav", np.zeros(RATE), RATE)
    return folder


@pytest.fixture(scope="module")
def reports(
    tiny_models: dict[str, Path], recorded: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """Reports of both tiny models, by kind."""
    folder = tmp_path_factory.mktemp("reports")
    for kind, model in tiny_models.items():
        command = ["evaluate", str(model), str(recorded), "--report", str(folder / kind), "--quiet"]
        assert main(command) == 0
    return {kind: folder / kind for kind in tiny_models}


@pytest.fixture(params=KINDS)
def report(request: pytest.FixtureRequest, reports: dict[str, Path]) -> Path:
    return reports[request.param]


def read(report: Path) -> str:
    return (report / "report.html").read_text(encoding="utf-8")


def test_page_is_whole_and_stands_alone(report: Path) -> None:
    text = read(report)
    page = Page(text)
    assert len(text) < 8_000_000
    assert {tag for tag, _ in page.elements}.isdisjoint(
        {"script", "link", "iframe", "object", "base", "form"}
    )
    media = page.all("img", "audio", "source", "video")
    assert media
    assert all(attributes["src"].startswith("data:") for attributes in media)
    assert all(attributes["href"].startswith("#") for attributes in page.all("a"))
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    policies = [one["content"] for one in page.all("meta") if one.get("http-equiv")]
    assert policies == [POLICY]
    style = re.search("<style>(.*?)</style>", text, re.DOTALL)
    assert style
    assert not re.search(r"url\(|@import|https?:", style[1])


def test_page_can_be_read_by_everybody(report: Path) -> None:
    page = Page(read(report))
    assert page.all("html")[0]["lang"] == "en"
    assert all(attributes["alt"].strip() for attributes in page.all("img"))
    assert all(attributes["aria-label"].strip() for attributes in page.all("audio", "nav"))
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for landmark in ("header", "nav", "main", "footer"):
        assert len(page.all(landmark)) == 1
    assert len(page.all("caption")) == len(page.all("table"))
    assert all(attributes.get("scope") for attributes in page.all("th"))
    identities = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(set(identities)) == len(identities)
    assert {attributes["href"][1:] for attributes in page.all("a")} <= set(identities)


def test_names_are_text(report: Path) -> None:
    text = read(report)
    assert "<script" not in text
    page = Page(text)
    assert NASTY in page.text
    assert "c/d.wav" in page.text
    assert "silent.wav: silent throughout" in " ".join(page.text.split())
    scores = json.loads((report / "scores.json").read_text())
    assert str(Path(scores["files"][0]["path"]).parent) not in text


def test_scores_are_those_of_the_file(report: Path) -> None:
    text = read(report)
    content = json.loads((report / "scores.json").read_text())
    table = text[text.index('<section id="scores"') :]
    for name, value in content["scores"].items():
        row = re.search(rf"<tr><th[^>]*><code>{breakable(name)}</code>.*?</tr>", table)
        assert row, name
        shown = [float(one) for one in re.findall(r'<data value="([^"]+)">', row[0])]
        if value is None or name == "rtf_both":
            assert not shown or name in content["intervals"]
            assert "–" in row[0]
            continue
        if isinstance(value, dict):
            assert shown == [one for one in value.values() if one is not None], name
            continue
        interval = [one for one in content["intervals"].get(name, []) if one is not None]
        baselines = [part["scores"].get(name) for part in content["baselines"].values()]
        assert shown == [value, *interval, *(one for one in baselines if one is not None)]
    assert "nan" not in Page(text).text.lower().split()
    for file in content["files"]:
        for value in file["scores"].values():
            assert value is None or text.count(f'value="{value!r}"') >= 1


def test_sounds_are_those_of_the_files(report: Path) -> None:
    page = Page(read(report))
    content = json.loads((report / "scores.json").read_text())
    every = [one["src"] for one in page.all("audio")]
    heard, shown = every[: 2 * len(content["files"])], every[2 * len(content["files"]) :]
    assert len(heard) == 8
    assert len(shown) == (4 if content["kind"] == "discrete" else 0)  # traverses and what was followed
    for place, source in enumerate(heard):
        kind, data = source.split(",", 1)
        assert kind == "data:audio/flac;base64"
        samples, rate = soundfile.read(io.BytesIO(base64.b64decode(data)))
        file = content["files"][place // 2]
        assert (rate, len(samples)) == (RATE, round(file["seconds"] * RATE))
        if place % 2 == 0:
            np.testing.assert_allclose(samples, soundfile.read(file["path"])[0], atol=1e-3)
    sizes = [
        Image.open(io.BytesIO(base64.b64decode(one["src"].split(",", 1)[1]))).size for one in page.all("img")
    ]
    assert min(height for _, height in sizes) > 200


def test_equal_inputs_give_equal_pages(
    reports: dict[str, Path], tiny_models: dict[str, Path], recorded: Path, tmp_path: Path
) -> None:
    command = ["evaluate", str(tiny_models["discrete"]), str(recorded), "--quiet"]
    assert main([*command, "--report", str(tmp_path / "again")]) == 0
    for name in ("report.html", "scores.png", "sound-1.png"):
        assert (tmp_path / "again" / name).read_bytes() == (reports["discrete"] / name).read_bytes()


def test_nothing_is_overwritten_unasked(
    tiny_models: dict[str, Path], write_tone: Callable[..., Path], tmp_path: Path, capsys: Any
) -> None:
    page = tmp_path / "out" / "report.html"
    page.parent.mkdir()
    page.write_text("mine")
    command = [
        "evaluate",
        str(tiny_models["discrete"]),
        str(write_tone("a.wav")),
        "--report",
        str(page.parent),
    ]
    assert main(command) == 1
    assert "report.html: exists already" in capsys.readouterr().err
    assert [path.name for path in page.parent.iterdir()] == ["report.html"]
    assert main([*command, "--force", "--out", str(page.parent / "scores.json")]) == 2
    assert "part of the report" in capsys.readouterr().err
    assert main([*command, "--force"]) == 0
    assert f"{page}: written" in capsys.readouterr().out
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_training_is_drawn_with_its_best(
    tiny_models: dict[str, Path], write_tone: Callable[..., Path], tmp_path: Path
) -> None:
    engine = load(tiny_models["continuous"])
    steps, totals, held_out = (100, 200, 300), (3.0, 2.0, 1.0), (3.5, 2.5, 2.6)
    points = [
        {"step": step, "seconds": 0.6 * step, "validation": late, "losses": {"total": early}}
        for step, early, late in zip(steps, totals, held_out, strict=True)
    ]  # fmt: skip
    points.append({"step": 400, "seconds": 240.0, "validation": None, "losses": {"total": None}})
    engine.header["training"] = {
        "points": points, "best_step": 250, "best_validation": 2.4, "minutes": 3.0, "steps": 300,
        "budget": {"minutes": 3.0, "steps": None},
        "validation": {"held_out": ["one&two.wav"], "split": "1 of 2 <sources>"},
    }  # fmt: skip
    engine.header["dataset"] = {"sources": 2, "seconds": 90.0, "names": ["a.wav", "one&two.wav"]}
    evaluation = evaluate(engine, [write_tone("a.wav")])
    text = write_report(tmp_path / "out", engine, evaluation).read_text(encoding="utf-8")
    page = Page(text)
    assert "best validation 2.400 at step 250, minute 2.5" in page.text
    assert "1.5 minutes in 2 recordings" in page.text
    assert "Kept out of training: 1 of 2 <sources>" in page.text
    assert "one&two.wav" in page.text
    assert "1 of them bears the name of a recording that it learned from" in page.text
    lines = page.all("polyline")
    assert [len(line["points"].split()) for line in lines] == [3, 3]
    # Seconds 60, 120, 180: thirds of the width; the mark at minute 2.5 of 3.
    assert [point.split(",")[0] for point in lines[0]["points"].split()] == ["333.3", "666.7", "1000.0"]
    mark = next(one for one in page.all("span") if one.get("class") == "mark")
    assert mark["style"].startswith("left:83.33%")


def test_sections_of_others() -> None:
    latent = {
        "min": [-3.0, -1.0], "max": [3.0, 1.0], "percentiles": {"5": [-2.0, -0.5], "95": [2.0, 0.5]},
        "active": [False, True],
    }  # fmt: skip
    rows = [{"dimension": "z0", "centroid": -0.5}, {"dimension": "z1", "centroid": None}]
    picture = io.BytesIO()
    Image.new("L", (8, 8)).save(picture, "PNG")
    text = dimension_section(
        latent, [0.25], names=["dimension", "centroid"], rows=rows, pictures=[picture.getvalue()]
    ).html
    page = Page(text)
    assert "z0, inactive" in page.text
    assert text.index('value="0.25"') > text.index("z1")
    assert 'value="-0.5"' in text
    figures = {"follow_spearman": {"centroid": 0.9, "f0": None}, "traverse_spearman": {"centroid": 0.98}}
    sound = Sound("a <b>", make_tone(0.2), RATE)
    pictures = [Picture(picture.getvalue(), "a map")]
    text = exhibit_section("Map & codes", "Where <codes> lie.", pictures, [sound], figures).html
    page = Page(text)
    assert page.all("img")[0]["alt"] == "a map"
    assert len(page.all("audio")) == 1
    assert "Where <codes> lie." in page.text
    assert "0.979–0.989" in page.text
