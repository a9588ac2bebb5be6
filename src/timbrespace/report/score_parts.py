"""The tables of a report: every score with what to hold it against, every file, what was skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from timbrespace.report.anchors import anchor
from timbrespace.report.meanings import MEANINGS
from timbrespace.report.page import DASH, Column, Html, Section, element, file_name, join, number, table
from timbrespace.report.sections import Value, score_name

Scores = Mapping[str, Value | Mapping[str, Value]]

UNTIMED = ("rtf_both",)  # scores that belong to a machine and not to the model: left out of the page
BASELINE_NAMES = {
    "random_phase": "random phase",
    "nearest_frame": "nearest frame",
    "mean_spectrum": "mean spectrum",
}


def scores_section(content: Mapping[str, Any], more: Scores, remarks: Mapping[str, str]) -> Section:
    """content: an evaluation as plain values. more: scores that others measured, as they are named.

    remarks: what stands below a value, by the score's name.
    """
    text = (
        "The median over files, and below it the interval in which it lies with 95 % confidence. Three "
        "ways that cost no learning stand beside: the true spectra with random phases, every frame "
        "replaced by the nearest one of other sounds, and one mean spectrum throughout. A dash: the score "
        "has no meaning for this kind of model or these sounds, or was not measured for this page. What "
        "others reached on other sounds is for orientation only."
    )
    columns = [
        Column("score"),
        Column("this model", numeric=True),
        *(Column(name, numeric=True) for name in BASELINE_NAMES.values()),
        Column("to hold it against"),
    ]
    groups: dict[str, list[Sequence[str]]] = {}
    for name, meaning in MEANINGS.items():
        groups.setdefault(meaning.group, []).append(_row(name, content, more, remarks.get(name, "")))
    whole = table("Every score, with its 95 % interval", columns, groups, class_="every")
    return Section("scores", "Scores", join([element("p", text), whole]))


def files_section(content: Mapping[str, Any], shorten: Callable[[str], str]) -> Section:
    """Every file with its scores, then what was skipped and what else is to be said."""
    sound = list(content["intervals"])
    columns = [Column("file"), Column("seconds", numeric=True)]
    columns += [Column(name, numeric=True) for name in sound]
    rows = [
        (
            file_name(shorten(file["path"])),
            f"{file['seconds']:.1f}",
            *(number(file["scores"].get(name), MEANINGS[name].decimals) for name in sound),
        )
        for file in content["files"]
    ]
    parts = [table("Scores of every file", columns, rows, class_="files")]
    if content["skipped"]:
        lines = (_skipped(item, shorten) for item in content["skipped"])
        parts += [element("h3", "Skipped"), element("ul", *lines)]
    if content["notes"]:
        notes = (element("li", shorten(note)) for note in content["notes"])
        parts += [element("h3", "Notes"), element("ul", *notes)]
    return Section("files", "File by file", join(parts))


def definitions() -> Html:
    """How every score is measured, in brief."""
    lines = []
    for name, meaning in MEANINGS.items():
        unit = f" ({meaning.unit})" if meaning.unit else ""
        term = element("dt", element("code", name), unit)
        lines.append(element("div", term, element("dd", meaning.measured)))
    return element("dl", *lines, class_="definitions")


def _row(name: str, content: Mapping[str, Any], more: Scores, remark: str) -> Sequence[str]:
    decimals = MEANINGS[name].decimals
    value = more.get(name, None if name in UNTIMED else content["scores"].get(name))
    interval = content["intervals"].get(name) or (None, None)
    baselines = (content["baselines"][one]["scores"].get(name) for one in BASELINE_NAMES)
    beside = anchor(name)
    against = join([beside.value, element("small", beside.source)]) if beside else DASH
    return (
        score_name(name),
        join([*_value(value, interval, decimals), element("small", remark) if remark else ""]),
        *(number(one, decimals) for one in baselines),
        against,
    )


def _value(
    value: Value | Mapping[str, Value], interval: Sequence[float | None], decimals: int
) -> Iterator[Html]:
    """The value, or one a descriptor, and the interval below it."""
    if isinstance(value, Mapping):
        for descriptor, one in value.items():
            yield element("div", join([descriptor, " ", *_value(one, (None, None), decimals)]))
        return
    finite = float(value) if isinstance(value, int | float) and value == value else None
    yield element("strong", number(finite, decimals)) if finite is not None else number(None)
    low, high = interval
    if low is not None and high is not None:
        yield element("small", join([number(low, decimals), " … ", number(high, decimals)]))


def _skipped(item: Mapping[str, str], shorten: Callable[[str], str]) -> Html:
    name, reason = shorten(item["path"]), shorten(item["reason"])
    return element("li", file_name(name), ": ", reason.removeprefix(f"{name}: "))
