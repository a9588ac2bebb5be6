"""What every score means, in plain words: one line each, once, for the tables and for the foot."""

from __future__ import annotations

from dataclasses import dataclass

SOUND, LATENT, CODES, FOLLOWING, USE = (
    "How close it plays a sound",
    "Its latent space",
    "Its codebook",
    "Descriptors and interpolation",
    "Time",
)
LOWER, HIGHER, NEITHER = "lower is better", "higher is better", "a size, not a merit"


@dataclass(frozen=True)
class Meaning:
    """Of one score: unit ('' for none), which way is better, what it says, how it is measured."""

    group: str
    unit: str
    better: str
    says: str
    measured: str
    decimals: int = 3


def _distance(window: int, heard_as: str) -> Meaning:
    return Meaning(
        SOUND,
        "dB",
        LOWER,
        f"how far the spectrum is off, {heard_as}",
        f"log-spectral distance, Hann window of {window} samples, levels floored 80 dB below the peak; "
        "frames within 60 dB of the loudest",
        2,
    )


MEANINGS: dict[str, Meaning] = {
    "lsd_512": _distance(512, "heard with short windows: attacks"),
    "lsd_2048": _distance(2048, "heard with middle windows: timbre"),
    "lsd_8192": _distance(8192, "heard with long windows: single partials"),
    "texture": Meaning(
        SOUND, "dB", LOWER, "how far the flicker of the sound is off: breath, bow, noise",
        "standard deviation of the frame-to-frame change in 64 mel bands, mean difference over bands",
    ),
    "f0_within_50_cents": Meaning(
        SOUND, "", HIGHER, "share of pitched frames that keep their pitch to a quarter tone",
        "pitch by pYIN, 50 to 2000 Hz, frames with a voicing probability above 0.3",
    ),
    "loudness_correlation": Meaning(
        SOUND, "", HIGHER, "how well the course of loudness is kept",
        "Pearson correlation of A-weighted frame levels in dB",
    ),
    "gain_drift": Meaning(
        LATENT, "", LOWER, "how much the latents move when the input only gets louder or softer",
        "largest RMS change over ±24 dB of input gain, in units of the latents' spread",
    ),
    "loudness_probe_r2": Meaning(
        LATENT, "", LOWER, "how much of the loudness can still be told from the latents",
        "R² of gradient-boosted trees trained afterwards on frozen latents, five folds split by file",
    ),
    "latent_independence": Meaning(
        LATENT, "", LOWER, "how much the dimensions repeat each other",
        "mean |correlation| between dimensions",
    ),
    "prior_fit": Meaning(
        LATENT, "", LOWER, "how far the latents are from the bell curve that random draws come from",
        "Wasserstein distance of each dimension to N(0,1), mean over dimensions",
    ),
    "prior_nearest_db": Meaning(
        LATENT, "", LOWER, "how far random draws sound from the data, held-out sound being 1",
        "distance of spectra decoded from N(0,1) to the nearest frame of the data, "
        "over the same for held-out frames",
    ),
    "codebook_used": Meaning(
        CODES, "", HIGHER, "share of the codes that these sounds use", "codes that occur, over all codes"
    ),
    "perplexity": Meaning(
        CODES, "codes", NEITHER, "as varied as so many codes used equally often",
        "exponential of the entropy of the codes", 1,
    ),
    "traverse_spearman": Meaning(
        FOLLOWING, "", HIGHER, "how well codes ordered by a descriptor sound in that order",
        "rank correlation of the descriptor with the place in the order",
    ),
    "follow_spearman": Meaning(
        FOLLOWING, "", HIGHER, "how well the sound follows a curve drawn for a descriptor",
        "rank correlation of target and achieved",
    ),
    "follow_median_error": Meaning(
        FOLLOWING, "", LOWER, "how far it is off that curve, in the descriptor's unit",
        "median of |achieved − target|",
    ),
    "follow_reached": Meaning(
        FOLLOWING, "", HIGHER, "share of the curve that lies within the model's reach",
        "share of the target range that lies between the lowest and the highest candidate",
    ),
    "interpolation_monotonicity": Meaning(
        FOLLOWING, "", HIGHER, "how steadily timbre moves from one sound to another",
        "rank correlation of centroid and bandwidth with the position between A and B",
    ),
    "stream_error": Meaning(
        USE, "dB", LOWER, "difference between playing in small blocks and all at once",
        "lsd_2048 between chunked and offline output",
    ),
    "latency_samples": Meaning(
        USE, "samples", LOWER, "from a sample going in to the same sample coming out",
        "overlap-add plus one frame of look-ahead", 0,
    ),
    "rtf_both": Meaning(
        USE, "× real time", HIGHER, "speed; it belongs to a machine, so it stands in scores.json only",
        "seconds of sound over seconds of encoding and decoding it; measure it with timbrespace bench", 1,
    ),
    "minutes_to_train": Meaning(USE, "min", LOWER, "how long it learned", "time of training alone", 1),
}  # fmt: skip
