"""What to hold a score against: figures that others published or that were measured on their work.

RAVE, BRAVE and DDSP-VST are neural instruments of others; "ten minutes" is RAVE's own code and losses,
trained for ten minutes on two processor cores with the alto saxophone of this project and scored on
takes it had not heard. For another instrument these figures are for orientation only.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Anchor:
    """A value to beat or a bound, as text, and where it is from."""

    value: str
    source: str


_TEN_MINUTES = "RAVE v1 after ten minutes, saxophone"
_PAPER = "measured on published sounds of the paper"
_BOUND = "perfect"

ANCHORS: dict[str, Anchor] = {
    "lsd_512": Anchor("10.8", _TEN_MINUTES),
    "lsd_2048": Anchor("11.9", _TEN_MINUTES),
    "lsd_8192": Anchor("9.5", _TEN_MINUTES),
    "texture": Anchor("0.98", _TEN_MINUTES),
    "f0_within_50_cents": Anchor("0.83–0.96", f"conversion, {_PAPER}"),
    "loudness_correlation": Anchor("0.864–0.962", f"conversion, {_PAPER}"),
    "gain_drift": Anchor("0", _BOUND),
    "loudness_probe_r2": Anchor("0 or less", "perfect: nothing to be told"),
    "latent_independence": Anchor("0", _BOUND),
    "prior_fit": Anchor("0", "perfect; a dimension that never moves has 0.8"),
    "prior_nearest_db": Anchor("1", _BOUND),
    "codebook_used": Anchor("1", "all of it"),
    "traverse_spearman": Anchor("0.946–0.992", _PAPER),
    "traverse_spearman/centroid": Anchor("0.979–0.989", _PAPER),
    "traverse_spearman/bandwidth": Anchor("0.981–0.992", _PAPER),
    "traverse_spearman/f0": Anchor("0.946–0.982", _PAPER),
    "follow_spearman": Anchor("1", _BOUND),
    "follow_median_error": Anchor("0", _BOUND),
    "follow_reached": Anchor("1", "all of it"),
    "interpolation_monotonicity": Anchor("1", _BOUND),
    "stream_error": Anchor("at most 0.1", "asked for"),
    "latency_samples": Anchor("64 ms, 46 ms, < 10 ms", "DDSP-VST; RAVE, buffer alone; BRAVE"),
    "rtf_both": Anchor("14", "RAVE v1 offline, one thread"),
    "minutes_to_train": Anchor(
        "2–4 days, 3–7 days, 2–3 h", "the paper on a GPU; RAVE; DDSP-VST on a Colab GPU"
    ),
}


def anchor(score: str, descriptor: str = "") -> Anchor | None:
    """What stands beside a score, of one descriptor where there is such a figure."""
    return ANCHORS.get(f"{score}/{descriptor}") or ANCHORS.get(score)
