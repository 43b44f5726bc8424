"""A network as steps that can be exchanged for others; for the tools that make networks faster."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

Values = NDArray[Any]


class Network:
    """The steps of a network, who makes and who takes each value, and the values that are known."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self.model, self.graph = model, model.graph
        self._known = {one.name: one for one in self.graph.initializer}
        self._maker = {name: node for node in self.graph.node for name in node.output}
        self._takers: dict[str, list[onnx.NodeProto]] = {}
        for node in self.graph.node:
            for name in node.input:
                self._takers.setdefault(name, []).append(node)
        self._gone: set[int] = set()
        self._instead: dict[int, list[onnx.NodeProto]] = {}

    def _exchange(self) -> None:
        """Put the other steps in their places; leave out those that are gone and their values."""
        nodes = [
            step
            for node in self.graph.node
            if id(node) not in self._gone
            for step in self._instead.get(id(node), [node])
        ]
        del self.graph.node[:]
        self.graph.node.extend(nodes)
        used = {name for node in nodes for name in node.input}
        kept = [one for one in self.graph.initializer if one.name in used]
        del self.graph.initializer[:]
        self.graph.initializer.extend(kept)

    def _value(self, name: str) -> Values:
        if name in self._known:
            return np.asarray(numpy_helper.to_array(self._known[name]))
        return np.asarray(numpy_helper.to_array(self._maker[name].attribute[0].t))

    def _put(self, name: str, value: Values | np.generic) -> str:
        tensor = numpy_helper.from_array(np.array(value, order='C'), name)
        self.graph.initializer.append(tensor)
        self._known[name] = tensor
        return name
