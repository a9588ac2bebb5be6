"""A report in a folder: the scores as JSON, pictures, and one page that holds all a reader needs.

The page depends on the model and on the evaluation alone; how fast a machine was stays out of it, so
that equal inputs give equal bytes. It is written last: where there is a page, the report is whole.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import timbrespace
from timbrespace import figures, files
from timbrespace.report import exhibits, model_parts, score_parts
from timbrespace.report.listening import LISTENED, Pair, fit, listen_section, play
from timbrespace.report.page import Html, Section, document, element, join
from timbrespace.report.sections import dimension_section

if TYPE_CHECKING:
    from timbrespace.engine import Engine
    from timbrespace.evaluate import Evaluation

Tell = Callable[[float, str], None]

SCORES_FILE, SCORES_PICTURE, PAGE_FILE = "scores.json", "scores.png", "report.html"


@dataclass(frozen=True)
class Extras:
    """What other parts of the package add to a page.

    dimensions: in the place of the plain section on latent dimensions. exhibits: after it. scores: by
    their names, one value or one a descriptor.
    """

    dimensions: Section | None = None
    exhibits: Sequence[Section] = ()
    scores: score_parts.Scores = field(default_factory=dict)


def report_files(folder: Path, sounds: int) -> list[Path]:
    """Every file that a report on so many sounds may write, the page last."""
    pictures = [_picture(folder, place) for place in range(1, min(sounds, LISTENED) + 1)]
    return [folder / SCORES_FILE, folder / SCORES_PICTURE, *pictures, folder / PAGE_FILE]


def write_report(
    folder: Path,
    engine: Engine,
    evaluation: Evaluation,
    *,
    extras: Extras | None = None,
    force: bool = False,
    progress: Tell | None = None,
) -> Path:
    """Write a report; returns the page. `progress` hears the share done, 0 to 1, and what is being made.

    Raises TimbrespaceError where a file exists and not `force`, or cannot be written.
    """
    tell = progress or (lambda share, note: None)
    content = json.dumps(evaluation.to_dict(), indent=2, allow_nan=False)
    files.write_text(folder / SCORES_FILE, content + "\n", force=force)
    _draw_scores(folder / SCORES_PICTURE, evaluation, force)
    shorten = _shortener([file.path for file in evaluation.files] + [path for path, _ in evaluation.skipped])
    pairs = []
    for place, file in enumerate(evaluation.files[:LISTENED], start=1):
        tell((place - 1) / (LISTENED + 1), Path(file.path).name)
        pairs.append(play(engine, file, shorten(file.path), evaluation.seed))
        _draw_pair(_picture(folder, place), pairs[-1], force)
    tell(LISTENED / (LISTENED + 1), PAGE_FILE)
    page = report_page(engine, evaluation, pairs, shorten, extras or own_extras(engine, evaluation))
    files.write_text(folder / PAGE_FILE, page, force=force)
    tell(1.0, "")
    return folder / PAGE_FILE


def own_extras(engine: Engine, evaluation: Evaluation) -> Extras:
    """What the descriptor table of a model adds."""
    latent = engine.header.get("latent") or {}
    return Extras(exhibits.dimensions(engine, evaluation, latent), exhibits.exhibits(engine, evaluation))


def report_page(
    engine: Engine,
    evaluation: Evaluation,
    pairs: Sequence[Pair],
    shorten: Callable[[str], str],
    extras: Extras,
) -> str:
    """The page as text. `shorten` turns a path, alone or in a sentence, into what a reader should see."""
    header, content = engine.header, evaluation.to_dict()
    training = header.get("training") or {}
    latency, minutes = engine.signal.latency_samples, training.get("minutes")
    scores = {"latency_samples": latency, "minutes_to_train": minutes, **extras.scores}
    latent = header.get("latent") or {}
    dimensions = extras.dimensions
    if dimensions is None and engine.kind == "continuous":
        dimensions = dimension_section(latent, evaluation.latent.prior_fit_per_dimension)
    remarks = {"latency_samples": f"{1000 * latency / engine.sample_rate:.1f} ms"}
    parts = (
        model_parts.training_section(training),
        listen_section(fit(pairs)),
        score_parts.scores_section(content, scores, remarks),
        dimensions,
        model_parts.code_use_section(latent),
        *extras.exhibits,
        score_parts.files_section(content, shorten),
    )
    title = f"{evaluation.kind} timbre model {evaluation.model_id}".capitalize()
    sections = [part for part in parts if part is not None]
    return document(title, model_parts.head(engine, evaluation), sections, _foot())


def _foot() -> Html:
    return join(
        [
            element("h2", "How the scores are measured"),
            score_parts.definitions(),
            element("p", f"Made by timbrespace {timbrespace.__version__}. This page is one file: it loads "
                    "nothing from anywhere and runs no script.", class_="made"),
        ]
    )  # fmt: skip


def _picture(folder: Path, place: int) -> Path:
    return folder / f"sound-{place}.png"


def _draw_scores(path: Path, evaluation: Evaluation, force: bool) -> None:
    """Every score of sound, beside the baselines."""
    bars = {"model": {name: spread.median for name, spread in evaluation.sound.items()}}
    for baseline, spreads in evaluation.baselines.items():
        bars[score_parts.BASELINE_NAMES[baseline]] = {name: one.median for name, one in spreads.items()}
    title = f"{evaluation.kind} model {evaluation.model_id} on {len(evaluation.files)} sounds"
    figures.save_scores(path, bars, title, force=force)


def _draw_pair(path: Path, pair: Pair, force: bool) -> None:
    titled = [(pair.name, pair.original), (f"{pair.name}, played by the model", pair.again)]
    figures.save_spectrograms(path, titled, pair.sample_rate, force=force)


def _shortener(paths: Sequence[str]) -> Callable[[str], str]:
    """Takes the folder that all paths share out of a text: a reader elsewhere has no use for it."""
    try:
        shared = os.path.commonpath([os.path.dirname(path) for path in paths])
    except ValueError:  # some from the root and some from here
        shared = ""
    if not shared:
        return str
    start = re.compile(r"(?<![^\s'\"(])" + re.escape(os.path.join(shared, "")))
    return lambda text: start.sub("", text)
