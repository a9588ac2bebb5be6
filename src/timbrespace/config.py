"""Every number that shapes a model: frozen, validated once, saved with the weights.

A preset is one `ModelConfig`; a data set brings its sample rate, the command line the number of
latents or codes. Nothing else in the package keeps settings.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal

from timbrespace.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Kind = Literal["continuous", "discrete"]
KINDS: tuple[Kind, ...] = ("continuous", "discrete")

LOUDNESS_FLOOR_DB = -100.0  # dBFS; at or below it the output is zeros
LOUDEST_PLAYED_DB = 6.0  # K-weighted, of what is played on stage; music at full scale has about −10
LARGEST_SEED = 2**31 - 1  # of the noise part; what every host's whole numbers hold


def _is_power_of_two(value: int) -> bool:
    return value > 0 and value & (value - 1) == 0


def _check(holds: bool, name: str, value: object, allowed: str) -> None:
    if not holds:
        raise ConfigError(f"{name} is {value}; it must be {allowed}")


def _check_names(cls: type, values: dict[str, Any]) -> None:
    known = {field.name for field in fields(cls)}
    if set(values) != known:
        odd = sorted(set(values) ^ known)
        raise ConfigError(f"the configuration lacks or does not know {', '.join(odd)}")


@dataclass(frozen=True)
class SignalConfig:
    """The short-time analysis and synthesis.

    sample_rate: Hz. n_fft, hop: samples, powers of two, n_fft = 4·hop or more.
    bands: bands the encoder hears. aperiodicity_bands: bands of decoded noisiness.
    """

    sample_rate: int = 44_100
    n_fft: int = 2048
    hop: int = 512
    bands: int = 192
    aperiodicity_bands: int = 24

    def __post_init__(self) -> None:
        _check(8_000 <= self.sample_rate <= 192_000, "sample_rate", self.sample_rate, "8000 to 192000 Hz")
        _check(_is_power_of_two(self.hop) and self.hop >= 64, "hop", self.hop, "a power of two from 64")
        _check(_is_power_of_two(self.n_fft), "n_fft", self.n_fft, "a power of two")
        _check(self.n_fft >= 4 * self.hop, "n_fft", self.n_fft, f"at least 4 hops ({4 * self.hop})")
        _check(8 <= self.bands <= self.bins, "bands", self.bands, f"8 to {self.bins}")
        _check(
            1 <= self.aperiodicity_bands <= self.bands,
            "aperiodicity_bands",
            self.aperiodicity_bands,
            "1 to bands",
        )

    @property
    def bins(self) -> int:
        """Number of frequency bins F of a frame."""
        return self.n_fft // 2 + 1

    @property
    def frame_rate_hz(self) -> float:
        """Frames per second."""
        return self.sample_rate / self.hop

    @property
    def latency_samples(self) -> int:
        """From a sample going in to the same sample coming out: overlap-add plus one look-ahead frame."""
        return self.n_fft

    def frames_of(self, samples: int) -> int:
        """How many frames L a sound of so many samples has: all that hold one of them."""
        return -(-(samples + self.n_fft - self.hop) // self.hop)

    def centre_seconds(self, frames: int) -> NDArray[np.float64]:
        """The time at the middle of each of the first `frames` windows, [L]; the first lie before 0."""
        import numpy as np

        centres = (np.arange(frames) + 1.0) * self.hop - self.n_fft / 2
        return centres / self.sample_rate


@dataclass(frozen=True)
class ModelConfig:
    """Everything needed to build a model; `kind` chooses the bottleneck."""

    kind: Kind = "continuous"
    signal: SignalConfig = SignalConfig()
    latents: int = 16
    codes: int = 1024
    width: int = 256
    encoder_blocks: int = 3
    decoder_blocks: int = 3
    expansion: int = 2
    glide: float = 0.35  # share of the frame before in what a code sounds like (discrete)
    kernel: int = 1  # frames a block sees, this one and earlier; the discrete decoder always sees 1

    def __post_init__(self) -> None:
        _check(self.kind in KINDS, "kind", self.kind, " or ".join(KINDS))
        _check(1 <= self.latents <= 256, "latents", self.latents, "1 to 256")
        _check(2 <= self.codes <= 65_536, "codes", self.codes, "2 to 65536")
        _check(8 <= self.width <= 4096, "width", self.width, "8 to 4096")
        _check(1 <= self.kernel <= 15, "kernel", self.kernel, "1 to 15")
        _check(0.0 <= self.glide <= 0.5, "glide", self.glide, "0 to 0.5")
        for name in ("encoder_blocks", "decoder_blocks", "expansion"):
            _check(1 <= getattr(self, name) <= 32, name, getattr(self, name), "1 to 32")

    def with_signal(self, **changes: Any) -> ModelConfig:
        """The same model on a changed signal configuration (a data set's sample rate, say)."""
        return replace(self, signal=replace(self.signal, **changes))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> ModelConfig:
        """Strict inverse of `to_dict`. Raises ConfigError on a missing or unknown field."""
        signal = values.get("signal")
        if not isinstance(signal, dict):
            raise ConfigError("the configuration has no 'signal' part")
        _check_names(cls, values)
        _check_names(SignalConfig, signal)
        return cls(**{**values, "signal": SignalConfig(**signal)})


PRESETS: dict[str, ModelConfig] = {
    "standard": ModelConfig(),
    "low": ModelConfig(signal=SignalConfig(n_fft=4096)),
    "fast": ModelConfig(signal=SignalConfig(n_fft=1024, hop=256, bands=160)),
    "tiny": ModelConfig(
        signal=SignalConfig(sample_rate=16_000, n_fft=512, hop=128, bands=48, aperiodicity_bands=8),
        latents=4, codes=32, width=32, encoder_blocks=1, decoder_blocks=1, expansion=2,
    ),
}  # fmt: skip


def preset(name: str) -> ModelConfig:
    """The named preset. Raises ConfigError with the names there are."""
    if name not in PRESETS:
        raise ConfigError(f"no preset '{name}'; there are {', '.join(PRESETS)}")
    return PRESETS[name]
