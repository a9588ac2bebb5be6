"""Files and folders of recordings → one data set.

A second run takes what did not change from the data set that is there; an interrupted one goes on with
the files finished so far, which wait in the data set's work folder. Until the last file is done the old
data set stands untouched.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from timbrespace.audio import Channel, parse_channel
from timbrespace.dataset.folder import DatasetFolder, Piece, claim
from timbrespace.dataset.inspect import Job, Outcome
from timbrespace.dataset.pool import run_jobs, usable_cores
from timbrespace.dataset.remarks import remarks_on_all, with_remarks
from timbrespace.dataset.store import AUDIO, Manifest, Skipped, Source
from timbrespace.dataset.walk import Found, Walk, walk
from timbrespace.errors import DatasetError, UsageError

LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 8_000, 192_000
PREPARED = 1  # number of this way of preparing; another one makes every file anew
_NOT_REMEMBERED = ("unreadable", "damaged", "duplicate")  # may change though the file does not

OnProgress = Callable[[float, float, str], None]  # bytes done, bytes in all, file


@dataclass(frozen=True)
class Report:
    """What a preparation did.

    taken: the sources, in order. skipped: with reasons. reused: how many of both came from the run
    before. removed: paths that were in the data set and are not any more. changed: whether anything is
    different now. remarks: on the set as a whole.
    """

    folder: Path
    sample_rate: int
    taken: tuple[Source, ...]
    skipped: tuple[Skipped, ...]
    reused: int
    removed: tuple[str, ...]
    changed: bool
    remarks: tuple[str, ...]

    @property
    def seconds(self) -> float:
        """Length of the data set."""
        return sum(source.length for source in self.taken) / self.sample_rate


@dataclass(frozen=True)
class _Entry:
    """A file that was looked at, now or before, and where its samples are."""

    file: Found
    outcome: Outcome
    piece: Piece | None


def prepare(
    audio: Iterable[str | Path],
    folder: str | Path,
    *,
    rate: int = 44_100,
    channel: Channel = "mix",
    jobs: int | None = None,
    on_progress: OnProgress = lambda done, total, path: None,
) -> Report:
    """Make or update the data set in `folder` from files and folders of recordings.

    rate: of the data set, Hz. channel: "mix", "left", "right" or a number from 1. jobs: processes, one a
    core if None. Raises UsageError on settings out of range, DatasetError where nothing is usable, the
    folder holds something else or is being prepared, or the disk is full; the data set that was there
    stays valid in every case.
    """
    roots, folder = [Path(root) for root in audio], Path(folder)
    settings = _check(roots, folder, rate, channel, jobs)
    with claim(folder) as target:
        files = walk(roots, folder)
        known = _remembered(target, settings)
        entries = {file.path: known[file.path] for file in files.found if _still(known.get(file.path), file)}
        reused = len(entries)
        todo = [file for file in files.found if file.path not in entries]
        entries |= _run(target, todo, settings, jobs or usable_cores(), on_progress)
        sources, skipped, pieces = _assemble([entries[file.path] for file in files.found], files, rate)
        if not sources:
            target.clear_work()
            raise DatasetError(_nothing(roots, skipped))
        manifest = Manifest(rate, settings, sources, skipped)
        before = target.manifest
        _commit(target, manifest, pieces)
        target.clear_work()
    gone = {source.path for source in before.sources} if before else set()
    removed = tuple(sorted(gone - {source.path for source in sources}))
    remarks = tuple(remarks_on_all(sources, rate))
    return Report(folder, rate, sources, skipped, reused, removed, before != manifest, remarks)


def _check(
    roots: Sequence[Path], folder: Path, rate: int, channel: Channel, jobs: int | None
) -> dict[str, Any]:
    """The settings as the manifest keeps them."""
    if not roots:
        raise UsageError("no recordings given; name files or folders")
    if not LOWEST_RATE_HZ <= rate <= HIGHEST_RATE_HZ:
        raise UsageError(f"rate is {rate}; it must be {LOWEST_RATE_HZ} to {HIGHEST_RATE_HZ} Hz")
    if jobs is not None and jobs < 1:
        raise UsageError(f"jobs is {jobs}; it must be 1 or more")
    for root in roots:
        if os.path.realpath(root) == os.path.realpath(folder):
            raise UsageError(f"{root}: is both the recordings and the data set; name another folder")
        if not os.path.lexists(root):
            raise DatasetError(f"{root}: no such file or folder")
    return {"rate": rate, "channel": parse_channel(str(channel)), "prepared": PREPARED}


def _remembered(target: DatasetFolder, settings: dict[str, Any]) -> dict[str, _Entry]:
    """What the data set knows of its files, by path, if it was made with the same settings."""
    manifest = target.manifest
    if manifest is None or manifest.settings != settings or not target.audio_is_whole():
        return {}
    offset = target.audio_offset
    entries = {}
    for source in manifest.sources:
        place = (target.path / AUDIO, offset + 4 * source.start, 4 * source.length)
        facts = {name: getattr(source, name) for name in Outcome().to_dict() if hasattr(source, name)}
        file = Found(source.path, source.size, source.mtime_ns)
        entries[source.path] = _Entry(file, Outcome(**facts), place)
    originals = {source.sha256: source.path for source in manifest.sources}
    for skipped in manifest.skipped:
        file = Found(skipped.path, skipped.size, skipped.mtime_ns)
        if skipped.reason == "duplicate" and _is_unchanged(entries.get(originals.get(skipped.sha256, ""))):
            entries[skipped.path] = _Entry(file, Outcome(sha256=skipped.sha256), None)
        elif skipped.mtime_ns and skipped.reason not in _NOT_REMEMBERED:
            entries[skipped.path] = _Entry(
                file, Outcome(skipped.reason, skipped.detail, skipped.sha256), None
            )
    return entries


def _is_unchanged(entry: _Entry | None) -> bool:
    """Whether the file of an entry is as it was."""
    if entry is None:
        return False
    try:
        status = os.stat(entry.file.path)
    except OSError:
        return False
    return (status.st_size, status.st_mtime_ns) == (entry.file.size, entry.file.mtime_ns)


def _still(entry: _Entry | None, file: Found) -> bool:
    return entry is not None and entry.file == file


def _run(
    target: DatasetFolder,
    todo: Sequence[Found],
    settings: dict[str, Any],
    processes: int,
    on_progress: OnProgress,
) -> dict[str, _Entry]:
    """Prepare the files; those that an interrupted run finished are not done again."""
    entries: dict[str, _Entry] = {}
    pending: dict[str, Found] = {}
    for file in sorted(todo, key=lambda file: (-file.size, file.path)):
        work = str(target.work / f"{_key(file, settings)}.f32")
        outcome = _finished(work)
        if outcome is None:
            pending[work] = file
        else:
            entries[file.path] = _entry(file, outcome, work)
    total = float(sum(file.size for file in pending.values()))
    shares: dict[str, float] = {}
    done = 0.0

    def on_share(job: Job, share: float) -> None:
        shares[job.work] = share * pending[job.work].size
        on_progress(done + sum(shares.values()), total, job.path)

    queue = [Job(file.path, work, settings["rate"], settings["channel"]) for work, file in pending.items()]
    for job, outcome in run_jobs(queue, processes, on_share):
        file = pending[job.work]
        _note_finished(job.work, outcome)
        entries[file.path] = _entry(file, outcome, job.work)
        shares.pop(job.work, None)
        done += file.size
        on_progress(done + sum(shares.values()), total, job.path)
    return entries


def _key(file: Found, settings: dict[str, Any]) -> str:
    content = json.dumps([file.path, file.size, file.mtime_ns, settings], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def _finished(work: str) -> Outcome | None:
    """The outcome that an interrupted run left, if its samples are complete."""
    try:
        outcome = Outcome(**json.loads(Path(work + ".json").read_text("utf-8")))
        whole = bool(outcome.reason) or os.path.getsize(work) == 4 * outcome.length
    except (OSError, ValueError, TypeError):
        return None
    return outcome if whole else None


def _note_finished(work: str, outcome: Outcome) -> None:
    temporary = Path(work + ".json.tmp")
    temporary.write_text(json.dumps(outcome.to_dict()), "utf-8")
    os.replace(temporary, work + ".json")


def _entry(file: Found, outcome: Outcome, work: str) -> _Entry:
    return _Entry(file, outcome, None if outcome.reason else (Path(work), 0, 4 * outcome.length))


def _assemble(
    entries: Sequence[_Entry], files: Walk, rate: int
) -> tuple[tuple[Source, ...], tuple[Skipped, ...], list[Piece]]:
    """Sources in order, duplicates left out; everything skipped; where the samples come from."""
    sources: list[Source] = []
    skipped = list(files.skipped)
    pieces: list[Piece] = []
    first: dict[tuple[str, int], str] = {}
    position = 0
    for entry in entries:
        file, outcome = entry.file, entry.outcome
        about: dict[str, Any] = {
            "path": file.path,
            "size": file.size,
            "mtime_ns": file.mtime_ns,
            "sha256": outcome.sha256,
        }
        original = (
            first.get((outcome.sha256, outcome.original_rate)) if entry.piece else _named(first, outcome)
        )
        if outcome.reason:
            skipped.append(Skipped(**about, reason=outcome.reason, detail=outcome.detail))
        elif original is not None or entry.piece is None:
            skipped.append(Skipped(**about, reason="duplicate", detail=f"same sound as {original}"))
        else:
            facts = outcome.to_dict()
            del facts["reason"], facts["detail"], facts["sha256"]
            sources.append(Source(**about, start=position, **facts))
            pieces.append(entry.piece)
            first[(outcome.sha256, outcome.original_rate)] = file.path
            position += outcome.length
    ordered = sorted(skipped, key=lambda file: file.path)
    return (with_remarks(sources, rate) if sources else ()), tuple(ordered), pieces


def _named(first: dict[tuple[str, int], str], outcome: Outcome) -> str | None:
    return next((path for (sha256, _), path in first.items() if sha256 == outcome.sha256), None)


def _commit(target: DatasetFolder, manifest: Manifest, pieces: list[Piece]) -> None:
    before = target.manifest
    if before == manifest and target.audio_is_whole():
        return
    if before is not None and _same_audio(before, manifest) and target.audio_is_whole():
        target.replace_manifest(manifest)
    else:
        target.swap(manifest, pieces)


def _same_audio(a: Manifest, b: Manifest) -> bool:
    """Whether two manifests describe the same signal, whatever else they say."""
    if a.settings != b.settings or len(a.sources) != len(b.sources):
        return False
    plain = [[replace(source, notes=(), size=0, mtime_ns=0) for source in m.sources] for m in (a, b)]
    return plain[0] == plain[1]


def _nothing(roots: Sequence[Path], skipped: Sequence[Skipped]) -> str:
    where = ", ".join(str(root) for root in roots[:3]) + (" …" if len(roots) > 3 else "")
    if not skipped:
        return f"{where}: no files in it; name a folder with recordings"
    if len(skipped) == 1:
        detail = f": {skipped[0].detail}" if skipped[0].detail else ""
        return f"{skipped[0].path}: nothing usable ({skipped[0].reason}{detail})"
    counts = Counter(file.reason for file in skipped).most_common()
    words = ", ".join(f"{count} {reason}" for reason, count in counts)
    return f"{where}: nothing usable in {len(skipped)} files ({words})"
