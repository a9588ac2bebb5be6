"""The studio's page: its types, lint and own tests, and that what it ships is whole, light and honest."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from typing import Any

import javascript_cases
import pytest
from javascript_help import MODULES, ROOT, STATIC, VENDOR, assets, node, own_assets

LARGEST_PAGE_BYTES = 1_500_000
LONGEST_LINE = 120
LONGEST_FILE = 300
XML_NAMES = "www.w3.org"  # names of SVG and its kin look like addresses, and nothing is fetched from them
IMPORTS = re.compile(
    r"""(?:^(?:import|export|\})(?:[^"'=]*?\bfrom)?\s*|\bfrom|\bimport\()["']([^"']+)["']""", re.MULTILINE
)
LIBRARIES = json.loads((VENDOR / "LIBRARIES.json").read_text(encoding="utf-8"))
NAMES = [library["file"] for library in LIBRARIES]


@pytest.mark.parametrize(
    "arguments",
    [
        ["node_modules/typescript/bin/tsc"],
        ["node_modules/typescript/bin/tsc", "-p", "tests/javascript"],
        ["node_modules/eslint/bin/eslint.js", "--max-warnings", "0"],
    ],
    ids=["tsc", "tsc of the tests", "eslint"],
)
def test_checks_are_clean(arguments: list[str]) -> None:
    result = node(*arguments)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_pages_own_tests_pass() -> None:
    files = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests" / "javascript").glob("*.test.js"))
    result = node("--test", "--test-reporter=spec", *files)
    assert result.returncode == 0, result.stdout + result.stderr
    passed = re.search(r"^. pass (\d+)$", result.stdout, re.MULTILINE)
    assert passed is not None, result.stdout
    assert int(passed[1]) >= len(files) > 0


@pytest.mark.parametrize("name", javascript_cases.CASES)
def test_cases_are_what_python_computes(name: str) -> None:
    kept = json.loads((javascript_cases.FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert alike(kept, javascript_cases.CASES[name]()), "run: python tests/javascript_cases.py"


def alike(one: Any, other: Any) -> bool:
    """The same JSON but for rounding."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    return bool(one == other) or (isinstance(one, float) and one == pytest.approx(other, rel=1e-9, abs=1e-12))


@pytest.mark.parametrize("library", LIBRARIES, ids=NAMES)
def test_a_vendored_file_is_its_packages_own(library: dict[str, str]) -> None:
    node("--version")  # fails with the remedy where node_modules is missing
    package = MODULES / library["name"]
    described = json.loads((package / "package.json").read_text(encoding="utf-8"))
    shipped = (VENDOR / library["file"]).read_bytes()
    assert shipped == (package / library["source"]).read_bytes()
    assert hashlib.sha256(shipped).hexdigest() == library["sha256"]
    assert (described["version"], described["license"]) == (library["version"], library["licence"])
    assert (package / "LICENSE").read_text(encoding="utf-8").strip() in (VENDOR / "LICENCES").read_text(
        "utf-8"
    )
    notice = re.sub(r" +", " ", (ROOT / "NOTICE").read_text(encoding="utf-8"))
    assert f"{library['name']} {library['version']}" in notice


def test_every_library_is_listed_and_every_import_is_mapped() -> None:
    files = {path.name for path in VENDOR.iterdir()}
    assert files == {*NAMES, "LIBRARIES.json", "LICENCES", "importmap.json"}
    mapped = json.loads((VENDOR / "importmap.json").read_text(encoding="utf-8"))["imports"]
    modules = {library["import"]: library["file"] for library in LIBRARIES if "import" in library}
    assert mapped == {name: f"/static/vendor/{file}" for name, file in modules.items()}
    assert set(modules.values()) == {file for file in NAMES if file.endswith(".js")}
    for path in (path for path in assets() if path.suffix == ".js"):
        for name in IMPORTS.findall(path.read_text(encoding="utf-8")):
            local = name.startswith(".") and (path.parent / name).is_file()
            assert local or name in mapped, f"{path.relative_to(STATIC)} imports {name}"


def test_what_safari_knows_by_its_own_name_only_is_said_by_both() -> None:
    for path in own_assets(".css"):
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
        own = [line.removeprefix("-webkit-") for line in lines if line.startswith("-webkit-user-select")]
        assert own == [line for line in lines if line.startswith("user-select")], path


def test_a_page_holds_the_import_map_as_it_is_kept() -> None:
    mapped = json.loads((VENDOR / "importmap.json").read_text(encoding="utf-8"))
    for path in own_assets(".html"):
        inline = re.findall(
            r"""<script type=["']importmap["'][^>]*>(.*?)</script>""",
            path.read_text(encoding="utf-8"),
            re.DOTALL,
        )
        assert [json.loads(text) for text in inline] == [mapped], path.name


def test_nothing_comes_from_another_host() -> None:
    for path in assets():
        if path.suffix not in (".html", ".css", ".js", ".svg"):
            continue
        text = path.read_text(encoding="utf-8")
        hosts = set(re.findall(r"""(?:\bhttps?:|["'(])//([\w.-]+)""", text)) - {XML_NAMES}
        assert not hosts, f"{path.relative_to(STATIC)} names {', '.join(sorted(hosts))}"


def test_the_page_is_light() -> None:
    assert sum(path.stat().st_size for path in assets()) <= LARGEST_PAGE_BYTES


def test_own_files_are_short_and_narrow() -> None:
    for path in own_assets(".js", ".css", ".html"):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) <= LONGEST_FILE, f"{path.relative_to(STATIC)} has {len(lines)} lines"
        wide = [number for number, line in enumerate(lines, start=1) if len(line) > LONGEST_LINE]
        assert not wide, f"{path.relative_to(STATIC)}: lines {wide} are wider than {LONGEST_LINE}"


def test_the_package_takes_every_asset() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["timbrespace"]
    package = ROOT / "src" / "timbrespace"
    taken = {path for pattern in patterns for path in package.glob(pattern)}
    assert set(assets()) <= taken
