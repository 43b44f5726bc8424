"""Train the small network that sees the front of a box and its closure, from pictures drawn here.

    python tools/train_closure.py --out clearlane/recognisers/closure.onnx

It takes about ten minutes on one core. PyTorch and onnx are needed for this script alone;
nothing else imports them. Nothing is learnt from the sample generator.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import closure_scenes as scenes
import cv2
import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn
from torch.nn import functional

from clearlane.recognisers.closure_map import levelled

RARE = (1.0, 6.0, 8.0, 12.0, 8.0)  # how much more a channel's own places weigh


def block(ins: int, outs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(ins, outs, 3, stride, 1, bias=False), nn.BatchNorm2d(outs),
                         nn.ReLU(inplace=True))


class Seer(nn.Module):
    """For each 2 x 2 pixels: how likely is it face, tape, strap, seal, gap?"""

    def __init__(self) -> None:
        super().__init__()
        self.first = block(3, 12, 2)
        self.quarter = nn.Sequential(block(12, 24, 2), block(24, 24))
        self.eighth = nn.Sequential(block(24, 48, 2), block(48, 48))
        self.sixteenth = nn.Sequential(block(48, 72, 2), block(72, 72))
        self.coarse = nn.Sequential(block(72, 96, 2), block(96, 96), block(96, 96))
        self.ways = nn.ModuleList([nn.Conv2d(96, 72, 1), nn.Conv2d(72, 48, 1),
                                   nn.Conv2d(48, 24, 1), nn.Conv2d(24, 12, 1)])
        self.mixes = nn.ModuleList([block(72, 72), block(48, 48), block(24, 24), block(12, 16)])
        self.head = nn.Conv2d(16, len(scenes.CHANNELS), 1)
        nn.init.constant_(self.head.bias, -2.0)

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        first = self.first(picture)
        quarter = self.quarter(first)
        eighth = self.eighth(quarter)
        sixteenth = self.sixteenth(eighth)
        seen = self.coarse(sixteenth)
        finer = (sixteenth, eighth, quarter, first)
        for way, mix, over in zip(self.ways, self.mixes, finer, strict=True):
            grown = functional.interpolate(way(seen), scale_factor=2.0, mode='nearest')
            seen = mix(over + grown)
        return self.head(seen)


class Sure(nn.Module):
    """The same, as chances."""

    def __init__(self, seer: Seer) -> None:
        super().__init__()
        self.seer = seer

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.seer(picture))


def drawn(count: int, seed: int) -> tuple[torch.Tensor, ...]:
    rng = np.random.default_rng(seed)
    wide, high = scenes.SIZE
    pictures = np.empty((count, 3, high, wide), np.float16)
    channels = np.empty((count, len(scenes.CHANNELS), high // 2, wide // 2), np.float16)
    weights = np.empty((count, 1, high // 2, wide // 2), np.float16)
    for k in range(count):
        picture, channels[k], weights[k, 0] = scenes.scene(rng)
        pictures[k] = levelled(picture)
        if k % 500 == 499:
            print(f'{k + 1} scenes, {time.process_time():.0f} s', flush=True)
    return tuple(torch.from_numpy(part) for part in (pictures, channels, weights))


def shaken(x: torch.Tensor, truth: torch.Tensor,
           weight: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """A batch in other light and noise, half of the time mirrored."""
    x, truth, weight = x.float(), truth.float(), weight.float()
    if torch.rand(()) < .5:
        x, truth, weight = x.flip(3), truth.flip(3), weight.flip(3)
    x = x * torch.empty(len(x), 3, 1, 1).normal_(1, .05)
    return x + torch.randn_like(x) * float(torch.rand(()) * .02), truth, weight


def loss_of(out: torch.Tensor, truth: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    rare = torch.tensor(RARE).view(1, -1, 1, 1)
    each = functional.binary_cross_entropy_with_logits(out, truth, reduction='none')
    entropy = (each * weight * (1 + truth * (rare - 1))).mean()
    chance = torch.sigmoid(out) * weight
    common = (chance * truth).sum((0, 2, 3))
    whole = (chance + truth * weight).sum((0, 2, 3))
    return entropy * 4 + (1 - (2 * common + 1) / (whole + 1)).mean()


def train(count: int, seconds: float, batch: int = 8) -> Seer:
    pictures, channels, weights = drawn(count, 1)
    held = drawn(120, 2)
    net = Seer().to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(net.parameters(), 3e-3, weight_decay=1e-3)
    begun, step = time.process_time(), 0
    while (done := (time.process_time() - begun) / seconds) < 1:
        for group in optimiser.param_groups:
            group['lr'] = 3e-3 * min(1, step / 100 + .01) * (1 - done) ** 0.9 + 1e-5
        chosen = torch.randint(len(pictures), (batch,))
        x, truth, weight = shaken(pictures[chosen], channels[chosen], weights[chosen])
        loss = loss_of(net(x.contiguous(memory_format=torch.channels_last)), truth, weight)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        step += 1
        if step % 200 == 0:
            net.eval()
            with torch.no_grad():
                other = loss_of(net(held[0].float()), held[1].float(), held[2].float()).item()
            net.train()
            print(f'step {step} {done:.0%} loss {loss.item():.3f} held {other:.3f}', flush=True)
    return net.eval()


def halve(path: Path) -> None:
    """Keep the weights in 16 bits; they are widened again when the file is loaded."""
    model = onnx.load(str(path))
    casts = []
    for weight in model.graph.initializer:
        if weight.data_type == onnx.TensorProto.FLOAT and np.prod(weight.dims) > 64:
            name, kept = weight.name, numpy_helper.to_array(weight).astype(np.float16)
            weight.CopyFrom(numpy_helper.from_array(kept, f'{name}.half'))
            casts.append(onnx.helper.make_node('Cast', [f'{name}.half'], [name],
                                               to=onnx.TensorProto.FLOAT))
    for cast in casts:
        model.graph.node.insert(0, cast)
    onnx.save(model, str(path))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or '').splitlines()[0])
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--count', type=int, default=2200, help='pictures drawn to learn from')
    parser.add_argument('--seconds', type=float, default=480, help='of learning, after drawing')
    asked = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    torch.manual_seed(1)
    net = train(asked.count, asked.seconds)
    axes = {0: 'count', 2: 'height', 3: 'width'}
    torch.onnx.export(Sure(net), (torch.zeros(1, 3, 192, 256),), str(asked.out), opset_version=17,
                      input_names=['picture'], output_names=['channels'], dynamo=False,
                      dynamic_axes={'picture': axes, 'channels': axes})
    halve(asked.out)
    print(asked.out, asked.out.stat().st_size, 'bytes')


if __name__ == '__main__':
    main()
