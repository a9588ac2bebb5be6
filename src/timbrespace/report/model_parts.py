"""What the page says of the model itself: the head, how it learned, how it uses its codes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from timbrespace.report.page import Column, Html, Section, element, facts, file_name, join, number, table
from timbrespace.report.plots import curves

if TYPE_CHECKING:
    from timbrespace.engine import Engine
    from timbrespace.evaluate import Evaluation

LISTED = 12  # held-out files that are named at once; more fold away
HOW_TO_READ = (
    "Listen first: below, every recording stands beside what the model makes of it. The numbers after "
    "that say the same in a form that can be compared, with what costs no learning and with what others "
    "reached beside them."
)
HOW_IT_LEARNED = (
    "The loss on recordings kept out of training, dashed, is the one that counts. Some parts of the loss "
    "come in gradually, so early points cannot be compared with later ones; the best is sought once all "
    "parts count in full."
)


def head(engine: Engine, evaluation: Evaluation) -> Html:
    """Kind, identity and origin of the model, and a sentence on how to read the page."""
    return join(
        [
            element("p", "timbrespace · report of a model", class_="kicker"),
            element("h1", f"A {evaluation.kind} timbre model"),
            element("p", _origin(engine.header, evaluation), class_="lead"),
            facts(_facts(engine)),
            _held_out(engine.header.get("training") or {}),
            element("p", HOW_TO_READ, class_="how"),
        ]
    )


def training_section(training: Mapping[str, Any]) -> Section | None:
    """Training and validation loss over minutes, or steps where these were the budget; None without."""
    points = [point for point in training.get("points") or [] if _is_whole(point)]
    if len(points) < 2:
        return None
    by_steps = (training.get("budget") or {}).get("steps") is not None
    axis = "steps" if by_steps else "minutes"
    x = [float(point["step"]) if by_steps else point["seconds"] / 60 for point in points]
    learned = [float(_total(point)) for point in points]
    validated = [float(point["validation"]) for point in points]
    best, words = _best(training, points, x, axis)
    alt = (
        f"Loss over {axis}: training from {learned[0]:.2f} to {learned[-1]:.2f}, validation from "
        f"{validated[0]:.2f} to {validated[-1]:.2f}. {words}."
    )
    lines = [("solid", "training", learned), ("dashed", "validation, held out", validated)]
    mark = (*best, words) if best else None
    stalled = training.get("stopped_improving")
    advice = "The last quarter of the training brought next to nothing." if stalled else ""
    columns = [Column(axis), Column("training", numeric=True), Column("validation", numeric=True)]
    cells = [
        (f"{at:.0f}" if by_steps else f"{at:.1f}", number(one), number(other))
        for at, one, other in zip(x, learned, validated, strict=True)
    ]
    numbers = element(
        "details", element("summary", "The points as numbers"), table("Loss while it learned", columns, cells)
    )
    figure = element("figure", curves(x, lines, alt, (axis, "loss"), mark))
    content = join([element("p", f"{HOW_IT_LEARNED} {advice}".strip()), figure, numbers])
    return Section("training", "How it learned", content)


def code_use_section(latent: Mapping[str, Any]) -> Section | None:
    """How often each code stands in the data; None for a model without codes."""
    codes = latent.get("codes") or {}
    counts = sorted((int(count) for count in codes.get("counts") or []), reverse=True)
    if len(counts) < 2:
        return None
    used = sum(count > 0 for count in counts)
    words = f"{used} of {len(counts)} codes occur in the recordings"
    variety = f", as varied as {codes['perplexity']:.0f} used equally often" if "perplexity" in codes else ""
    alt = f"Frames of each code, most used first: from {counts[0]} down to {counts[-1]}."
    places = [float(place) for place in range(1, len(counts) + 1)]
    line = [("solid", "frames of each code", [float(count) for count in counts])]
    figure = element("figure", curves(places, line, alt, ("codes, most used first", "frames")))
    return Section("codes", "Use of the codebook", join([element("p", f"{words}{variety}."), figure]))


def _origin(header: Mapping[str, Any], evaluation: Evaluation) -> str:
    """What it learned from and what it was tried on, and whether that was new to it, judged by names."""
    dataset, training = header.get("dataset") or {}, header.get("training") or {}
    held_out = (training.get("validation") or {}).get("held_out") or []
    names = {Path(name).name for name in dataset.get("names") or []}
    learned = names - {Path(name).name for name in held_out} or names  # of few, only parts are held out
    tried = [Path(file.path).name for file in evaluation.files]
    seconds = sum(file.seconds for file in evaluation.files)
    parts = []
    if dataset.get("sources"):
        parts.append(f"Its data set holds {_minutes(dataset)} in {_count(dataset['sources'], 'recording')}.")
    parts.append(f"It was tried on {_count(len(tried), 'sound')}, {seconds:.0f} seconds in all.")
    known = sum(name in learned for name in tried)
    verb = "bears" if known == 1 else "bear"
    if known:
        parts.append(f"Beware: {known} of them {verb} the name of a recording that it learned from.")
    elif learned:
        parts.append("None of them bears the name of a recording that it learned from.")
    return " ".join(parts)


def _facts(engine: Engine) -> Iterator[tuple[str, str]]:
    signal, training = engine.signal, engine.header.get("training") or {}
    yield "Kind", engine.kind
    yield "Model", element("code", engine.model_id)
    yield "Sample rate", f"{engine.sample_rate} Hz"
    latency_ms = 1000 * signal.latency_samples / engine.sample_rate
    yield "Latency", f"{signal.latency_samples} samples ({latency_ms:.1f} ms)"
    yield "Latents", f"{engine.config.latents} dimensions, {signal.frame_rate_hz:.1f} frames a second"
    if engine.kind == "discrete":
        yield "Codes", str(engine.config.codes)
    if training.get("preset"):
        yield "Preset", str(training["preset"])
    if training.get("steps"):
        yield "Steps", f"{training['steps']:,}".replace(",", " ")
    if training.get("minutes") is not None:
        yield "Training", f"{training['minutes']:.1f} minutes"
    if training.get("seed") is not None:
        yield "Seed", str(training["seed"])


def _held_out(training: Mapping[str, Any]) -> Html:
    """What was kept out of training, and of which recordings; folded away where they are many."""
    validation = training.get("validation") or {}
    names = validation.get("held_out") or []
    if not names:
        return Html("")
    listed = element("ul", *(element("li", file_name(str(name))) for name in names), class_="names")
    split = f": {validation['split']}" if validation.get("split") else ""
    title = f"Kept out of training{split}"
    return element("details", element("summary", title), listed, open=len(names) <= LISTED)


def _best(
    training: Mapping[str, Any], points: Sequence[Mapping[str, Any]], x: Sequence[float], axis: str
) -> tuple[tuple[float, float] | None, str]:
    """Where the kept weights stand, and that in words; it may lie between the points that are kept."""
    step, value = training.get("best_step"), training.get("best_validation")
    if step is None or value is None:
        return None, "The weights of the last step are kept"
    steps = [float(point["step"]) for point in points]
    after = next((place for place, other in enumerate(steps) if other >= step), len(steps) - 1)
    before = max(after - 1, 0)
    width = steps[after] - steps[before]
    share = min(max((step - steps[before]) / width, 0.0), 1.0) if width else 0.0
    at = x[before] + share * (x[after] - x[before])
    when = f"step {step}" if axis == "steps" else f"step {step}, minute {at:.1f}"
    return (at, float(value)), f"best validation {value:.3f} at {when}: the weights that are kept"


def _is_whole(point: Mapping[str, Any]) -> bool:
    """Whether a validation has every number that is drawn; a loss that broke down is stored as none."""
    values = (*(point.get(name) for name in ("step", "seconds", "validation")), _total(point))
    return all(isinstance(value, int | float) and math.isfinite(value) for value in values)


def _total(point: Mapping[str, Any]) -> Any:
    return (point.get("losses") or {}).get("total")


def _minutes(dataset: Mapping[str, Any]) -> str:
    seconds = float(dataset.get("seconds") or 0.0)
    return f"{seconds / 60:.1f} minutes" if seconds >= 60 else f"{seconds:.0f} seconds"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
