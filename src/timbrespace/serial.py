"""Recorded operations exchanged for equal ones that keep to the thread they are called on.

Some of torch's kernels (vectorised roots, exponentials and sines, the GELU, transforms of two rows) wake
other threads even for a few numbers, and wait for them: in a host on a busy machine a block that takes 1 ms
then takes 40. An audio thread must wait for nobody. Each rule here gives the same numbers but for rounding,
by kernels that never do.

That is for single frames, which hosts with the smallest buffers play. Matrix products and norms of several
frames wake threads too, and are so much quicker together that they stay so; hosts with larger buffers are
better started with one thread.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch.fx import Graph, GraphModule, Node

aten = torch.ops.aten
Rule = Callable[[Graph, Node], Node | None]

LEAST = 1e-38  # the smallest number whose root is not a denormal's


def keep_to_one_thread(recorded: GraphModule) -> None:
    """Exchange what can be exchanged, in place."""
    for node in list(recorded.graph.nodes):
        rule = RULES.get(node.target)
        equal = rule(recorded.graph, node) if rule is not None else None
        if equal is not None:
            node.replace_all_uses_with(equal)
            equal.meta.update(node.meta)
            recorded.graph.erase_node(node)
    recorded.graph.eliminate_dead_code()
    recorded.recompile()


def _exp(graph: Graph, node: Node) -> Node:
    with graph.inserting_before(node):
        scaled = graph.call_function(aten.mul.Tensor, (node.args[0], math.log2(math.e)))
        return graph.call_function(aten.exp2.default, (scaled,))


def _sqrt(graph: Graph, node: Node) -> Node:
    with graph.inserting_before(node):
        least = graph.call_function(aten.clamp_min.default, (node.args[0], LEAST))
        root = graph.call_function(aten.rsqrt.default, (least,))
        return graph.call_function(aten.mul.Tensor, (node.args[0], root))


def _logarithm(factor: float) -> Rule:
    def rule(graph: Graph, node: Node) -> Node:
        with graph.inserting_before(node):  # x·log y with x for the factor
            return graph.call_function(aten.xlogy.Scalar_Self, (factor, node.args[0]))

    return rule


def _atan(graph: Graph, node: Node) -> Node:
    with graph.inserting_before(node):
        ones = graph.call_function(aten.ones_like.default, (node.args[0],))
        return graph.call_function(aten.atan2.default, (node.args[0], ones))


def _gelu(graph: Graph, node: Node) -> Node:
    """In double precision, for which the kernel is torch's own."""
    with graph.inserting_before(node):
        double = graph.call_function(aten._to_copy.default, (node.args[0],), {"dtype": torch.float64})
        exact = graph.call_function(aten.gelu.default, (double,))
        return graph.call_function(aten._to_copy.default, (exact,), {"dtype": torch.float32})


def _complex(graph: Graph, node: Node) -> Node | None:
    """m·cos a + i·m·sin a as one kernel that makes both."""
    real, imaginary = node.args
    pair = [(part.args[0], part.args[1]) for part in (real, imaginary) if isinstance(part, Node)]
    if len(pair) != 2 or pair[0][0] is not pair[1][0]:
        return None
    cosine, sine = pair[0][1], pair[1][1]
    if not (isinstance(cosine, Node) and isinstance(sine, Node) and cosine.args == sine.args):
        return None
    if (cosine.target, sine.target) != (aten.cos.default, aten.sin.default):
        return None
    with graph.inserting_before(node):
        return graph.call_function(aten.polar.default, (pair[0][0], cosine.args[0]))


def _transforms_apart(graph: Graph, node: Node) -> Node | None:
    """A transform of several rows, which lie along one dimension, as one for each."""
    source = node.args[0]
    assert isinstance(source, Node)
    shape = source.meta["val"].shape
    along = [dimension for dimension in range(len(shape) - 1) if shape[dimension] > 1]
    if len(along) != 1:
        return None
    last = len(shape) - 2  # the number of the last dimension once one is gone
    with graph.inserting_before(node):
        rows = [
            graph.call_function(aten.select.int, (source, along[0], row)) for row in range(shape[along[0]])
        ]
        pieces = [graph.call_function(node.target, (row, [last], *node.args[2:])) for row in rows]  # type: ignore[arg-type]
        return graph.call_function(aten.stack.default, (pieces, along[0]))


RULES: dict[object, Rule] = {
    aten.exp.default: _exp,
    aten.sqrt.default: _sqrt,
    aten.log.default: _logarithm(1.0),
    aten.log10.default: _logarithm(math.log10(math.e)),
    aten.atan.default: _atan,
    aten.gelu.default: _gelu,
    aten.complex.default: _complex,
    aten._fft_r2c.default: _transforms_apart,
    aten._fft_c2r.default: _transforms_apart,
}
