"""Parts carried out: each source and operator gives, bit for bit, what the command line writes for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import studio_parts_help as parts_help
from studio_parts_help import add_part, add_sound, command, same

from timbrespace.latents import LatentSeries
from timbrespace.studio.document import (
    Aim,
    CodePoint,
    CodesSource,
    FollowSource,
    Held,
    MorphPoint,
    MorphSource,
    Operator,
    Part,
    PathPoint,
    PlanePoint,
    PlaneSource,
    Sound,
    SoundSource,
    Source,
    TargetPoint,
)
from timbrespace.studio.quantities import LevelPoint
from timbrespace.studio.studio import Studio

KINDS = ("continuous", "discrete")


@pytest.fixture(scope="module")
def studio(described_models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    models = {kind: described_models[kind] for kind in KINDS}
    with parts_help.opened(models, tmp_path_factory.mktemp("studio") / "sessions") as opened:
        yield opened


@pytest.fixture
def two(studio: Studio, write_tone: Callable[..., Path]) -> tuple[tuple[Path, Sound], tuple[Path, Sound]]:
    """Files of different lengths and rates, and their sounds in the tray."""
    paths = write_tone("a.wav", 0.9), write_tone("b.wav", 0.6, rate=22_050)
    (a, b) = ((path, add_sound(studio, path)) for path in paths)
    return a, b


def check_files(studio: Studio, part: Part, folder: Path, model: Path, series: Path, seed: int = 0) -> None:
    """What the page saves of a part equals a series file and what `decode` makes of it."""
    page = parts_help.client(studio)
    npz = page.get(f"/api/parts/{part.id}/latents.npz")
    assert npz.content == series.read_bytes()
    (folder / "page.wav").write_bytes(page.get(f"/api/parts/{part.id}/result.wav").content)
    command("decode", model, series, folder / "command.wav", "--seed", seed)
    assert (folder / "page.wav").read_bytes() == (folder / "command.wav").read_bytes()


EDITS: list[tuple[str, Sequence[Operator]]] = [
    ("", []),
    ("--scale 1.5 --bias loudness=-3 --reverse", [
        Operator(name="scale", value=1.5), Operator(name="bias", value=-3, dimensions=["loudness"]),
        Operator(name="reverse"),
    ]),
    ("--random z1=0.4 --smoothness-hz 6 --seed 9 --smooth 12 --quantise 0.2 --stretch 1.25 --freeze z0=5", [
        Operator(name="random", value=0.4, smoothness_hz=6, seed=9, dimensions=[1]),
        Operator(name="smooth", value=12), Operator(name="quantise", value=0.2),
        Operator(name="stretch", value=1.25), Operator(name="freeze", value=5, dimensions=[0]),
    ]),
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("words", "edits"), EDITS, ids=["as it is", "simple", "many"])
def test_a_sound_with_operators_is_encode_and_transform(
    studio: Studio, described_models: dict[str, Path], two, tmp_path: Path, kind: str, words: str, edits
) -> None:
    path, sound = two[1]
    part = add_part(studio, kind, SoundSource(sound=sound.id), *edits)
    model, encoded, series = described_models[kind], tmp_path / "e.npz", tmp_path / "t.npz"
    command("encode", model, path, encoded)
    command("transform", model, encoded, series, *words.split())
    check_files(studio, part, tmp_path, model, series)


def test_along_is_that_of_transform(
    studio: Studio, described_models: dict[str, Path], two, tmp_path: Path
) -> None:
    path, sound = two[0]
    edit = Operator(name="along", value=0.7, descriptor="centroid")
    part = add_part(studio, "continuous", SoundSource(sound=sound.id), edit)
    command("transform", described_models["continuous"], path, tmp_path / "t.npz", "--along", "centroid=0.7")
    check_files(studio, part, tmp_path, described_models["continuous"], tmp_path / "t.npz")


def test_a_selection_of_a_sound_is_the_sound_cut_out(studio: Studio, two) -> None:
    _, sound = two[0]
    part = add_part(studio, "continuous", SoundSource(sound=sound.id, start=0.25, end=0.5))
    series = parts_help.series_of(studio, part)
    engine = studio.model("continuous")
    assert series.length_samples == 0.25 * engine.sample_rate
    samples = parts_help.samples_of(two[0][0])[4000:8000]
    same(series, engine.encode(samples - samples.mean(dtype=np.float64).astype(np.float32), 16_000))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("align", "loudness", "course"),
    [("stretch", "mix", "line"), ("loop", "b", "line"), ("trim", "a", "auto")],
)
def test_a_morph_is_interpolate(
    studio: Studio, described_models: dict[str, Path], two, tmp_path: Path, kind, align, loudness, course
) -> None:
    (a, first), (b, second) = two
    points = [(0.0, -0.2), (0.3, 0.1), (0.8, 1.2)]
    curve = [MorphPoint(share=share, place=place) for share, place in points]
    source = MorphSource(a=first.id, b=second.id, curve=curve, align=align, loudness=loudness, course=course)
    part = add_part(studio, kind, source)
    samples = 0.6 * 16_000 if align == "trim" else 0.9 * 16_000
    rows = "".join(f"{share * samples / 16_000!r},{place!r}\n" for share, place in points)
    (tmp_path / "curve.csv").write_text("seconds,position\n" + rows)
    model, series = described_models[kind], tmp_path / "m.npz"
    command(
        "interpolate", model, a, b, tmp_path / "m.wav", "--curve", tmp_path / "curve.csv", "--align", align,
        "--loudness", loudness, "--course", course, "--series", series, "--no-picture",
    )  # fmt: skip
    check_files(studio, part, tmp_path, model, series)
    assert (tmp_path / "page.wav").read_bytes() == (tmp_path / "m.wav").read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_a_walk_is_plane(
    studio: Studio, described_models: dict[str, Path], two, tmp_path: Path, kind: str
) -> None:
    (a, first), (b, second) = two
    path = [PathPoint(seconds=t, x=x, y=y) for t, x, y in [(0, 0.1, 0.2), (0.4, 0.9, 0.3), (0.7, 0.4, 1.0)]]
    points = [
        PlanePoint(x=0.0, y=0.0, radius=0.8, ref=first.id),
        PlanePoint(x=1.0, y=0.25, radius=0.9, ref=second.id),
        PlanePoint(x=0.5, y=1.0, radius=1.4, seed=7),
    ]
    source = PlaneSource(points=points, path=path, seconds=0.75, align="stretch", loudness=1)
    part = add_part(studio, kind, source)
    rows = "".join(f"{p.seconds!r},{p.x!r},{p.y!r}\n" for p in path)
    (tmp_path / "path.csv").write_text("seconds,x,y\n" + rows)
    model, series = described_models[kind], tmp_path / "p.npz"
    command(
        "plane", model, a, b, "random:7", tmp_path / "p.wav", "--path", tmp_path / "path.csv",
        "--seconds", 0.75, "--points", "0,0 1,0.25 0.5,1", "--radius", 0.8, "--radius", 0.9, "--radius", 1.4,
        "--align", "stretch", "--loudness", "B", "--series", series, "--no-picture",
    )  # fmt: skip
    check_files(studio, part, tmp_path, model, series)
    assert (tmp_path / "page.wav").read_bytes() == (tmp_path / "p.wav").read_bytes()


def test_a_held_state_sounds_as_it_was_caught(studio: Studio, two) -> None:
    state = Held(z=[0.5, -1.0, 0.25, 2.0], loudness_db=-18.0)
    source = PlaneSource(
        points=[PlanePoint(x=0.5, y=0.5, held=state)], path=[PathPoint(seconds=0, x=0, y=0)], seconds=0.5
    )
    series = parts_help.series_of(studio, add_part(studio, "continuous", source))
    assert np.unique(series.z, axis=0).tolist() == [state.z]
    assert set(series.loudness_db[3:-3].tolist()) == {-18.0}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("continuity", [0.0, 1.0])
def test_a_drawn_descriptor_is_follow(
    studio: Studio, described_models: dict[str, Path], tmp_path: Path, kind: str, continuity: float
) -> None:
    points = [(0.0, 900.0), (0.2, 2500.0), (0.6, 1500.0)]
    levels = [(0.0, -30.0), (0.5, -15.0)]
    source = FollowSource(
        aims=[Aim(descriptor="centroid", target=[TargetPoint(seconds=s, value=v) for s, v in points])],
        loudness=[LevelPoint(seconds=s, db=db) for s, db in levels],
        continuity=continuity,
        seconds=0.7,
    )
    part = add_part(studio, kind, source)
    for name, rows in (("centroid", points), ("loudness_db", levels)):
        text = "".join(f"{seconds!r},{value!r}\n" for seconds, value in rows)
        (tmp_path / f"{name}.csv").write_text(f"seconds,{name}\n{text}")
    series, sound = tmp_path / "f.npz", tmp_path / "f.wav"
    command(
        "follow", described_models[kind], sound, "--descriptor", "centroid",
        "--target", tmp_path / "centroid.csv", "--loudness", tmp_path / "loudness_db.csv",
        "--continuity", continuity, "--seconds", 0.7, "--series", series, "--no-picture",
    )  # fmt: skip
    page = parts_help.client(studio)
    assert page.get(f"/api/parts/{part.id}/latents.npz").content == series.read_bytes()
    assert page.get(f"/api/parts/{part.id}/result.wav").content == sound.read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_painted_codes_hold_until_the_next(
    studio: Studio, described_models: dict[str, Path], tmp_path: Path, kind: str
) -> None:
    path = [CodePoint(seconds=0.1, row=3), CodePoint(seconds=0.3, row=17)]
    part = add_part(studio, kind, CodesSource(path=path, loudness=-24.0, seconds=0.5))
    series = parts_help.series_of(studio, part)
    engine, table = studio.model(kind), studio.table(kind)
    rows = np.where(engine.signal.centre_seconds(len(series)) < 0.3, 3, 17)
    assert np.array_equal(series.z, table.z[rows])
    edge = (series.loudness_db == -100.0).nonzero()[0]  # it fades in and out, so as not to click
    assert {0, len(series) - 1} <= set(edge) < set(range(len(series)))
    assert set(np.delete(series.loudness_db, edge)) == {-24.0}
    assert series.length_samples == 8000
    if kind == "discrete":
        assert series.codes is not None
        assert series.codes.tolist() == rows.tolist()
    series.save(tmp_path / "c.npz")
    check_files(studio, part, tmp_path, described_models[kind], tmp_path / "c.npz")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("extension", ["npz", "csv"])
def test_a_series_brought_in_is_as_it_was(
    studio: Studio, described_models: dict[str, Path], two, tmp_path: Path, kind: str, extension: str
) -> None:
    model, file = described_models[kind], tmp_path / f"in.{extension}"
    command("encode", model, two[0][0], file)
    command("transform", model, file, tmp_path / "same.npz")
    page = parts_help.client(studio)
    made = page.post(f"/api/series?model={kind}&name=mine", content=file.read_bytes())
    assert made.status_code == 201
    part = studio.session.document.parts[-1]
    assert made.json()["part"]["id"] == part.id
    assert part.name.startswith("mine")
    got = page.get(f"/api/parts/{part.id}/latents.npz").content
    (tmp_path / "got.npz").write_bytes(got)
    same(LatentSeries.load(tmp_path / "got.npz"), LatentSeries.load(tmp_path / "same.npz"))


@pytest.mark.parametrize("kind", KINDS)
def test_the_seed_is_that_of_decode(
    studio: Studio, described_models: dict[str, Path], two, tmp_path: Path, kind: str
) -> None:
    part = add_part(studio, kind, SoundSource(sound=two[0][1].id))
    page = parts_help.client(studio)
    before = page.get(f"/api/parts/{part.id}").json()["fingerprint"]
    after = page.patch(f"/api/parts/{part.id}", json={"seed": 5}).json()["fingerprint"]
    assert after != before
    command("encode", described_models[kind], two[0][0], tmp_path / "e.npz")
    check_files(studio, part, tmp_path, described_models[kind], tmp_path / "e.npz", seed=5)


HERE = [PathPoint(seconds=0, x=0, y=0)]
BACK = [CodePoint(seconds=1, row=1), CodePoint(seconds=0.5, row=1)]
DARK = [TargetPoint(seconds=0, value=300)]
SHORT = Held(z=[1.0], loudness_db=-20)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (SoundSource(sound="s" + "0" * 12), "there is no sound s000000000000"),
        (CodesSource(path=[CodePoint(seconds=0, row=99)]), "has the sound 99; this model has 0 to 59"),
        (CodesSource(path=BACK), "seconds is 0.5 after 1; a curve goes forward in time"),
        (PlaneSource(points=[PlanePoint(x=0, y=0)], path=HERE), "point 'point' needs one of a sound"),
        (
            PlaneSource(points=[PlanePoint(x=0, y=0, held=SHORT)], path=HERE),
            "has 1 dimensions and the model 4",
        ),
        (
            PlaneSource(points=[PlanePoint(x=0, y=0, seed=1)], path=HERE, latents=3),
            "latents is 3; there are points 0 to 0",
        ),
        (
            FollowSource(aims=[Aim(descriptor="flatness", target=DARK)]),
            "flatness is 300; it must be 1e-09 to 1",
        ),
        (FollowSource(aims=[Aim(descriptor="centroid", target=DARK)] * 2), "name each once"),
    ],
    ids=range(8),
)
def test_what_cannot_be_carried_out_gets_no_part(studio: Studio, source: Source, message: str) -> None:
    before = studio.session.document
    made = parts_help.client(studio).post(
        "/api/parts", json={"model": "continuous", "source": source.model_dump()}
    )
    assert made.status_code in (400, 404, 422)
    assert message in made.json()["error"]
    assert studio.session.document is before
