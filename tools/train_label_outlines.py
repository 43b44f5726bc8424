"""Train the small network that finds where labels are, from pictures drawn here.

    python tools/train_label_outlines.py --out outlines.onnx --photos FOLDER

It learns for each cell of 8 x 8 pixels whether the middle of a diamond, of a battery mark or
of a pair of arrows lies there, and where its four corners are. `--photos FOLDER` mixes in
real photographs with a YOLO file beside each (see docs/models/hazard_label.md): the signs in
them teach where a diamond is and what is none. Without it the weights are worse on such
photographs. PyTorch and onnx are needed for this script alone.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import cv2
import label_photos
import label_scenes as scenes
import numpy as np
import torch
from torch import nn
from torch.nn import functional

from clearlane.recognisers.labels.outlines import CELL, KINDS, REACH
from clearlane.recognisers.labels.quads import clockwise

Rng = np.random.Generator
SIDE = 384
GRID = SIDE // CELL
Sample = tuple[np.ndarray, list[tuple[int, np.ndarray, bool]]]
"""A picture, and for each label its kind, its corners, and whether these are exact."""


def block(ins: int, outs: int, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    """A convolution with its norm."""
    return nn.Sequential(
        nn.Conv2d(ins, outs, 3, stride, dilation, dilation, bias=False),
        nn.BatchNorm2d(outs),
        nn.ReLU(inplace=True),
    )


class Finder(nn.Module):
    """Colour picture of any size in, a map of kinds and corners at an eighth of it out."""

    def __init__(self) -> None:
        super().__init__()
        self.fine = nn.Sequential(block(3, 16, 2), block(16, 32, 2), block(32, 48, 2))
        self.near = block(48, 48)
        self.wide = nn.Sequential(
            block(48, 80, 2), block(80, 80), block(80, 80, 1, 2), block(80, 80, 1, 3)
        )
        self.down = nn.Conv2d(80, 48, 1)
        self.join = block(48, 64)
        self.head = nn.Conv2d(64, len(KINDS) + 8, 1)
        nn.init.constant_(self.head.bias[: len(KINDS)], -4.0)

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        """Shape (count, kinds + 8, height / 8, width / 8); the kinds as logits."""
        near = self.near(self.fine(picture))
        wide = functional.interpolate(self.down(self.wide(near)), scale_factor=2.0, mode='nearest')
        return self.head(self.join(near + wide))


def drawn(rng: Rng) -> Sample:
    """A scene drawn here."""
    picture, truths = scenes.scene(rng, [], SIDE, SIDE)
    labels = []
    for one in truths:
        kind = 'diamond' if one.kind in ('hazard_label', 'ghs_label') else one.kind
        labels.append((KINDS.index(kind), clockwise(one.corners), True))
    return picture, labels


def targets(labels: list[tuple[int, np.ndarray, bool]]) -> tuple[np.ndarray, np.ndarray]:
    """The map of kinds (0..1), and of corners with their weight as the ninth plane."""
    heat = np.zeros((len(KINDS), GRID, GRID), np.float32)
    shape = np.zeros((9, GRID, GRID), np.float32)
    rows, columns = np.mgrid[0:GRID, 0:GRID].astype(np.float32)
    for kind, corners, exact in labels:
        x, y = corners.mean(axis=0) / CELL - 0.5
        if not (-0.5 <= x < GRID - 0.5 and -0.5 <= y < GRID - 0.5):
            continue
        side = float(np.ptp(corners, axis=0).min()) / CELL
        spread = max(0.55, 0.11 * side)
        bump = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * spread**2))
        ix, iy = min(GRID - 1, max(0, round(x))), min(GRID - 1, max(0, round(y)))
        bump[iy, ix] = 1
        heat[kind] = np.maximum(heat[kind], bump)
        near = (bump > 0.6) & (shape[8] == 0)
        near[iy, ix] = True
        places = np.stack([columns, rows])[:, near] * CELL + CELL / 2
        offsets = (corners.reshape(8, 1) - np.tile(places, (4, 1))) / REACH
        shape[:8, near] = offsets
        shape[8, near] = (1.0 if exact else 0.15) / max(side * CELL / REACH, 0.5)
    return heat, shape


def loss_of(said: torch.Tensor, heat: torch.Tensor, shape: torch.Tensor) -> torch.Tensor:
    """Focal loss on the kinds, mean deviation on the corners relative to the size."""
    logits = said[:, : len(KINDS)].float()
    chance = torch.sigmoid(logits).clamp(1e-4, 1 - 1e-4)
    middle = heat >= 0.999
    focal = torch.where(
        middle,
        (1 - chance) ** 2 * chance.log(),
        (1 - heat) ** 4 * chance**2 * (1 - chance).log(),
    )
    count = middle.sum().clamp(min=1)
    weight = shape[:, 8:9]
    apart = ((said[:, len(KINDS) :] - shape[:, :8]).abs() * weight).sum()
    return -focal.sum() / count + apart / (weight > 0).sum().clamp(min=1)


class Pool:
    """Samples kept ready, a few of them made anew for each batch."""

    def __init__(self, rng: Rng, size: int, photos: list[label_photos.Photo]) -> None:
        self.rng, self.photos = rng, photos
        self.samples = [drawn(rng) for _ in range(size)]

    def batch(self, count: int, fresh: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Pictures, maps of kinds, maps of corners."""
        for _ in range(fresh):
            self.samples[int(self.rng.integers(len(self.samples)))] = drawn(self.rng)
        made = [self._one() for _ in range(count)]
        pictures = torch.from_numpy(np.stack([one[0] for one in made])).permute(0, 3, 1, 2)
        maps = [targets(one[1]) for one in made]
        heat, shape = (torch.from_numpy(np.stack(part)) for part in zip(*maps, strict=True))
        return self._lit(pictures.float() / 255), heat, shape

    def _one(self) -> Sample:
        if self.photos and self.rng.random() < 0.25:
            return label_photos.cut(
                self.photos[int(self.rng.integers(len(self.photos)))], self.rng, SIDE
            )
        picture, labels = self.samples[int(self.rng.integers(len(self.samples)))]
        return self._shifted(picture, labels)

    def _shifted(self, picture: np.ndarray, labels: list[tuple[int, np.ndarray, bool]]) -> Sample:
        """The same scene at another place and size."""
        scale = self.rng.uniform(0.75, 1.25)
        step = self.rng.uniform(-0.12, 0.12, 2) * SIDE + (1 - scale) * SIDE / 2
        turn = np.array([[scale, 0, step[0]], [0, scale, step[1]]])
        moved = cv2.warpAffine(picture, turn, (SIDE, SIDE), borderMode=cv2.BORDER_REFLECT_101)
        return moved, [(kind, corners * scale + step, exact) for kind, corners, exact in labels]

    def _lit(self, pictures: torch.Tensor) -> torch.Tensor:
        count = len(pictures)
        gain = torch.empty(count, 3, 1, 1).uniform_(0.92, 1.08)
        gain = gain * torch.empty(count, 1, 1, 1).uniform_(0.7, 1.2)
        return (pictures * gain).clamp(0, 1)


