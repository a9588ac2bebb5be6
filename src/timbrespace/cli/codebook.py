"""`timbrespace codebook`: what a model can play, described, drawn and traversed in order."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from timbrespace.cli.common import Force, Json, Model, Progress, Quiet, Seed, json_text, note, print_json, say
from timbrespace.errors import UsageError

if TYPE_CHECKING:
    from timbrespace.codebook import DescriptorTable
    from timbrespace.codebook.coverage import Coverage
    from timbrespace.codebook.traverse import Traverse
    from timbrespace.dataset.store import Dataset
    from timbrespace.engine import Engine

TABLE_FILE, MAP_FILE, HISTOGRAM_FILE, SUMMARY_FILE = "codes.csv", "map.png", "histogram.png", "codebook.json"
DIMENSION_FILES = ("dimensions.csv", "dimensions.png", "directions.csv")  # of a continuous model
DIMENSION_SECONDS, TRAVERSE_SECONDS = 18.0, 3.0  # about, for the progress
DRAWN = ("centroid", "bandwidth", "f0")  # in the map and the histogram, besides what is asked for


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(codebook)


def codebook(
    model: Model,
    folder: Annotated[Path, typer.Argument(metavar="OUT_DIR", help="A folder for the results.")],
    descriptor: Annotated[
        list[str] | None,
        typer.Option(
            help="Traverse in the order of: centroid, bandwidth, rolloff, flatness, f0. Repeatable; centroid."
        ),
    ] = None,
    frames: Annotated[int, typer.Option(min=1, max=1000, help="How long a sound is held, in frames.")] = 4,
    dataset: Annotated[
        Path | None,
        typer.Option(help="Describe frames of this data set anew (continuous models)."),
    ] = None,
    recompute: Annotated[
        bool, typer.Option("--recompute", help="Describe the codes anew, whatever the file says.")
    ] = False,
    store: Annotated[
        bool, typer.Option("--store", help="Keep the new table in the model's file, in place of its own.")
    ] = False,
    seed: Seed = 0,
    as_json: Json = False,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Describe every code of a discrete model, or frames of the data of a continuous one, and traverse them.

    Writes codes.csv, map.png, histogram.png, codebook.json and for every descriptor traverse-NAME.wav and
    .png; of a continuous model also what its dimensions do: dimensions.csv and .png, directions.csv.
    """
    from timbrespace import descriptors, engine, files
    from timbrespace.dataset.store import Dataset

    names = list(dict.fromkeys(descriptor or ["centroid"]))
    for name in names:
        descriptors.descriptor(name)
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: this is a file; the results need a folder")
    loaded = engine.load(model)
    for output in _outputs(folder, names, loaded.kind):
        files.check_output(output, inputs=[model], force=force)
    data = Dataset.open(dataset) if dataset is not None else None
    _check_own(loaded, data, store, quiet)
    with Progress("describing", 1.0, quiet=quiet) as progress:
        table = _table(loaded, data, recompute, progress)
    shares = Shares(quiet, len(names), table.codes)
    with shares.progress, files.gathered(folder, force=force) as making:
        traverses = _traverses(loaded, table, names, frames)  # all that can fail comes before what is kept
        summary = _describe(making, loaded, table, names, shares)
        for travelled in traverses:
            summary["traverses"][travelled.name] = _play(making, folder, loaded, travelled, seed, shares)
        files.write_text(making / SUMMARY_FILE, json_text(summary) + "\n")
    if store:
        _store(model, table)
    if as_json:
        print_json(summary)
    elif not quiet:
        _show(folder, summary)


class Shares:
    """Progress through parts that take unequal time; each of them tells its own share."""

    def __init__(self, quiet: bool, traverses: int, codes: bool) -> None:
        self._dimensions = 0.0 if codes else DIMENSION_SECONDS
        self.progress = Progress(
            "traversing", self._dimensions + TRAVERSE_SECONDS * traverses + 1.0, quiet=quiet
        )
        self._begun = 0.0

    def part(self, seconds: float, what: str) -> Callable[[float], None]:
        """The listener of the next part, which takes about so long."""
        begun = self._begun
        self._begun += seconds
        self.progress.update(begun, what)
        return lambda share: self.progress.update(begun + seconds * share, what)


def _check_own(loaded: Engine, data: Dataset | None, store: bool, quiet: bool) -> None:
    """Whether the data set is that of the model, by the names of its recordings; if not, nothing is stored.

    Raises UsageError.
    """
    if data is not None and loaded.kind == "discrete":
        raise UsageError("--dataset is for continuous models; a discrete one is described by its codes")
    known = set((loaded.header.get("dataset") or {}).get("names") or ())
    if data is None or not known or known & set(data.summary()["names"]):
        return
    problem = "the data set holds none of the recordings that this model learned from"
    if store:
        raise UsageError(f"{problem}; name its own, or leave out --store")
    note(problem, quiet=quiet)


def _outputs(folder: Path, names: list[str], kind: str) -> list[Path]:
    files = [TABLE_FILE, MAP_FILE, HISTOGRAM_FILE, SUMMARY_FILE]
    files += [f"traverse-{name}{suffix}" for name in names for suffix in (".wav", ".png")]
    files += DIMENSION_FILES if kind == "continuous" else ()
    return [folder / name for name in files]


