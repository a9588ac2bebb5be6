"""How good models of given recordings are on what they have not heard: one JSON a model, and two tables.

    python benchmarks/quality.py FOLDER... --work DIR [--kinds continuous discrete]
        [--steps N | --minutes M] [--adversary W] [--seed S] [--preset NAME] [--jobs 2] [--table]

Every folder is one domain. It is prepared, a model of every kind is trained, and the model is scored on
exactly the recordings its training held out; of a domain with fewer than five, on the last tenth of each,
cut from the data set. Baselines and priors know the part that was trained on, no more. What is in DIR
already is not done again, and a training that was cut short goes on. With several jobs, models are trained
side by side on one thread each. `--table` prints every model in DIR; folders may then be left out.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from timbrespace import engine, files
from timbrespace.audio import write_audio
from timbrespace.config import KINDS, Kind
from timbrespace.dataset.prepare import prepare
from timbrespace.dataset.split import WHOLE_SOURCES_FROM
from timbrespace.dataset.store import Dataset
from timbrespace.errors import TimbrespaceError
from timbrespace.evaluate import BASELINES, evaluate
from timbrespace.latents import LatentSeries
from timbrespace.scores import latent as latent_scores
from timbrespace.training.options import DEFAULT_MINUTES, TrainOptions
from timbrespace.training.run import train

SOUND = ("lsd_512", "lsd_2048", "lsd_8192", "texture", "f0_within_50_cents", "loudness_correlation")
PROBE = "loudness_probe_r2"
AFTER_PROBE = ("latent_independence", "prior_fit", "prior_nearest_db")
HEADINGS = ("domain", "kind", *SOUND, "gain_drift", PROBE, f"{PROBE} without adversary", *AFTER_PROBE,
            "codes used", "perplexity", "steps", "minutes")  # fmt: skip


@dataclass(frozen=True)
class Job:
    """One model. domain: name of the folder. adversary: None for the package's own weight."""

    domain: str
    kind: Kind
    preset: str
    minutes: float | None
    steps: int | None
    adversary: float | None
    seed: int

    @property
    def name(self) -> str:
        """What its files are called."""
        budget = f"{self.minutes:g}min" if self.steps is None else f"{self.steps}steps"
        rest = [f"adversary{self.adversary:g}"] if self.adversary is not None else []
        rest += [f"seed{self.seed}"] if self.seed else []
        rest += [self.preset] if self.preset != "standard" else []
        return "-".join([self.domain, self.kind, budget, *rest])


def result_path(work: Path, job: Job) -> Path:
    """Where the scores of a model are."""
    return work / "results" / f"{job.name}.json"


def run(job: Job, work: Path, quiet: bool) -> None:
    """Train and score one model, on as many threads as torch takes in this process."""
    folder = work / "data" / job.domain
    model = train(
        TrainOptions(
            job.kind, folder, work / "runs" / job.name, preset=job.preset, minutes=job.minutes,
            steps=job.steps, adversary=job.adversary, seed=job.seed, resume=True, quiet=quiet,
        )
    )  # fmt: skip
    dataset = Dataset.open(folder)
    sounds = held_out(dataset, work / "held_out" / job.domain)
    loaded = engine.load(model)
    trained = trained_part(dataset)
    evaluation = evaluate(loaded, sounds, dataset=trained, creative=False).to_dict()
    training, latent = loaded.header["training"], loaded.header["latent"]
    codes = latent.get("codes") or {}
    content = {
        "job": asdict(job),
        **{name: training[name] for name in ("steps", "minutes", "best_step", "stopped_improving")},
        "split": training["validation"]["split"],
        "threads": torch.get_num_threads(),
        "model_bytes": model.stat().st_size,
        "active_latents": sum(latent["active"]),
        "training_set": {"frames": latent["frames"], "codes": loaded.config.codes if codes else None,
                         "used": codes.get("used"), "perplexity": codes.get("perplexity")},
        PROBE: probe(loaded, dataset, trained),
        "evaluation": evaluation,
    }  # fmt: skip
    text = json.dumps(content, indent=1, allow_nan=False) + "\n"
    files.write_text(result_path(work, job), text, force=True)


