"""The module that hosts load: recorded steps, their states, and knobs; after the contract of `nn~`.

Methods take float32 [B, channels, N / ratio] and give as much; attributes are numbers with a getter and a
setter. A host aborts or falls silent where a method or a setter raises, so none of these ever does: what is
no number counts as silence, what lies outside a range is clamped, and a length that is no multiple of the
hop gives zeros. (Other channels than a method declares are an error, as with any module.) Everything is
computed on the CPU, wherever a host may have moved the module to.

TorchScript reads the annotations of this file as they stand, so they are not postponed.
"""

import math

import torch
from torch import Tensor, nn

from timbrespace.config import LOUDEST_PLAYED_DB, LOUDNESS_FLOOR_DB
from timbrespace.export.description import Description
from timbrespace.export.follower import Follower
from timbrespace.export.knobs import APERIODICITY, CONTINUITY, DRY_WET, LOUDNESS, RESET, SEED, SHARED
from timbrespace.export.stages import Decoding, DecodingStage, Encoding, EncodingStage
from timbrespace.steps import MANY, Steps

LARGEST = 4.0  # times full scale: what lies beyond is a fault, and is held there


class Instrument(nn.Module):
    """encode, decode, forward and what `script` adds: follow_<descriptor>, getters and setters.

    ears, voices: the states of encoder and decoder, one a row of the batch.
    """

    ears: list[tuple[Tensor, Tensor]]
    voices: list[tuple[Tensor, Tensor]]
    encode_one: Encoding
    encode_many: Encoding
    decode_one: Decoding
    decode_many: Decoding
    held_one: Decoding
    held_many: Decoding

    def __init__(
        self,
        description: Description,
        encode: Steps,
        decode: Steps,
        decode_held: Steps,
        followers: list[Follower],
    ) -> None:
        super().__init__()
        for name, step in (("one", encode.one), ("many", encode.many)):
            self.add_module(f"encode_{name}", EncodingStage(step))
        for name, steps in (("decode", decode), ("held", decode_held)):
            self.add_module(f"{name}_one", DecodingStage(steps.one))
            self.add_module(f"{name}_many", DecodingStage(steps.many))
        self.prepared = False
        self.silent_ear, self.silent_voice = encode.initial, decode.initial
        self.ears, self.voices = [encode.initial], [decode.initial]
        self.followers = nn.ModuleList(followers)
        self.hop, self.many, self.latents = description.hop, MANY, description.latents
        self.latency = description.latency_samples
        self.silence, self.loudest_db, self.largest = float(LOUDNESS_FLOOR_DB), LOUDEST_PLAYED_DB, LARGEST
        self.methods = list(description.methods)
        self.attributes = [knob.name for knob in description.attributes]
        self.knobs = [float(knob.default) for knob in description.attributes]
        self.lows = [float(knob.low) for knob in description.attributes]
        self.highs = [float(knob.high) for knob in description.attributes]
        self.scale = torch.ones(self.latents + 1)
        self.bias = torch.zeros(self.latents + 1)
        self.noisiness, self.seed_value = torch.tensor(1.0), torch.tensor(0)
        self.wet = 1.0  # as it was at the end of the last block
        self.dry = torch.zeros(1, self.latency)
        self.forgetful = False  # whether to start anew at the next call
        self.aperiodicity_at, self.wet_at, self.seed_at = APERIODICITY, DRY_WET, SEED
        self.reset_at, self.loudness_at, self.continuity_at, self.shared = RESET, LOUDNESS, CONTINUITY, SHARED
        for name, method in description.methods.items():
            shape = [method.in_channels, method.in_ratio, method.out_channels, method.out_ratio]
            self.register_buffer(f"{name}_params", torch.tensor(shape))
            setattr(self, f"{name}_input_labels", list(method.input_labels))
            setattr(self, f"{name}_output_labels", list(method.output_labels))
        for knob in description.attributes:
            self.register_buffer(f"{knob.name}_params", torch.tensor([1 if knob.type == "int" else 2]))

    @torch.jit.export
    def get_methods(self) -> list[str]:
        """Names of the methods. Hosts ask when they load, which is the time to prepare."""
        if not self.prepared:
            self.prepared = True
            self.prepare()
        return self.methods

    @torch.jit.export
    def prepare(self) -> None:
        """Have torch look at every step now, by silence that nobody hears and no state remembers."""
        for count in (1, self.many):
            audio = torch.zeros(1, count * self.hop)
            series = torch.zeros(1, count, self.latents + 1)
            n, w = self.silent_ear
            m, v = self.silent_voice
            for _ in range(2):  # in the first call torch watches, for the second it builds
                if count == 1:
                    self.encode_one(audio, n, w)
                    self.decode_one(series, m, v, self.noisiness, self.seed_value)
                    self.held_one(series, m, v, self.noisiness, self.seed_value)
                else:
                    self.encode_many(audio, n, w)
                    self.decode_many(series, m, v, self.noisiness, self.seed_value)
                    self.held_many(series, m, v, self.noisiness, self.seed_value)

    @torch.jit.export
    def get_attributes(self) -> list[str]:
        """Names of the knobs."""
        return self.attributes

    @torch.jit.export
    def encode(self, x: Tensor) -> Tensor:
        """audio [B, 1, N] → z0 … and loudness_db [B, D + 1, N / hop]."""
        self.begin(x.shape[0])
        return self.heard(self.taken(x)).transpose(1, 2)

    @torch.jit.export
    def decode(self, x: Tensor) -> Tensor:
        """z0 … and loudness_db [B, D + 1, L] → audio [B, 1, L·hop]."""
        self.begin(x.shape[0])
        return self.played(self.fed(self.taken(x)).transpose(1, 2))

    def forward(self, x: Tensor) -> Tensor:
        """audio [B, 1, N] → audio [B, 1, N]; wet and dry equally late."""
        self.begin(x.shape[0])
        audio = self.taken(x)
        if audio.shape[2] % self.hop != 0 or audio.shape[2] == 0:
            return torch.zeros_like(audio)
        return self.mixed(audio, self.played(self.heard(audio)))

    @torch.jit.export
    def follow_with(self, series: Tensor) -> Tensor:
        """What a follower chose, [B, D + 1, L] → audio [B, 1, L·hop]; each sound glides into the next."""
        pieces: list[Tensor] = []
        turned = series.transpose(1, 2).contiguous()
        turned[..., self.latents] = self.levelled(turned[..., self.latents], self.knobs[self.loudness_at])
        for row in range(turned.shape[0]):
            pieces.append(self.sound(turned[row], row, True))
        return torch.stack(pieces).unsqueeze(1)

    @torch.jit.export
    def continuity(self) -> float:
        """How strongly followers hold on to a sound."""
        return self.knobs[self.continuity_at]

    @torch.jit.export
    def begin(self, rows: int) -> None:
        """States for so many rows; all anew where their number changed or a reset was asked for."""
        if self.forgetful or rows != len(self.ears):
            self.forgetful = False
            self.ears = [self.silent_ear for _ in range(rows)]
            self.voices = [self.silent_voice for _ in range(rows)]
            self.dry = torch.zeros(rows, self.latency)
            for follower in self.followers:
                follower.forget()  # type: ignore[operator]

    @torch.jit.export
    def taken(self, x: Tensor) -> Tensor:
        """x where and as what everything is computed."""
        return x.detach().to("cpu", torch.float32)

    @torch.jit.export
    def fed(self, x: Tensor) -> Tensor:
        """x [B, C, L], loudness_db last; where that is exactly 0 nothing is connected: silence."""
        level = torch.where(x[:, -1] == 0.0, torch.full_like(x[:, -1], self.silence), x[:, -1])
        return torch.cat([x[:, :-1], level.unsqueeze(1)], dim=1)

    def heard(self, audio: Tensor) -> Tensor:
        """audio [B, 1, N] → series [B, L, D + 1]."""
        rows: list[Tensor] = []
        for row in range(audio.shape[0]):
            rows.append(self.series(audio[row, 0], row))
        return torch.stack(rows)

    def series(self, audio: Tensor, row: int) -> Tensor:
        """audio [N] of one row → [N / hop, D + 1]."""
        pieces: list[Tensor] = []
        numbers, whole = self.ears[row]
        frames, at = audio.shape[0] // self.hop, 0
        while at < frames:
            count = self.many if frames - at >= self.many else 1
            block = audio[at * self.hop : (at + count) * self.hop].unsqueeze(0)
            if count == 1:
                piece, numbers, whole = self.encode_one(block, numbers, whole)
            else:
                piece, numbers, whole = self.encode_many(block, numbers, whole)
            pieces.append(piece[0])
            at += count
        self.ears[row] = (numbers, whole)
        return torch.cat(pieces) if frames > 0 else torch.zeros(0, self.latents + 1)

    def played(self, series: Tensor) -> Tensor:
        """series [B, L, D + 1], turned by the knobs → audio [B, 1, L·hop]."""
        z = series[..., : self.latents] * self.scale[: self.latents] + self.bias[: self.latents]
        level = self.levelled(series[..., self.latents], self.knobs[self.loudness_at])
        turned = torch.cat([z, level.unsqueeze(2)], dim=2)
        rows: list[Tensor] = []
        for row in range(turned.shape[0]):
            rows.append(self.sound(turned[row], row, False))
        return torch.stack(rows).unsqueeze(1)

    def levelled(self, loudness_db: Tensor, offset_db: float) -> Tensor:
        """loudness_db with the offset, but for silence, which stays; LOUDEST_PLAYED_DB at most."""
        sane = torch.nan_to_num(loudness_db, nan=self.silence)
        return torch.where(sane > self.silence, (sane + offset_db).clamp_max(self.loudest_db), sane)

    def sound(self, series: Tensor, row: int, held: bool) -> Tensor:
        """series [L, D + 1] of one row → audio [L·hop]. held: sounds that stay glide longer."""
        pieces: list[Tensor] = []
        numbers, whole = self.voices[row]
        noisiness, seed = self.noisiness, self.seed_value
        frames, at = series.shape[0], 0
        while at < frames:
            count = self.many if frames - at >= self.many else 1
            block = series[at : at + count].unsqueeze(0)
            if held and count == 1:
                piece, numbers, whole = self.held_one(block, numbers, whole, noisiness, seed)
            elif held:
                piece, numbers, whole = self.held_many(block, numbers, whole, noisiness, seed)
            elif count == 1:
                piece, numbers, whole = self.decode_one(block, numbers, whole, noisiness, seed)
            else:
                piece, numbers, whole = self.decode_many(block, numbers, whole, noisiness, seed)
            pieces.append(piece[0])
            at += count
        self.voices[row] = (numbers, whole)
        return torch.cat(pieces).clamp(-self.largest, self.largest) if frames > 0 else torch.zeros(0)

    def mixed(self, audio: Tensor, wet: Tensor) -> Tensor:
        """Input [B, 1, N], delayed as the model delays it, and the model's sound; a turn takes one block."""
        heard = torch.nan_to_num(audio[:, 0], posinf=0.0, neginf=0.0).clamp(-self.largest, self.largest)
        delayed = torch.cat([self.dry, heard], dim=1)
        count, share = audio.shape[2], self.knobs[self.wet_at]
        self.dry = delayed[:, count:]
        if self.wet == 1.0 and share == 1.0:
            return wet
        weight = torch.linspace(self.wet, share, count)
        self.wet = share
        return torch.lerp(delayed[:, :count].unsqueeze(1), wet, weight)

    @torch.jit.export
    def read(self, place: int) -> float:
        """Where knob number `place` stands."""
        return self.knobs[place]

    @torch.jit.export
    def turn(self, place: int, value: float) -> int:
        """Knob number `place` to `value`, within its range. Always 0: hosts abort at anything else."""
        if math.isnan(value):
            return 0
        value = min(max(value, self.lows[place]), self.highs[place])
        self.knobs[place] = value
        if place == self.reset_at:
            self.forgetful = True
        elif place == self.seed_at:
            self.seed_value.fill_(int(value))  # in place: the audio thread may be reading
        elif place == self.aperiodicity_at:
            self.noisiness.fill_(value)
        elif place >= self.shared:
            dimension = (place - self.shared) // 2
            if (place - self.shared) % 2 == 0:
                self.bias[dimension] = value
            else:
                self.scale[dimension] = value
        return 0


def script(instrument: Instrument, description: Description) -> torch.jit.ScriptModule:
    """The instrument as TorchScript, with a getter and a setter for each knob and a method a follower."""
    scripted = torch.jit.script(instrument.eval())
    if hasattr(
        scripted, "get_reset"
    ):  # the second of two models with all names alike shares the first's class
        return scripted
    for place, knob in enumerate(description.attributes):
        number = "int" if knob.type == "int" else "float"
        getter = f"get_{knob.name}(self) -> {number}", f"return {number}(self.read({place}))"
        setter = f"set_{knob.name}(self, value: {number}) -> int", f"return self.turn({place}, float(value))"
        scripted.define(_method(*getter))
        scripted.define(_method(*setter))
    for place, name in enumerate(name for name in description.methods if name.startswith("follow_")):
        chosen = f"self.followers[{place}](self.fed(self.taken(x)), self.continuity())"
        body = "self.begin(x.shape[0])", f"return self.follow_with({chosen})"
        scripted.define(_method(f"{name}(self, x: Tensor) -> Tensor", *body))
    return scripted


def _method(head: str, *body: str) -> str:
    return "\n    ".join([f"def {head}:", *body]) + "\n"