def _table(loaded: Engine, data: Any, recompute: bool, progress: Progress) -> DescriptorTable:
    from timbrespace.codebook import describe_codes, table_of

    if recompute and loaded.kind == "discrete":
        return describe_codes(loaded, progress=progress.update)
    if recompute and data is None:
        raise UsageError("--recompute: a continuous model is described by its data; name them with --dataset")
    return table_of(loaded, data, progress=progress.update)


def _store(model: Path, table: DescriptorTable) -> None:
    """Put the table into the model's file; its weights and its model_id stay."""
    from timbrespace.bundle import Bundle, load_bundle, save_bundle

    bundle = load_bundle(model)
    file = model.resolve()  # a link stays one
    save_bundle(file, Bundle({**bundle.header, "codes": table.to_header()}, bundle.tensors), force=True)


def _describe(
    folder: Path, loaded: Engine, table: DescriptorTable, names: list[str], shares: Shares
) -> dict[str, Any]:
    """The table, its pictures and, of a continuous model, its dimensions; returns the summary."""
    from timbrespace import figures_codebook
    from timbrespace.codebook.coverage import coverage
    from timbrespace.descriptors import DESCRIPTORS

    shares.part(1.0, "drawing")
    table.save_csv(folder / TABLE_FILE)
    drawn = {name: table.column(name) for name in dict.fromkeys([*names, *DRAWN])}
    what = f"{len(table)} codes" if table.codes else f"{len(table)} frames of the data"
    title = f"{loaded.kind} model {loaded.model_id}: {what}"
    figures_codebook.save_map(folder / MAP_FILE, table.z, drawn, title)
    figures_codebook.save_histogram(folder / HISTOGRAM_FILE, drawn, table.count, title)
    if not table.codes:
        _describe_dimensions(folder, loaded, table, shares)
    covered = {name: coverage(table, name) for name in DESCRIPTORS}
    return {
        "model": loaded.model_id,
        "kind": loaded.kind,
        "sounds": len(table),
        "pitched": int(table.pitched.sum()),
        "level_db": table.level_db,
        "coverage": {name: _as_dict(found) for name, found in covered.items()},
        "traverses": {},
    }


def _describe_dimensions(folder: Path, loaded: Engine, table: DescriptorTable, shares: Shares) -> None:
    from timbrespace import figures_dimensions
    from timbrespace.dimensions import describe_dimensions, save_dimensions_csv
    from timbrespace.directions import fit_directions, save_directions_csv

    tell = shares.part(0.5 * DIMENSION_SECONDS, "dimensions")
    dimensions = describe_dimensions(loaded, table, progress=tell)
    save_dimensions_csv(folder / DIMENSION_FILES[0], dimensions)
    title = f"What the dimensions of model {loaded.model_id} do"
    figures_dimensions.save_dimensions(folder / DIMENSION_FILES[1], dimensions, title)
    tell = shares.part(0.5 * DIMENSION_SECONDS, "directions")
    save_directions_csv(folder / DIMENSION_FILES[2], fit_directions(table, loaded, progress=tell))


def _as_dict(found: Coverage | None) -> dict[str, Any] | None:
    return None if found is None else {**asdict(found), "text": found.describe()}


def _traverses(loaded: Engine, table: DescriptorTable, names: Sequence[str], frames: int) -> list[Traverse]:
    """The orders asked for. Raises UsageError where there is nothing to order."""
    from timbrespace.codebook.distances import Distances
    from timbrespace.codebook.traverse import traverse

    distances = Distances(loaded, table)
    return [traverse(loaded, table, name, frames=frames, distances=distances) for name in names]


def _play(
    making: Path, folder: Path, loaded: Engine, travelled: Traverse, seed: int, shares: Shares
) -> dict[str, Any]:
    """Write a traverse as sound and picture into `making`; returns its figures, as of `folder`."""
    from timbrespace import audio, figures_codebook
    from timbrespace.codebook.traverse import traverse_spearman

    name = travelled.name
    sound = travelled.play(loaded, seed, shares.part(TRAVERSE_SECONDS, f"in the order of {name}"))
    score, measured = traverse_spearman(travelled, sound, loaded.sample_rate)
    target = making / f"traverse-{name}.wav"
    written = audio.write_audio(target, sound, loaded.sample_rate)
    title = (
        f"{len(travelled.rows)} sounds in the order of {name}: rank correlation with time {_number(score)}"
    )
    picture = target.with_suffix(".png")
    curves = {name: {"measured": measured}}
    figures_codebook.save_curves(picture, sound, curves, loaded.sample_rate, title)
    return {
        "traverse_spearman": score,
        "sounds": len(travelled.rows),
        "frames": travelled.frames,
        "seconds": len(sound) / loaded.sample_rate,
        "gain_db": written.gain_db,
        "sound": str(folder / target.name),
    }


def _show(folder: Path, summary: dict[str, Any]) -> None:
    what = "codes" if summary["kind"] == "discrete" else "frames of the data"
    say(f"{summary['kind']} model {summary['model']}: {summary['sounds']} {what}, "
        f"{summary['pitched']} with a pitch")  # fmt: skip
    for name, found in summary["coverage"].items():
        say(f"{name:<9}  {found['text'] if found else 'no sound has one'}")
    for name, one in summary["traverses"].items():
        say(f"{one['sound']}: {one['seconds']:.1f} s in the order of {name}, "
            f"rank correlation with time {_number(one['traverse_spearman'])}")  # fmt: skip
    written = [path.name for path in _outputs(folder, [], summary["kind"])]
    say(f"{folder}: {', '.join(written)} written")


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.3f}"
