"""What Python computes, for the page's tests to hold their JavaScript against, in tests/javascript/cases.

`python tests/javascript_cases.py` writes them anew; a test fails where they are out of date.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np

from timbrespace import plane
from timbrespace.studio import packets

FOLDER = Path(__file__).parent / "javascript" / "cases"
RADII = (2.0, 0.2, 1.0, 0.45, 0.3, 1.4142)


def packet_case() -> dict[str, Any]:
    """A packet of every dtype, odd lengths and an empty array among them, and what it holds."""
    arrays = {
        "z": np.arange(6, dtype=np.float32).reshape(3, 2) / 4,
        "image": np.array([[1, 2, 255]], dtype=np.uint8),
        "low": np.array([-32_767, 5, 7], dtype=np.int16),
        "codes": np.array([-1, 2**31 - 1], dtype=np.int32),
        "counts": np.array([2**32 - 1], dtype=np.uint32),
        "nothing": np.zeros((0, 4), dtype=np.float32),
    }
    message = packets.pack(arrays, name="Flöte", frame_rate_hz=93.75)
    return {
        "message": base64.b64encode(message).decode(),
        "header": {"name": "Flöte", "frame_rate_hz": 93.75},
        "arrays": {
            name: {"values": array.ravel().tolist(), "shape": list(array.shape)}
            for name, array in arrays.items()
        },
    }


def plane_cases() -> dict[str, Any]:
    """Layouts of so many points, and weights at places: at points, on edges of zones, where none reaches."""
    rng = np.random.default_rng(5)
    layouts = {str(count): plane.default_points(count).tolist() for count in (2, 3, 4, 5, 8, 26)}
    weights = []
    for radii in ([1.4142] * 4, [0.2] * 4, [0.3, 1.0, 0.45, 2.0]):
        chosen = np.array([*plane.CORNERS, (0.5, 0.5), (0.3, 0.0), (0.31, 0.0)])
        places = np.concatenate([chosen, rng.uniform(size=(5, 2))])
        weights.append(_weighed(places, plane.CORNERS, radii))
    for _ in range(6):
        points = rng.uniform(size=(6, 2)).round(1)
        points[1] = points[0]  # coincident points share
        places = np.concatenate([points, rng.uniform(size=(4, 2))])
        weights.append(_weighed(places, points, rng.choice(RADII, 6)))
    return {"layouts": layouts, "weights": weights}


def _weighed(places: Any, points: Any, radii: Any) -> dict[str, Any]:
    return {
        "places": np.asarray(places).tolist(),
        "points": np.asarray(points).tolist(),
        "radii": np.asarray(radii, dtype=float).tolist(),
        "weights": plane.weights(places, points, radii).tolist(),
    }


def curve_cases() -> list[dict[str, Any]]:
    """numpy's linear interpolation, ends held."""
    rng = np.random.default_rng(6)
    cases = []
    for count in (1, 2, 9):
        xs, ys = np.sort(rng.uniform(size=count)), rng.normal(size=count)
        at = np.concatenate([[-0.5, 1.5], xs, rng.uniform(size=6)])
        found = np.interp(at, xs, ys)
        case = {"xs": xs, "ys": ys, "at": at, "found": found}
        cases.append({name: values.tolist() for name, values in case.items()})
    return cases


CASES = {"packets": packet_case, "plane": plane_cases, "curves": curve_cases}

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, make in CASES.items():
        text = json.dumps(make(), ensure_ascii=False)
        (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")
