"""Data flows one way: a module imports only what stands before it, and nothing imports the command line."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "src" / "timbrespace"

# Lowest first; modules of one row may import each other. A package stands for all its modules.
LAYERS = [
    {"errors"},
    {"config", "controls", "files", "tables", "progress", "trial_sound"},
    {"audio", "spectrum", "loudness", "bands", "octaves", "resampling"},
    {"phase", "consistency", "synthesis", "features", "pitch", "partials"},
    {"descriptors"},
    {"latents", "figures", "figures_blend", "figures_codebook", "conversion"},
    {"alignment"},
    {"dataset"},
    {"model"},
    {"serial", "recording", "steps", "codec", "noise_knobs"},
    {"bundle", "ranges", "stream", "playback", "pitch_keeping"},
    {"engine"},
    {"slopes"},
    {"scores"},
    {"interpolation", "nearby", "even_course", "courses", "plane"},
    {"codebook", "directions", "dimensions", "figures_dimensions"},
    {"training"},
    {"export"},
    {"evaluate", "latent_evaluation", "creative_evaluation", "bench"},
    {"patches", "live"},
    {"report", "studio"},
    {"demo"},
    {"cli"},
    {"__main__"},
]
HEIGHT = {name: height for height, layer in enumerate(LAYERS) for name in layer}
FORBIDDEN = {("bundle", "training"), ("engine", "training"), ("engine", "dataset"), ("model", "dataset")}


def imported_parts(path: Path) -> set[str]:
    """Top-level parts of the package that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute here"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module or ""}
    parts = {name.split(".")[1] for name in found if name.startswith("timbrespace.")}
    return parts & HEIGHT.keys()


def part_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    part = part_of(path)
    if part == "__init__":
        return
    assert part in HEIGHT, f"{path} has no place in the layers; add it to LAYERS"
    for other in imported_parts(path) - {part}:
        assert HEIGHT[other] <= HEIGHT[part], f"{path}: {part} must not import {other}"
        assert (part, other) not in FORBIDDEN, f"{path}: {part} must know nothing of {other}"