def held_out(dataset: Dataset, folder: Path) -> list[Path]:
    """The recordings that training leaves out; the ends of few recordings are written into `folder`."""
    _, regions = dataset.split()
    if not regions:
        raise TimbrespaceError(f"{dataset.folder}: nothing is held out; add recordings")
    if len(dataset.sources) >= WHOLE_SOURCES_FROM:
        return [Path(dataset.sources[region.source].path) for region in regions]
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for region in regions:
        stem = Path(dataset.sources[region.source].path).stem
        path = folder / f"{region.source}-{stem}.wav"
        end = dataset.audio[region.start : region.start + region.length]
        write_audio(path, end, dataset.sample_rate, force=True, subtype="FLOAT")
        paths.append(path)
    return paths


def trained_part(dataset: Dataset) -> Dataset:
    """The data set as training sees it: nothing that is held out is in it."""
    regions, _ = dataset.split()
    part = Dataset.open(dataset.folder)
    sources = tuple(
        replace(dataset.sources[region.source], start=region.start, length=region.length)
        for region in regions
    )
    part.manifest = replace(dataset.manifest, sources=sources)
    return part


def probe(loaded: engine.Engine, dataset: Dataset, trained: Dataset) -> float | None:
    """What trees read of the loudness from the latents of everything learnt from, folds by recording.

    A handful of held-out recordings is too few for folds. Of a domain with few recordings, each is cut
    into five.
    """
    pieces = 1 if len(trained.sources) >= WHOLE_SOURCES_FROM else 5
    found: list[LatentSeries] = []
    for source in trained.sources:
        sound = np.array(dataset.audio[source.start : source.start + source.length])
        found += [loaded.encode(part, dataset.sample_rate) for part in np.array_split(sound, pieces)]
    loudness_db = np.concatenate([series.loudness_db for series in found])
    group = np.repeat(np.arange(len(found)), [len(series) for series in found])
    kept = latent_scores.audible(loudness_db)
    z = np.concatenate([series.z for series in found])
    r2 = latent_scores.loudness_probe_r2(z[kept], loudness_db[kept], group[kept])
    return r2 if np.isfinite(r2) else None


def run_apart(job: Job, work: Path, quiet: bool) -> bool:
    """`run` in a process of its own. Whether it came through."""
    process = multiprocessing.get_context("spawn").Process(target=run_or_say, args=(job, work, quiet))
    process.start()
    process.join()
    return process.exitcode == 0


