"""Following a descriptor in real time: of the sounds a model can play, the one to play now.

Offline the cheapest path through all frames is found (`codebook.follow`); on stage the future is not known,
so in every frame the sound is taken that costs least after the one before: the same distance to the target,
the same jump, the same mixture in the windows between.

TorchScript reads the annotations of this file as they stand, so they are not postponed.
"""

import math

import numpy as np
import torch
from torch import Tensor, nn

from timbrespace.codebook.costs import LEVEL_STEP_DB, Levels, at_levels, tolerance, unsure, usable
from timbrespace.codebook.distances import MIXED
from timbrespace.codebook.follow import JUMP_COST, MIXTURE_COST
from timbrespace.codebook.table import DescriptorTable
from timbrespace.config import LOUDNESS_FLOOR_DB
from timbrespace.descriptors import DESCRIPTORS
from timbrespace.engine import Engine


class Follower(nn.Module):
    """Descriptor values and loudness, frame by frame → the series that has them.

    mel_db, moments: of all sounds of the table, as `Distances` has them. Tables are plain tensors, so that a
    host that moves the module elsewhere leaves them alone.
    """

    def __init__(
        self, engine: Engine, table: DescriptorTable, mel_db: Tensor, moments: Tensor, name: str
    ) -> None:
        super().__init__()
        kind = DESCRIPTORS[name]
        rows = usable(table, [name])
        low_db, high_db = engine.model.loudness_range_db.tolist()
        grid = np.arange(low_db, high_db + LEVEL_STEP_DB, LEVEL_STEP_DB)
        columns, _ = at_levels(Levels(engine, table), rows, kind, grid)
        self.z = torch.from_numpy(table.z[rows])
        self.columns = torch.from_numpy(columns.astype(np.float32))  # [G, K], G levels
        self.unsure = torch.from_numpy(unsure(table, rows, kind).astype(np.float32))
        everything = len(rows) == len(table)  # then the tensors themselves, which followers share in the file
        self.mel_db, self.moments = (mel_db, moments) if everything else (mel_db[rows], moments[rows])
        self.tolerance = tolerance(kind, columns[0], with_others=False)
        self.levels = len(columns)
        self.low_db, self.step_db = float(low_db), float((high_db - low_db) / max(len(columns) - 1, 1))
        self.factor = 1.0 if kind.unit == "Hz" else 10.0 * math.log10(2.0)  # of a logarithm to base 2
        self.order = MIXED.index(name) if name in MIXED else -1
        self.silence = float(LOUDNESS_FLOOR_DB)
        self.jump_cost, self.mixture_cost = float(JUMP_COST), float(MIXTURE_COST)
        self.previous = [-1]

    def forward(self, x: Tensor, continuity: float) -> Tensor:
        """x [B, 2, L]: the value in its unit, loudness_db → z and loudness_db [B, D + 1, L]."""
        if len(self.previous) != x.shape[0]:
            self.previous = [-1 for _ in range(x.shape[0])]
        values = torch.log2(torch.nan_to_num(x[:, 0]).clamp(1e-20, 1e9)) * self.factor
        loudness_db = torch.nan_to_num(x[:, 1], nan=self.silence).clamp_min(self.silence)
        level = ((loudness_db - self.low_db) / max(self.step_db, 1e-6)).round().clamp(0, self.levels - 1)
        rows: list[int] = []
        for batch in range(x.shape[0]):
            for frame in range(x.shape[2]):
                column = self.columns[int(level[batch, frame])]
                chosen = self.choose(column, values[batch, frame], self.previous[batch], continuity)
                self.previous[batch] = chosen
                rows.append(chosen)
        z = self.z[torch.tensor(rows, dtype=torch.int64)].view(x.shape[0], x.shape[2], self.z.shape[1])
        return torch.cat([z, loudness_db.unsqueeze(2)], dim=2).transpose(1, 2)

    def forget(self) -> None:
        """Nothing was played before."""
        self.previous = [-1]

    def choose(self, column: Tensor, value: Tensor, previous: int, continuity: float) -> int:
        """The cheapest of the sounds, whose descriptor is `column` [K], after `previous`, -1 for none."""
        wanted = torch.minimum(torch.maximum(value, column.min()), column.max())
        cost = ((column - wanted) / self.tolerance).square() + self.unsure
        if previous >= 0 and continuity > 0.0:
            jump_db = (self.mel_db - self.mel_db[previous]).square().sum(dim=1).sqrt()
            cost = cost + (continuity * self.jump_cost) * jump_db
            if self.order >= 0:
                off = self.mixture(column, previous) / self.tolerance
                cost = cost + (continuity * self.mixture_cost) * off.square()
        return int(cost.argmin())

    def mixture(self, column: Tensor, previous: int) -> Tensor:
        """How far the descriptor of a sound and `previous` together lies from the middle of theirs, [K]."""
        both = self.described(self.moments + self.moments[previous])
        alone = self.described(self.moments)
        return both - 0.5 * (alone + alone[previous])

    def described(self, moments: Tensor) -> Tensor:
        """Sums of magnitude, of it times frequency and its square [K, 3] → the descriptor, octaves [K]."""
        total = moments[:, 0].clamp_min(1e-20)
        mean = moments[:, 1] / total
        if self.order == 0:
            return torch.log2(mean).float()
        return 0.5 * torch.log2((moments[:, 2] / total - mean * mean).clamp_min(1e-3)).float()
