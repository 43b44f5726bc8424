"""Make the reading networks faster: their heavy products in whole numbers of eight bits.

    python tools/eight_bits.py --out clearlane/recognisers/text

Processors that multiply such numbers four at a time run them in about half the time. The weights
are those of PP-OCRv6 (Apache-2.0), rounded a channel at a time; how far each step of a network
reaches is taken from lines cut out of drawn photographs of five hands. Needs onnx in an environment
of its own; lines and seeds are fixed.
"""

from __future__ import annotations

import argparse
import itertools
import random
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
import onnxruntime
from network import Network
from onnx import helper

from bench.hands.shots import photographs
from clearlane.recognisers import picture
from clearlane.recognisers.text import fit, recognition, weights
from clearlane.recognisers.text.crop import Pyramid
from clearlane.recognisers.text.detection import Spot, as_quad
from clearlane.sample.package import specimen
from clearlane.sample.photographs import photograph
from clearlane.sample.shot import Shot

LINES = 200
SIGNS = ('barcode', 'hazard_label', 'ghs_label', 'battery_mark', 'orientation_arrows', 'un_symbol')
WIDEST = 960
PLACES = 100
"""So many places of each line are looked at."""
DAMP = 0.01
"""Of the mean square of a channel: what keeps channels that are hardly used from being bent."""
ENDS = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3)
"""Shares of the reach of a step that are tried."""
REACH = 64
"""Factors go so far from 0. Processors without instructions for it add two products of such numbers
up in sixteen bits: 2 x 255 x 64 still fits, so that all of them come to the same sums."""
OPSET = 17

APART = ['ConvActivationFusion', 'ConvAddActivationFusion', 'MatmulTransposeFusion',
         'MatMulScaleFusion', 'GemmActivationFusion']  # fmt: skip
"""What the runtime would join to steps that are not known here."""


def drawn(seed: int) -> Iterator[tuple[bytes, list[dict[str, Any]]]]:
    """Photographs of five hands, clean and hard, with what stands in them."""
    for hard in (False, True):
        for hand in ('label_room', 'yard', 'form', 'quay'):
            for taken in photographs(hand, 4, seed, hard=hard, size=(4000, 3000)):
                yield taken.jpeg, taken.truth
        for number in range(4):
            shot = Shot(seed=seed + number, width=4000, height=3000, hardness=0.9 if hard else 0.1)
            made = photograph(specimen(seed + number), shot)
            yield made.jpeg, made.truth


def lines(seed: int) -> list[np.ndarray]:
    """Lines of those photographs, as the model takes them."""
    found = []
    for jpeg, truth in drawn(seed):
        copies = Pyramid(picture.upright(jpeg))
        for one in truth:
            if one.get('box') and one['kind'] not in SIGNS:
                spot = fit.fitted(copies, Spot(as_quad(np.array(one['box']))))
                cut = recognition.narrowed(copies.cut(spot.quad), str(one['value']))
                found.append(recognition.prepared(cut[:, :WIDEST]))
    return random.Random(seed).sample(found, LINES)


Arrays = list[np.ndarray]


class Rounded(Network):
    """A network whose heavy steps are products of whole numbers; all else stays as it is.

    Those are two convolutions of one pixel with GELU between them, wherever they stand, and the
    last product, which tells the characters apart. What goes in is rounded, sums come out in full,
    so that GELU and the path around the two lose nothing: rounding them too lost spaces.
    """

    def __init__(self, model: onnx.ModelProto, given: Arrays) -> None:
        super().__init__(model)
        pairs, last = list(self._pairs()), self._last()
        steps = [name for first, bend, _ in pairs for name in (first.input[0], bend.output[0])]
        self._seen = seen(model, [*steps, last.input[0]], given)
        self._instead = {id(pair[0]): self._pair(*pair) for pair in pairs}
        self._gone = {id(node) for pair in pairs for node in pair[1:]}
        bias = self._takers[last.output[0]][0]
        self._instead[id(last)] = self._product(last, bias)
        self._gone.add(id(bias))
        self._exchange()

    def _pairs(self) -> Iterator[tuple[onnx.NodeProto, onnx.NodeProto, onnx.NodeProto]]:
        for bend in self.graph.node:
            if bend.op_type == 'Gelu':
                first, then = self._maker[bend.input[0]], self._takers[bend.output[0]]
                if self._is_of_one_pixel(first) and all(map(self._is_of_one_pixel, then)):
                    yield first, bend, then[0]

    def _is_of_one_pixel(self, node: onnx.NodeProto) -> bool:
        return node.op_type == 'Conv' and self._value(node.input[1]).shape[2:] == (1, 1)

    def _last(self) -> onnx.NodeProto:
        return max(
            (node for node in self.graph.node if node.op_type == 'MatMul'),
            key=lambda node: (
                self._known[node.input[1]].dims[1] if node.input[1] in self._known else 0
            ),
        )

    def _pair(
        self, first: onnx.NodeProto, bend: onnx.NodeProto, then: onnx.NodeProto
    ) -> list[onnx.NodeProto]:
        name = bend.output[0]
        channels_last, summed, bent, out = (
            f'{name} {step}' for step in ('in', 'sum', 'bent', 'out')
        )
        return [
            helper.make_node('Transpose', first.input[:1], [channels_last], perm=[0, 2, 3, 1]),
            *self._times(channels_last, first.input[0], *self._layer(first), summed),
            helper.make_node('Gelu', [summed], [bent], domain=bend.domain),
            *self._times(bent, name, *self._layer(then), out),
            helper.make_node('Transpose', [out], then.output[:1], perm=[0, 3, 1, 2]),
        ]

    def _product(self, last: onnx.NodeProto, bias: onnx.NodeProto) -> list[onnx.NodeProto]:
        added = next(self._value(name) for name in bias.input if name in self._known)
        factors = self._value(last.input[1])
        return self._times(last.input[0], last.input[0], factors, added, bias.output[0])

    def _layer(self, node: onnx.NodeProto) -> tuple[np.ndarray, np.ndarray]:
        return self._value(node.input[1])[:, :, 0, 0].T, self._value(node.input[2])

    def _times(
        self, what: str, measured: str, factors: np.ndarray, bias: np.ndarray, out: str
    ) -> list[onnx.NodeProto]:
        """The steps that round `what`, multiply it by the factors (in, out) and add the bias."""
        rows = self._seen[measured]
        scale, zero = step_of(rows)
        near = in_steps(rows, scale, zero)
        whole, scales = rounded(factors, near)
        # What rounding adds on the average is taken off again.
        bias = bias.ravel() + (rows @ factors - near @ (whole * scales)).mean(axis=0)
        names = {
            key: self._put(f'{out} {key}', value)
            for key, value in {
                'scale': np.float32(scale), 'zero': np.uint8(zero), 'factors': whole,
                'scales': scales, 'bias': bias.astype(np.float32),
            }.items()
        }  # fmt: skip
        steps = f'{out} steps'
        given = [steps, names['factors'], names['scale'], names['scales'], names['zero'], '',
                 names['bias']]  # fmt: skip
        return [
            helper.make_node('QuantizeLinear', [what, names['scale'], names['zero']], [steps]),
            helper.make_node('MatMulIntegerToFloat', given, [out], domain='com.microsoft'),
        ]


