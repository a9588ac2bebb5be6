"""The parts of the page that more than one command fills: what dimensions do, exhibits of a codebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from timbrespace.report.anchors import anchor
from timbrespace.report.meanings import MEANINGS
from timbrespace.report.page import (
    Column,
    Html,
    Section,
    breakable,
    element,
    escape,
    join,
    number,
    table,
)
from timbrespace.report.plots import Picture, Sound, player, show

Shown = Picture | Path | bytes
Value = float | int | str | None

RANGES = ("min", "5", "95", "max")  # as the header of a bundle names them


def dimension_section(
    latent: Mapping[str, Any],
    prior_fit: Sequence[float],
    *,
    names: Sequence[str] = (),
    rows: Sequence[Mapping[str, Value]] = (),
    pictures: Sequence[Shown] = (),
) -> Section:
    """Range and prior fit of every dimension, then what it does.

    latent: of the bundle's header. prior_fit: of the active dimensions, as an evaluation gives it.
    names, rows: the columns of a table of what the dimensions do, and a mapping from them a row; the
    first column names the row. pictures: below it.
    """
    content = [
        element(
            "p",
            "A model plays from a handful of curves, its dimensions; dimension 0 moves most. The thin line "
            "spans all that the recordings do in each, the thick one nine frames in ten.",
        ),
        _range_table(latent, prior_fit),
    ]
    if rows:
        columns = [Column(name, numeric=place > 0) for place, name in enumerate(names)]
        cells = [[_cell(row.get(name)) for name in names] for row in rows]
        content.append(table("What each dimension does", columns, cells))
    shown = "What the dimensions do, picture {}"
    content += [element("figure", show(one, shown.format(n))) for n, one in enumerate(pictures, start=1)]
    return Section("latents", "Latent dimensions", join(content))


def exhibit_section(
    title: str,
    text: str,
    pictures: Sequence[Shown] = (),
    sounds: Sequence[Sound] = (),
    table: Mapping[str, Value | Mapping[str, Value]] | None = None,
    *,
    identity: str = "exhibit",
) -> Section:
    """A section of pictures, sounds and figures that another part of the package made.

    table: name → value, or name → descriptor → value; scores among the names get their meaning and
    what to hold them against. identity: another for every exhibit of a page.
    """
    content = [element("p", text)] if text else []
    for place, picture in enumerate(pictures, start=1):
        content.append(element("figure", show(picture, f"{title}, picture {place}")))
    if sounds:
        content.append(element("div", *(_captioned(sound) for sound in sounds), class_="pair"))
    if table:
        content.append(_figures_table(f"{title}: figures", table))
    return Section(identity, title, join(content))


def _range_table(latent: Mapping[str, Any], prior_fit: Sequence[float]) -> Html:
    percentiles = latent.get("percentiles") or {}
    ends = [(latent if name in latent else percentiles).get(name) or [] for name in RANGES]
    count = min(len(values) for values in ends)
    if not count:
        return element("p", "The model file does not say how far they move.")
    active = list(latent.get("active") or [True] * count)
    fits = iter(prior_fit)
    span = max(abs(value) for values in (ends[0], ends[3]) for value in values) or 1.0
    rows = []
    for dimension in range(count):
        least, low, high, most = (float(values[dimension]) for values in ends)
        fit = next(fits, None) if active[dimension] else None
        name = f"z{dimension}" if active[dimension] else f"z{dimension}, inactive"
        figures = (number(value, 2) for value in (least, low, high, most))
        rows.append((name, _bar(least, low, high, most, span), *figures, number(fit, 3)))
    headings = ("lowest", "5 %", "95 %", "highest", "prior_fit")
    columns = [Column("dimension"), Column("range"), *(Column(name, numeric=True) for name in headings)]
    return table("Range of each dimension over the recordings", columns, rows, class_="ranges")


def _bar(least: float, low: float, high: float, most: float, span: float) -> Html:
    """A thin line from lowest to highest, a thick one where nine tenths of the frames lie."""

    def between(start: float, end: float) -> str:
        return f"left:{50 + 50 * start / span:.1f}%;width:{50 * (end - start) / span:.1f}%"

    lines = (element("i", style=between(least, most)), element("b", style=between(low, high)))
    return element("div", *lines, class_="range", aria_hidden="true")


def _captioned(sound: Sound) -> Html:
    return element("figure", element("figcaption", sound.title), player(sound))


def _figures_table(caption: str, values: Mapping[str, Value | Mapping[str, Value]]) -> Html:
    inner = [value for value in values.values() if isinstance(value, Mapping)]
    descriptors = list(dict.fromkeys(name for value in inner for name in value)) or [""]
    columns = [Column("figure"), *(Column(name or "value", numeric=True) for name in descriptors)]
    rows = []
    for name, value in values.items():
        by_descriptor = value if isinstance(value, Mapping) else {descriptors[0]: value}
        cells = [_with_anchor(name, one, by_descriptor.get(one)) for one in descriptors]
        rows.append((score_name(name), *cells))
    return table(caption, columns, rows)


def _with_anchor(name: str, descriptor: str, value: Value) -> Html:
    beside = anchor(name, descriptor)
    if beside is None or value is None:
        return _cell(value)
    return join([_cell(value), element("small", f"{beside.value} ({beside.source})")])


def score_name(name: str) -> Html:
    """The name of a score with what it says, and which way is better, below."""
    meaning = MEANINGS.get(name)
    if meaning is None:
        return escape(name)
    unit = f", {meaning.unit}" if meaning.unit else ""
    return join(
        [
            element("code", breakable(name)),
            unit,
            element("small", f"{meaning.says}; {meaning.better}", class_="says"),
        ]
    )


def _cell(value: Value) -> Html:
    """Words and whole numbers as they are, other numbers rounded."""
    if isinstance(value, str | int):
        return escape(str(value))
    return number(value)