def train(net: Finder, pool: Pool, seconds: float, batch: int) -> None:
    """Train for so many seconds of the clock."""
    rate, begun, step = 2.5e-3, time.monotonic(), 0
    optimiser = torch.optim.AdamW(net.parameters(), rate, weight_decay=1e-3)
    while (done := (time.monotonic() - begun) / seconds) < 1:
        for group in optimiser.param_groups:
            group['lr'] = rate * min(1, step / 60 + 0.02) * (1 - done) ** 0.9 + 1e-5
        pictures, heat, shape = pool.batch(batch, 3)
        with torch.autocast('cpu', torch.bfloat16):
            said = net(pictures.contiguous(memory_format=torch.channels_last))
        loss = loss_of(said.float(), heat, shape)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 10)
        optimiser.step()
        step += 1
        if step % 50 == 0:
            print(f'step {step} at {done:.0%} loss {loss.item():.3f}', flush=True)


def export(net: Finder, out: str) -> None:
    """Write the network for onnxruntime; the size of the picture stays free."""
    torch.onnx.export(
        net.eval().to(memory_format=torch.contiguous_format),
        (torch.zeros(1, 3, 384, 512),),
        out,
        input_names=['picture'],
        output_names=['found'],
        opset_version=17,
        dynamic_axes={
            'picture': {2: 'height', 3: 'width'},
            'found': {2: 'rows', 3: 'columns'},
        },
        dynamo=False,
    )
    print(f'{out}: {Path(out).stat().st_size} bytes')


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or '').splitlines()[0])
    parser.add_argument('--out', required=True)
    parser.add_argument('--photos', default='', help='folder of real photographs with boxes')
    parser.add_argument('--seconds', type=float, default=1200)
    parser.add_argument('--pool', type=int, default=1500)
    parser.add_argument('--batch', type=int, default=16)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--start', default='', help='a .pt file to go on from')
    asked = parser.parse_args()
    torch.manual_seed(asked.seed)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    net = Finder().to(memory_format=torch.channels_last)
    if asked.start:
        net.load_state_dict(torch.load(asked.start))
    photos = label_photos.learnt_from(asked.photos)
    pool = Pool(np.random.default_rng(asked.seed), asked.pool, photos)
    train(net, pool, asked.seconds, asked.batch)
    torch.save(net.state_dict(), Path(asked.out).with_suffix('.pt'))
    export(net, asked.out)


if __name__ == '__main__':
    main()
