"""Make the network that finds text faster: the same sums in fewer steps.

    python tools/fewer_steps.py --out clearlane/recognisers/text/detection.onnx

The weights are those of PP-OCRv6 (Apache-2.0), none of them altered; what comes out differs in the
last places of a floating number alone. The runtime keeps channels in blocks of sixteen, and every
step that cannot take such blocks has them put in order before and after it; that is what is saved.
Needs onnx in an environment of its own.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
from network import Network, Values
from onnx import helper

from clearlane.recognisers.text import weights

BLOCK = 16
"""So many channels the runtime keeps together."""


class Shortened(Network):
    """A network whose steps are exchanged for fewer that come to the same."""

    def shortened(self) -> onnx.ModelProto:
        self._weigh_once()
        self._fill_blocks()
        self._part_what_is_joined()
        self._enlarge_last()
        self._exchange()
        # Shapes noted for steps that are no more would be held against the new ones.
        del self.graph.value_info[:]
        onnx.checker.check_model(self.model)
        return self.model

    def _weigh_once(self) -> None:
        """x + x * s, where s is a number a channel, as x * (s + 1)."""
        for add in self.graph.node:
            times = self._maker.get(add.input[-1]) if add.op_type == 'Add' else None
            if times is None or times.op_type != 'Mul' or times.input[0] != add.input[0]:
                continue
            weight = times.input[1]
            if self._maker[weight].op_type == 'HardSigmoid':
                more = f'{weight} more'
                one = self._put(f'{weight} one', np.ones((1, 1, 1, 1), np.float32))
                self._gone.add(id(times))
                self._instead[id(add)] = [
                    helper.make_node('Add', [weight, one], [more]),
                    helper.make_node('Mul', [add.input[0], more], add.output[:]),
                ]

    def _fill_blocks(self) -> None:
        """Half a block of channels between two convolutions made a whole one, of zeros."""
        for node in self.graph.node:
            if node.op_type != 'Conv' or self._channels(node) != BLOCK // 2:
                continue
            (relu,) = self._takers[node.output[0]]
            if relu.op_type != 'Relu' or len(self._takers[relu.output[0]]) > 1:
                continue
            (then,) = self._takers[relu.output[0]]
            factors, bias, onward = map(
                self._value, (node.input[1], node.input[2], then.input[1])
            )  # fmt: skip
            if then.op_type == 'Conv' and onward.shape[2:] == factors.shape[2:] != (1, 1):
                node.input[1] = self._put(f'{node.input[1]} whole', _filled(factors, 0))
                node.input[2] = self._put(f'{node.input[2]} whole', _filled(bias, 0))
                then.input[1] = self._put(f'{then.input[1]} whole', _filled(onward, 1))

    def _part_what_is_joined(self) -> None:
        """A convolution of two maps side by side as one of each, the second on top of the first."""
        for join in self.graph.node:
            then = self._takers[join.output[0]] if join.op_type == 'Concat' else []
            if len(join.input) != 2 or not then:
                continue
            (over,) = then
            factors = self._value(over.input[1])
            form = {one.name: helper.get_attribute_value(one) for one in over.attribute}
            first, second = f'{over.name} first', f'{over.name} second'
            parts = [
                self._put(f'{over.name} factors {at}', part)
                for at, part in enumerate(np.split(factors, 2, axis=1))
            ]
            self._gone.add(id(join))
            self._instead[id(over)] = [
                helper.make_node('Conv', [join.input[0], parts[0]], [first], **form),
                helper.make_node(
                    'Conv', [join.input[1], parts[1], over.input[2]], [second], **form
                ),
                helper.make_node('Add', [second, first], over.output[:]),
            ]

    def _enlarge_last(self) -> None:
        """The two steps that double the map at its end as steps of one pixel, put apart at last.

        Squares of two by two that do not overlap are four sums of the same pixel; of those sums
        each is worth four more.
        """
        first, second = (node for node in self.graph.node if node.op_type == 'ConvTranspose')
        (add,), (more,) = self._takers[first.output[0]], self._takers[second.output[0]]
        (relu,), (likely,) = self._takers[add.output[0]], self._takers[more.output[0]]
        one, two = self._value(first.input[1]), self._value(second.input[1])
        wide, within = one.shape[0], one.shape[1]
        outer = np.concatenate([one[:, :, i, j].T for i in (0, 1) for j in (0, 1)])
        inner = np.zeros((4, 4, 4 * within), np.float32)
        for at, (i, j) in enumerate((i, j) for i in (0, 1) for j in (0, 1)):
            for k, row in enumerate(two[:, 0].transpose(1, 2, 0)):
                for m, factors in enumerate(row):
                    inner[2 * i + k, 2 * j + m, at * within : (at + 1) * within] = factors
        sums, bent, all_sums, apart = (f'{likely.name} {step}' for step in ('a', 'b', 'c', 'd'))
        names = {
            key: self._put(f'{likely.name} {key}', value)
            for key, value in {
                'outer': outer.reshape(4 * within, wide, 1, 1),
                'outer bias': np.tile(self._value(add.input[1]).ravel(), 4),
                'inner': inner.reshape(16, 4 * within, 1, 1),
                'inner bias': np.repeat(self._value(more.input[1]).ravel(), 16),
            }.items()
        }  # fmt: skip
        self._gone |= {id(node) for node in (first, add, relu, second, more)}
        self._instead[id(likely)] = [
            helper.make_node('Conv', [first.input[0], names['outer'], names['outer bias']], [sums],
                             kernel_shape=[1, 1]),
            helper.make_node('Relu', [sums], [bent]),
            helper.make_node('Conv', [bent, names['inner'], names['inner bias']], [all_sums],
                             kernel_shape=[1, 1]),
            helper.make_node('Sigmoid', [all_sums], [apart]),
            helper.make_node('DepthToSpace', [apart], likely.output[:], blocksize=4, mode='DCR'),
        ]  # fmt: skip

    def _channels(self, node: onnx.NodeProto) -> int:
        return int(self._value(node.input[1]).shape[0])


def _filled(values: Values, axis: int) -> Values:
    """The values and as many zeros along that axis as a block still holds."""
    room = [(0, BLOCK - size if at == axis else 0) for at, size in enumerate(values.shape)]
    return np.pad(values, room)


def main() -> None:
    """Write the network in fewer steps."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else '')
    parser.add_argument('--out', type=Path, required=True, help='the file that is written')
    asked = parser.parse_args()
    model = onnx.load(weights.folder() / weights.DETECTION)
    onnx.save(Shortened(model).shortened(), asked.out)


if __name__ == '__main__':
    main()
