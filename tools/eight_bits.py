"""Make the larger reading network smaller: its convolutions in whole numbers of eight bits.

    python tools/eight_bits.py --out clearlane/recognisers/text/small_in_eight_bits.onnx

Processors that multiply such numbers four at a time run it in less than half the time. The
weights are those of PP-OCRv6 small (Apache-2.0), rounded a channel at a time; how far each step
of the network reaches is taken from lines cut out of drawn photographs of five hands. Attention
stays as it is: it costs little, and rounding it loses letters. Needs onnx in an environment of its
own; lines and seeds are fixed.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_static,
)

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
OPSET = 17
"""The oldest in which weights can be rounded a channel at a time."""

APART = ['ConvActivationFusion', 'ConvAddActivationFusion', 'MatmulTransposeFusion',
         'MatMulScaleFusion', 'GemmActivationFusion']  # fmt: skip
"""What the runtime would join to steps that have no form in eight bits."""


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


class Lines(CalibrationDataReader):
    """The lines one after the other, as the maker of ranges wants them."""

    def __init__(self, given: list[np.ndarray]) -> None:
        self.left = iter(given)

    def get_next(self) -> dict[str, np.ndarray] | None:
        """The next line, None behind the last."""
        line = next(self.left, None)
        return None if line is None else {'x': line}


def main() -> None:
    """Write the network in eight bits."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else '')
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--seed', type=int, default=530_000)
    asked = parser.parse_args()
    given = lines(asked.seed)
    with TemporaryDirectory() as folder:
        newer, joined = (str(Path(folder) / name) for name in ('newer.onnx', 'joined.onnx'))
        source = onnx.load(weights.folder() / weights.RECOGNITION['small'])
        onnx.save(onnx.version_converter.convert_version(source, OPSET), newer)
        options = onnxruntime.SessionOptions()
        # Steps that stay as they are, such as GELU, are joined into one before they are split up.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        options.optimized_model_filepath = joined
        onnxruntime.InferenceSession(
            newer, options, providers=['CPUExecutionProvider'], disabled_optimizers=APART
        )
        products = [one.name for one in onnx.load(joined).graph.node if one.op_type == 'MatMul']
        quantize_static(
            joined, str(asked.out), Lines(given), quant_format=QuantFormat.QDQ, per_channel=True,
            activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8,
            op_types_to_quantize=['Conv', 'MatMul'], nodes_to_exclude=products[:-1],
            extra_options={'CalibMovingAverage': True},
        )  # fmt: skip


if __name__ == '__main__':
    main()