def run_or_say(job: Job, work: Path, quiet: bool) -> None:
    """`run`; one line and exit status 1 where the package says what is wrong."""
    try:
        run(job, work, quiet)
    except TimbrespaceError as error:
        sys.exit(f"{job.name}: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


def run_all(jobs: Sequence[Job], work: Path, side_by_side: int) -> bool:
    """Run what is missing, each model in a process of its own. Whether all came through."""
    missing = [job for job in jobs if not result_path(work, job).exists()]
    for job in jobs:
        if job not in missing:
            print(f"{job.name}: there already", file=sys.stderr)
    if side_by_side > 1:
        os.environ["OMP_NUM_THREADS"] = "1"
    whole = True
    with ThreadPoolExecutor(side_by_side) as pool:
        waiting = {pool.submit(run_apart, job, work, side_by_side > 1): job for job in missing}
        try:
            for future in as_completed(waiting):
                whole = future.result() and whole
                print(f"{waiting[future].name}: {'done' if future.result() else 'failed'}", file=sys.stderr)
        finally:  # after Ctrl-C no further model is begun; those in work save themselves
            pool.shutdown(wait=False, cancel_futures=True)
    return whole


def tables(results: Sequence[dict[str, Any]]) -> str:
    """Scores of all models, and the baselines of their domains."""
    rows = [score_row(result, without_adversary(result, results)) for result in results]
    beside: dict[tuple[str, str], list[str]] = {}
    for result in results:
        for baseline in BASELINES:
            scores = result["evaluation"]["baselines"][baseline]["scores"]
            key = domain_of(result["job"]), baseline.replace("_", " ")
            beside.setdefault(key, [number(scores[name]) for name in SOUND])
    lines = [(*key, *figures) for key, figures in beside.items()]
    return markdown(HEADINGS, rows) + "\n\n" + markdown(("domain", "baseline", *SOUND), lines)


def place(result: dict[str, Any]) -> tuple[str, str, bool, float, str]:
    """Where a model stands in a table: by domain and kind, then by its budget."""
    job = Job(**result["job"])
    budget = job.minutes if job.steps is None else job.steps
    return domain_of(result["job"]), job.kind, job.steps is not None, budget or 0.0, job.name


def without_adversary(result: dict[str, Any], results: Sequence[dict[str, Any]]) -> float | None:
    """The probe of the same model trained without adversary; if need be, of one with another budget."""
    job = Job(**result["job"])
    alike = ("domain", "kind", "preset", "seed")
    found = [
        other
        for other in results
        if other["job"]["adversary"] == 0 and all(other["job"][name] == result["job"][name] for name in alike)
    ]
    same = [other for other in found if Job(**other["job"]).name == replace(job, adversary=0.0).name]
    chosen = [*same, *found]
    return chosen[0][PROBE] if chosen else None


def domain_of(job: dict[str, Any]) -> str:
    """The domain; a preset other than the standard one has its own frames and so its own baselines."""
    return job["domain"] if job["preset"] == "standard" else f"{job['domain']} ({job['preset']})"


def score_row(result: dict[str, Any], probe_without: float | None) -> list[str]:
    """One model."""
    job, scores, used = result["job"], result["evaluation"]["scores"], result["training_set"]
    kind = job["kind"] if job["adversary"] is None else f"{job['kind']}, adversary {job['adversary']:g}"
    codes = "–" if used["used"] is None else f"{used['used']} of {used['codes']}"
    return [
        domain_of(job),
        kind if not job["seed"] else f"{kind}, seed {job['seed']}",
        *(number(scores[name]) for name in SOUND),
        number(scores["gain_drift"], 4),
        number(result[PROBE]),
        number(probe_without),
        *(number(scores[name]) for name in AFTER_PROBE),
        codes,
        number(used["perplexity"], 0),
        str(result["steps"]),
        number(result["minutes"], 1),
    ]


def number(value: float | None, digits: int = 2) -> str:
    """A dash for no meaning."""
    return "–" if value is None else f"{value:.{digits}f}"


def markdown(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table."""
    ruler = ["---", "---", *["---:"] * (len(headings) - 2)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (headings, ruler, *rows))


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--work", type=Path, required=True, metavar="DIR")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    budget = parser.add_mutually_exclusive_group()
    budget.add_argument("--minutes", type=float)
    budget.add_argument("--steps", type=int)
    parser.add_argument("--adversary", type=float, help="of continuous models; 0 turns it off")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--preset", default="standard")
    parser.add_argument("--jobs", type=int, default=1, help="models side by side")
    parser.add_argument("--table", action="store_true")
    options = parser.parse_args()
    if options.steps is None and options.minutes is None:
        options.minutes = DEFAULT_MINUTES
    names = [folder.resolve().name for folder in options.folders]
    if len(set(names)) < len(names):
        parser.error("two folders have the same name; every domain needs its own")
    if not options.folders and not options.table:
        parser.error("name folders of recordings, or --table")
    return options


def main() -> int:
    """Prepare, run, print."""
    options = parse()
    work = options.work.resolve()
    (work / "results").mkdir(parents=True, exist_ok=True)
    jobs = []
    for folder in (path.resolve() for path in options.folders):
        report = prepare([folder], work / "data" / folder.name)
        print(f"{folder.name}: {len(report.taken)} recordings, {report.seconds:.0f} s", file=sys.stderr)
        for kind in options.kinds:
            adversary = options.adversary if kind == "continuous" else None
            budget = options.minutes, options.steps
            jobs.append(Job(folder.name, kind, options.preset, *budget, adversary, options.seed))
    whole = run_all(jobs, work, options.jobs)
    if options.table:
        results = [json.loads(path.read_text()) for path in (work / "results").glob("*.json")]
        print(tables(sorted(results, key=place)))
    return 0 if whole else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except TimbrespaceError as error:
        sys.exit(f"{error}")
    except KeyboardInterrupt:
        sys.exit(130)
