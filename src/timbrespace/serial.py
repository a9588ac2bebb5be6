"""Recorded operations exchanged for equal ones that keep to the thread they are called on.

Some of torch's kernels (vectorised roots, exponentials and sines, the GELU, transforms and matrix products of
several rows) wake other threads even for a few numbers, and wait for them: in a host on a busy machine a
block that takes 1 ms then takes 40. An audio thread must wait for nobody. Each rule here gives the same
numbers but for rounding, by kernels that never do.

That is for single frames, which hosts with the smallest buffers play. For several frames at a time one call
for all of their rows is so much quicker that it stays; hosts with larger buffers are better started with one
thread.
"""

from __future__ import annotations

import math
import operator
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
    """x·Φ(x) = max(x, 0) − ½·|x|·erfc(|x|/√2), erfc y = e^(−y²)·erfcx y."""
    with graph.inserting_before(node):
        size = graph.call_function(aten.abs.default, (node.args[0],))
        y = graph.call_function(aten.mul.Tensor, (size, math.sqrt(0.5)))
        scaled = graph.call_function(aten.special_erfcx.default, (y,))
        square = graph.call_function(aten.mul.Tensor, (y, y))
        power = graph.call_function(aten.mul.Tensor, (square, -math.log2(math.e)))
        tail = graph.call_function(
            aten.mul.Tensor, (scaled, graph.call_function(aten.exp2.default, (power,)))
        )
        rising = graph.call_function(aten.relu.default, (node.args[0],))
        return graph.call_function(aten.addcmul.default, (rising, size, tail), {"value": -0.5})


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


def _by_rows(at: int) -> Rule:
    """A function of rows, argument number `at`, as calls for one row each."""

    def rule(graph: Graph, node: Node) -> Node | None:
        source = node.args[at]
        assert isinstance(source, Node)
        shape = list(source.meta["val"].shape)
        rows = math.prod(shape[:-1])
        if rows == 1:
            return None
        with graph.inserting_before(node):
            flat = graph.call_function(aten.reshape.default, (source, [rows, shape[-1]]))
            pieces = [_of_row(graph, node, at, flat, row) for row in range(rows)]
            joined = graph.call_function(aten.cat.default, (pieces,))
            return graph.call_function(aten.view.default, (joined, list(_value(node).shape)))

    return rule


def _of_row(graph: Graph, node: Node, at: int, flat: Node, row: int) -> Node:
    arguments = list(node.args)
    arguments[at] = graph.call_function(aten.slice.Tensor, (flat, 0, row, row + 1))
    if node.target in TRANSFORMS:
        arguments[1] = [1]
    result = graph.call_function(node.target, tuple(arguments), node.kwargs)  # type: ignore[arg-type]
    return graph.call_function(operator.getitem, (result, 0)) if node.target in TUPLES else result


def _value(node: Node) -> torch.Tensor:
    """What a node gave on the example; of several tensors the first."""
    value = node.meta["val"]
    return value[0] if isinstance(value, tuple) else value


def _first(rule: Rule) -> Rule:
    """For an operation that gives several tensors of which only the first is used."""

    def first(graph: Graph, node: Node) -> None:
        equal = rule(graph, node)
        for user in list(node.users):
            if equal is not None and user.args[1] == 0:
                user.replace_all_uses_with(equal)

    return first


TRANSFORMS = (aten._fft_r2c.default, aten._fft_c2r.default)
TUPLES = (aten.native_layer_norm.default,)
RULES: dict[object, Rule] = {
    aten.exp.default: _exp,
    aten.sqrt.default: _sqrt,
    aten.log.default: _logarithm(1.0),
    aten.log10.default: _logarithm(math.log10(math.e)),
    aten.atan.default: _atan,
    aten.gelu.default: _gelu,
    aten.complex.default: _complex,
    aten._fft_r2c.default: _by_rows(0),
    aten._fft_c2r.default: _by_rows(0),
    aten.mm.default: _by_rows(0),
    aten.addmm.default: _by_rows(1),
    aten.native_layer_norm.default: _first(_by_rows(0)),
}
