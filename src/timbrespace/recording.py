"""What a model does in one call, recorded as a fixed list of tensor operations.

The modules that work offline are run once on an example; every operation on the way is written down with its
sizes, and the list is what hosts run. So there is no second implementation, no Python in it, and no time is
spent on deciding anything: a frame costs less than half of what the modules themselves take for it.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.fx import GraphModule
from torch.fx.experimental.proxy_tensor import make_fx
from torch.utils import _pytree as pytree

from timbrespace.serial import keep_to_one_thread

aten = torch.ops.aten
_turn = threading.Lock()  # torch puts its own functions in the place of all modules' while it writes down


class Packing:
    """A state of many tensors as one row of numbers and one of whole numbers, and back."""

    def __init__(self, example: Any) -> None:
        leaves, self.structure = pytree.tree_flatten(example)
        self.shapes = [leaf.shape for leaf in leaves]
        self.whole = [not leaf.is_floating_point() for leaf in leaves]

    def pack(self, state: Any) -> tuple[Tensor, Tensor]:
        """A state like the example → float32 [S], int64 [N]."""
        leaves = pytree.tree_flatten(state)[0]
        parts = [torch.zeros(0)], [torch.zeros(0, dtype=torch.int64)]
        for leaf, whole in zip(leaves, self.whole, strict=True):
            parts[whole].append(leaf.reshape(-1))
        return torch.cat(parts[0]), torch.cat(parts[1])

    def unpack(self, numbers: Tensor, whole_numbers: Tensor) -> Any:
        """The inverse of `pack`; its tensors are views of the two rows."""
        rows, at, leaves = (numbers, whole_numbers), [0, 0], []
        for shape, whole in zip(self.shapes, self.whole, strict=True):
            count = math.prod(shape)
            leaves.append(rows[whole][at[whole] : at[whole] + count].view(shape))
            at[whole] += count
        return pytree.tree_unflatten(leaves, self.structure)


def without_idle_operations(graph: GraphModule) -> None:
    """Take out what moves nothing: names for the same tensor, and parts copied onto themselves."""
    for node in list(graph.graph.nodes):
        if node.target is aten.alias.default:
            node.replace_all_uses_with(node.args[0])
            graph.graph.erase_node(node)
        elif node.target is aten.copy_.default and not node.users and _onto_itself(*node.args[:2]):
            graph.graph.erase_node(node)
    graph.recompile()


def _onto_itself(target: Any, source: Any) -> bool:
    """Whether `source` is what an operation in place left in the very part that `target` is."""
    if not str(source.target).startswith("aten.add_."):
        return False
    changed = source.args[0]
    return bool(
        changed.target == target.target and (changed.args, changed.kwargs) == (target.args, target.kwargs)
    )


def record(
    step: Callable[..., tuple[Tensor, ...]], *examples: Tensor, serial: bool = False
) -> torch.jit.ScriptFunction:
    """`step` as a scripted function of as many tensors, of the very shapes of the examples.

    serial: by operations that keep to the thread they are called on (`serial.keep_to_one_thread`).
    Tensors that the step knows besides (weights) become constants of the function; recordings that use the
    same ones share them in a file. Any thread may ask; one records at a time.
    """
    with _turn, torch.no_grad():
        graph = make_fx(step)(*examples)
        without_idle_operations(graph)
        if serial:
            keep_to_one_thread(graph)
        graph.requires_grad_(False)
        return torch.jit.trace(lambda *inputs: graph(*inputs), examples, check_trace=False)
