"""How fast a model is, offline and block by block, how late, and how much memory it takes."""

from timbrespace.bench.blocks import BLOCKS, BlockTimes, time_blocks
from timbrespace.bench.course import Course, run_course
from timbrespace.bench.exported import ExportedModel
from timbrespace.bench.measuring import Bench, bench, playable
from timbrespace.bench.offline import Speed

__all__ = [
    "BLOCKS",
    "Bench",
    "BlockTimes",
    "Course",
    "ExportedModel",
    "Speed",
    "bench",
    "playable",
    "run_course",
    "time_blocks",
]
