"""Results appear whole or not at all, and nothing that exists is lost."""

import os
from pathlib import Path

import pytest

from timbrespace import files
from timbrespace.errors import TimbrespaceError, UsageError


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_writes_whole_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    files.write_text(tmp_path / "new" / "a.csv", "one\n")
    assert (tmp_path / "new" / "a.csv").read_bytes() == b"one\n"
    assert names(tmp_path / "new") == ["a.csv"]


def test_temporary_name_keeps_extension_and_folder(tmp_path: Path) -> None:
    with files.atomic_path(tmp_path / "a.wav") as temporary:
        assert (temporary.suffix, temporary.parent) == (".wav", tmp_path)
        temporary.write_bytes(b"x")


def test_failure_leaves_old_file(tmp_path: Path) -> None:
    target = tmp_path / "a.wav"
    target.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError), files.atomic_path(target, force=True) as temporary:
        temporary.write_bytes(b"half")
        raise ZeroDivisionError
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["a.wav"]


def test_existing_file_needs_force(tmp_path: Path) -> None:
    target = tmp_path / "a.wav"
    files.write_bytes(target, b"old")
    with pytest.raises(TimbrespaceError, match=r"a\.wav: exists already.*--force"):
        files.write_bytes(target, b"new")
    assert target.read_bytes() == b"old"
    files.write_bytes(target, b"new", force=True)
    assert target.read_bytes() == b"new"


def test_file_that_appears_meanwhile_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "a.wav"
    with pytest.raises(TimbrespaceError, match="exists already"), files.atomic_path(target) as temporary:
        temporary.write_bytes(b"mine")
        target.write_bytes(b"theirs")
    assert target.read_bytes() == b"theirs"


@pytest.mark.parametrize("how", ["same", "absolute", "dots", "link", "hard link"])
def test_output_is_never_the_input_even_by_force(tmp_path: Path, how: str, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    source = Path("in.wav")
    source.write_bytes(b"precious")
    (tmp_path / "sub").mkdir()
    os.symlink(source, "link.wav")
    os.link(source, "hard.wav")
    outputs = {
        "same": source,
        "absolute": tmp_path / "in.wav",
        "dots": Path("sub/../in.wav"),
        "link": Path("link.wav"),
        "hard link": Path("hard.wav"),
    }
    with pytest.raises(UsageError, match="the output is the input"):
        files.check_output(outputs[how], inputs=[source], force=True)


def test_folder_as_output(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="this is a folder"):
        files.write_bytes(tmp_path, b"", force=True)


def test_unwritable_place_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(TimbrespaceError, match=r"out\.wav: cannot be written"):
        files.write_bytes(tmp_path / "file" / "out.wav", b"")


def test_results_that_belong_together_appear_together(tmp_path: Path) -> None:
    with files.gathered(tmp_path / "out") as making:
        (making / "a.csv").write_text("1")
        (making / "b.png").write_text("2")
        assert names(tmp_path / "out") == [making.name]
    assert names(tmp_path / "out") == ["a.csv", "b.png"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ZeroDivisionError])
def test_an_interrupted_gathering_leaves_nothing(tmp_path: Path, stop: type[BaseException]) -> None:
    with pytest.raises(stop), files.gathered(tmp_path / "out") as making:
        (making / "a.csv").write_text("1")
        raise stop
    assert not (tmp_path / "out").exists()


def test_gathering_does_not_overwrite_unasked(tmp_path: Path) -> None:
    (tmp_path / "b.png").write_text("mine")
    with pytest.raises(TimbrespaceError, match="exists already"), files.gathered(tmp_path) as making:
        (making / "a.csv").write_text("1")
        (making / "b.png").write_text("2")
    assert names(tmp_path) == ["b.png"]
    with files.gathered(tmp_path, force=True) as making:
        (making / "b.png").write_text("2")
    assert (tmp_path / "b.png").read_text() == "2"


def test_files_that_belong_together_appear_together(tmp_path: Path) -> None:
    sound, picture = tmp_path / "new" / "a.wav", tmp_path / "a.png"
    with files.together([sound, picture]) as at:
        files.write_bytes(at(sound), b"1")
        assert at(sound).suffix == ".wav"
        assert not sound.exists()
    assert sound.read_bytes() == b"1"
    assert not picture.exists()  # it was not written
    with pytest.raises(KeyboardInterrupt), files.together([sound, picture], force=True) as at:
        files.write_bytes(at(picture), b"2")
        raise KeyboardInterrupt
    assert names(tmp_path) == ["new"]
    assert names(tmp_path / "new") == ["a.wav"]


def test_none_appears_where_one_exists(tmp_path: Path) -> None:
    (tmp_path / "b.png").write_text("mine")
    targets = [tmp_path / "a.wav", tmp_path / "b.png"]
    with pytest.raises(TimbrespaceError, match="exists already"), files.together(targets) as at:
        for target in targets:
            files.write_bytes(at(target), b"new")
    assert names(tmp_path) == ["b.png"]


def test_errors_name_where_a_result_would_have_gone(tmp_path: Path) -> None:
    target = tmp_path / "a.wav"
    with pytest.raises(TimbrespaceError) as caught, files.together([target]) as at:
        raise TimbrespaceError(f"{at(target)}: cannot be written: no space left")
    assert str(caught.value) == f"{target}: cannot be written: no space left"