def seen(model: onnx.ModelProto, names: list[str], given: Arrays) -> dict[str, np.ndarray]:
    """What some places of each line make of those steps: rows of channels."""
    asked = onnx.ModelProto()
    asked.CopyFrom(model)
    del asked.graph.output[:]
    asked.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in names)
    session = onnxruntime.InferenceSession(
        asked.SerializeToString(), providers=['CPUExecutionProvider']
    )
    chosen = np.random.default_rng(0)
    found: dict[str, Arrays] = {name: [] for name in names}
    for line in given:
        for name, values in zip(names, session.run(None, {'x': line}), strict=True):
            rows = np.moveaxis(values, 1, -1) if values.ndim == 4 else values
            rows = rows.reshape(-1, rows.shape[-1])
            places = chosen.choice(len(rows), min(len(rows), PLACES), replace=False)
            found[name].append(rows[places])
    return {name: np.concatenate(parts).astype(np.float64) for name, parts in found.items()}


def step_of(rows: np.ndarray) -> tuple[float, int]:
    """The step and the zero of 256 even steps that are off by least; few far ends are cut."""
    low, high = min(0.0, float(rows.min())), max(0.0, float(rows.max()))
    best = (np.inf, 1.0, 0)
    for less, more in itertools.product(ENDS, ENDS):
        step = max((high * more - low * less) / 255, 1e-8)
        zero = int(np.clip(round(-low * less / step), 0, 255))
        few = rows[::7]
        best = min(best, (float(np.square(in_steps(few, step, zero) - few).mean()), step, zero))
    return best[1:]


def in_steps(rows: np.ndarray, step: float, zero: int) -> np.ndarray:
    """The numbers as 256 even steps can say them."""
    return np.asarray((np.clip(np.rint(rows / step) + zero, 0, 255) - zero) * step)


def rounded(factors: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The factors (in, out) in whole steps, and the step of each output.

    One channel after the other is rounded, and what that changes in the sums of these rows is
    made good by the channels that are left (GPTQ, Frantar et al. 2022).
    """
    left = factors.astype(np.float64).copy()
    scales = np.maximum(np.abs(left).max(axis=0) / REACH, 1e-8)
    together = rows.T @ rows
    together += np.eye(len(together)) * DAMP * together.diagonal().mean()
    ways = np.linalg.cholesky(np.linalg.inv(together)).T
    whole = np.zeros_like(left)
    for channel, way in enumerate(ways):
        whole[channel] = np.clip(np.rint(left[channel] / scales), -REACH, REACH)
        off = (left[channel] - whole[channel] * scales) / way[channel]
        left[channel + 1 :] -= np.outer(way[channel + 1 :], off)
    return whole.astype(np.int8), scales.astype(np.float32)


def joined(source: Path, folder: Path) -> onnx.ModelProto:
    """The network with steps such as GELU joined to one, and nothing else."""
    newer, made = str(folder / 'newer.onnx'), str(folder / 'joined.onnx')
    onnx.save(onnx.version_converter.convert_version(onnx.load(source), OPSET), newer)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = made
    onnxruntime.InferenceSession(
        newer, options, providers=['CPUExecutionProvider'], disabled_optimizers=APART
    )
    return onnx.load(made)


def main() -> None:
    """Write the networks in eight bits."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else '')
    parser.add_argument('--out', type=Path, required=True, help='the folder they are put in')
    parser.add_argument('--seed', type=int, default=530_000)
    asked = parser.parse_args()
    given = lines(asked.seed)
    for size, file in weights.RECOGNITION.items():
        with TemporaryDirectory() as folder:
            model = joined(weights.folder() / file, Path(folder))
        onnx.save(Rounded(model, given).model, asked.out / f'{size}_in_eight_bits.onnx')


if __name__ == '__main__':
    main()
