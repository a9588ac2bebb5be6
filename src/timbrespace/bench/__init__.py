"""How fast a model is, offline and block by block, how late, and how much memory it takes."""

from timbrespace.bench.blocks import BLOCKS, BlockTimes, time_blocks
from timbrespace.bench.course import Course, run_course
from timbrespace.bench.exported import ExportedModel
from timbrespace.bench.measuring import Bench, bench
from timbrespace.bench.offline import Speed, bench_signal

__all__ = [
    "BLOCKS",
    "Bench",
    "BlockTimes",
    "Course",
    "ExportedModel",
    "Speed",
    "bench",
    "bench_signal",
    "run_course",
    "time_blocks",
]
