"""Train the small network that names labels, from pictures drawn here.

    python tools/train_labels.py --out names.onnx
    python tools/train_labels.py --out names.onnx --start names.onnx \\
        --others 0.45 --seed 11 --count 14000 --steps 900

The first round sees mostly lithium batteries; the second goes on from its weights with
every class as often. PyTorch and onnx are needed for this script alone. `--photos FOLDER`
mixes in real photographs of GHS diamonds and of other signs (label_photos); one fold of them
is kept aside to judge the result by. Without the folder the GHS diamonds of real photographs
are named worse.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import label_boxes as boxes
import label_photos
import label_scenes as scenes
import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn
from torch.nn import functional

from clearlane.recognisers.labels.names import NAMES, STATES
from clearlane.recognisers.labels.quads import CROP_SIDE, clockwise, crops, quads
from clearlane.recognisers.text.crop import Pyramid

Rng = np.random.Generator
Outlines = list[tuple[np.ndarray, list[np.ndarray]]]
Made = tuple[torch.Tensor, torch.Tensor, torch.Tensor]
KEPT_SIDE = 112  # training crops are kept a little larger and cut to size by chance


# --- names: what lies in a crop -------------------------------------------------------------


def block(ins: int, outs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(ins, outs, 3, stride, 1, bias=False), nn.BatchNorm2d(outs), nn.ReLU(inplace=True)
    )


class Namer(nn.Module):
    """A plain convolutional network: 96 x 96 colour in, names and states out."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            block(3, 16, 2),
            block(16, 32, 2),
            block(32, 48),
            block(48, 64, 2),
            block(64, 64),
            block(64, 96, 2),
            block(96, 128),
        )
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(256, len(NAMES) + len(STATES))

    def forward(self, crops: torch.Tensor) -> torch.Tensor:
        seen = self.body(crops)
        pooled = torch.cat([seen.mean(dim=(2, 3)), seen.amax(dim=(2, 3))], dim=1)
        return self.head(self.drop(pooled))


def labelled_crop(
    rng: Rng, photos: list[label_photos.Photo], pool: Outlines, others: float, damaged: float
) -> tuple[np.ndarray, int, list[float]]:
    """One crop, the number of its name, and its states."""
    draw = rng.random()
    if draw < 0.2:
        return nothing(rng, pool), NAMES.index('none'), [0.0] * len(STATES)
    if draw < 0.27 and photos:
        return photographed(rng, photos)
    face = scenes.any_face(rng, others) if draw < 0.9 else boxes.other_box(rng)
    picture, corners, states = scenes.close_up(rng, [], face, damaged)
    side = float(np.linalg.norm(corners[1] - corners[0]))
    quad = clockwise(corners)
    if face.kind != 'orientation_arrows' and rng.random() < 0.25:
        quad = np.roll(quad, int(rng.integers(4)), axis=0)
    middle = quad.mean(axis=0)
    missed = rng.random() < 0.06
    if missed:  # an outline that is not the label's own
        grow = rng.choice([rng.uniform(0.25, 0.6), rng.uniform(1.5, 2.2)])
        quad = (quad - middle) * grow + middle + rng.uniform(-0.4, 0.4, 2) * side
    else:
        quad = (
            (quad - middle) * rng.uniform(0.85, 1.13) + middle + rng.normal(0, 0.03, (4, 2)) * side
        )
    name = face.kind if face.value == 'unread' else face.value
    number = NAMES.index('none' if missed else name)
    flags = [0.0 if missed else float(state in states) for state in STATES]
    return crops(Pyramid(picture), [quad], KEPT_SIDE)[0], number, flags


def photographed(rng: Rng, photos: list[label_photos.Photo]) -> tuple[np.ndarray, int, list[float]]:
    """A GHS diamond of a real photograph, turned and shaded anew."""
    signs = []
    while not signs:
        one = photos[int(rng.integers(len(photos)))]
        signs = one.signs
    sign = signs[int(rng.integers(len(signs)))]
    loose = 0.03 if sign.exact else 0.08
    middle, side = sign.corners.mean(axis=0), float(np.linalg.norm(np.ptp(sign.corners, axis=0)))
    quad = (sign.corners - middle) * rng.uniform(0.85, 1.13) + middle
    quad = quad + rng.normal(0, loose / 2, (4, 2)) * side
    flat = crops(Pyramid(one.picture), [quad.astype(np.float32)], KEPT_SIDE)[0]
    return scenes.degrade(flat, rng, 0.5), NAMES.index(sign.name), [0.0] * len(STATES)


def nothing(rng: Rng, found: Outlines) -> np.ndarray:
    """A crop without a label: an outline that the search found, or any place at all."""
    picture, outlines = found[int(rng.integers(len(found)))]
    if outlines and rng.random() < 0.8:
        quad = outlines[int(rng.integers(len(outlines)))]
        quad = quad + rng.normal(0, 0.03, (4, 2)) * np.linalg.norm(quad[1] - quad[0])
    else:
        shape = (
            np.array([[0, -1], [1, 0], [0, 1], [-1, 0]])
            if rng.random() < 0.6
            else np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
        )
        quad = shape * rng.uniform(20, 150) / 2 + rng.uniform(0, picture.shape[0], 2)
    return scenes.degrade(crops(Pyramid(picture), [quad], KEPT_SIDE)[0], rng, 0.5)


def outlines_of_nothing(rng: Rng, photos: list[label_photos.Photo]) -> Outlines:
    """Clutter and what is no diamond in real photographs, with the outlines found there."""
    pool = []
    for _ in range(500):
        if photos and rng.random() < 0.4:
            one = photos[int(rng.integers(len(photos)))]
            picture = one.picture.copy()
            for sign in one.signs:  # what is left of a diamond is none
                tint = picture.reshape(-1, 3)[int(rng.integers(picture.size // 3))]
                reach = (sign.corners - sign.corners.mean(axis=0)) * 1.15
                hidden = (reach + sign.corners.mean(axis=0)).astype(np.int32)
                cv2.fillPoly(picture, [hidden], [int(c) for c in tint])
            angle = cv2.getRotationMatrix2D((320, 320), rng.choice([0, rng.uniform(-180, 180)]), 1)
            picture = cv2.warpAffine(
                picture, angle, picture.shape[1::-1], borderMode=cv2.BORDER_REFLECT
            )
        else:
            picture = scenes.background(rng, 400, 400, [])
            scenes.clutter(picture, rng, int(rng.integers(3, 15)))
        picture = scenes.degrade(picture, rng)
        pool.append((picture, quads(picture)))
    return pool


def crops_made(
    count: int, seed: int, photos: list[label_photos.Photo], others: float, damaged: float
) -> Made:
    """So many labelled crops: pictures, numbers of names, states."""
    rng = np.random.default_rng(seed)
    pictures = np.empty((count, KEPT_SIDE, KEPT_SIDE, 3), np.uint8)
    numbers, flags = np.empty(count, np.int64), np.empty((count, len(STATES)), np.float32)
    pool = outlines_of_nothing(rng, photos)
    for k in range(count):
        pictures[k], numbers[k], flags[k] = labelled_crop(rng, photos, pool, others, damaged)
        if k % 5000 == 4999:
            print(f'{k + 1} crops', flush=True)
    return torch.from_numpy(pictures), torch.from_numpy(numbers), torch.from_numpy(flags)


def shaken(pictures: torch.Tensor, side: int) -> torch.Tensor:
    """A batch cut to size at random places and sizes, in random light."""
    count = len(pictures)
    x = pictures.permute(0, 3, 1, 2).float() / 255
    grow = torch.empty(count).uniform_(0.84, 1.06)
    turn = torch.zeros(count, 2, 3)
    turn[:, 0, 0], turn[:, 1, 1] = grow, grow * torch.empty(count).uniform_(0.94, 1.06)
    turn[:, 0, 1] = torch.empty(count).normal_(0, 0.06)
    turn[:, 1, 0] = torch.empty(count).normal_(0, 0.06)
    turn[:, :, 2] = torch.empty(count, 2).normal_(0, 0.04)
    grid = functional.affine_grid(turn, [count, 3, side, side], align_corners=False)
    x = functional.grid_sample(x, grid, align_corners=False, padding_mode='border')
    x = x * torch.empty(count, 1, 1, 1).uniform_(0.7, 1.25) + torch.empty(count, 1, 1, 1).uniform_(
        -0.08, 0.08
    )
    return x.clamp(0, 1)


def train(net: Namer, made: Made, steps: int, rate: float, weight: float) -> Namer:
    """Train for so many steps on crops made once, each of them shaken anew every time."""
    (pictures, numbers, flags), batch = made, 64
    optimiser = torch.optim.AdamW(net.parameters(), rate, weight_decay=1e-3)
    for step in range(steps):
        for group in optimiser.param_groups:
            group['lr'] = rate * min(1, step / 100 + 0.01) * (1 - step / steps) ** 0.9 + 1e-5
        chosen = torch.randint(len(pictures), (batch,))
        x = shaken(pictures[chosen], CROP_SIDE).contiguous(memory_format=torch.channels_last)
        with torch.autocast('cpu', torch.bfloat16):
            out = net(x)
        out = out.float()
        loss = functional.cross_entropy(out[:, : len(NAMES)], numbers[chosen])
        loss = loss + weight * functional.binary_cross_entropy_with_logits(
            out[:, len(NAMES) :], flags[chosen]
        )
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 100 == 99:
            print(f'step {step + 1} of {steps} loss {loss.item():.3f}', flush=True)
    return net.eval()


def resumed(path: str) -> Namer:
    """The network with exported weights; its norms, folded away there, stay as they are."""
    graph = onnx.load(path).graph
    arrays = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    convolutions = [node.input for node in graph.node if node.op_type == 'Conv']
    net = Namer()
    for layer, (_, weight, bias) in zip(net.body, convolutions, strict=True):
        layer[0].weight.data = torch.from_numpy(arrays[weight].copy())
        layer[1].bias.data = torch.from_numpy(arrays[bias].copy())
        layer[1].running_var.fill_(1 - layer[1].eps)
    known, states = len(arrays['head.bias']) - len(STATES), len(STATES)
    for here, name in ((net.head.weight.data, 'head.weight'), (net.head.bias.data, 'head.bias')):
        before = torch.from_numpy(arrays[name].copy())
        here[:known], here[-states:] = before[:known], before[-states:]
    return net.eval()


# --- the command ----------------------------------------------------------------------------


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or '').splitlines()[0])
    parser.add_argument('--out', required=True)
    parser.add_argument('--start', default='', help='weights to go on from')
    parser.add_argument('--photos', default='', help='folder of real photographs')
    parser.add_argument('--count', type=int, default=26000, help='crops to draw')
    parser.add_argument('--steps', type=int, default=2900)
    parser.add_argument('--damaged', type=float, default=0.15, help='share covered or torn')
    parser.add_argument('--rate', type=float, default=3e-3)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--others', type=float, default=0.0, help='more of every class, 0 to 1')
    asked = parser.parse_args()
    torch.manual_seed(asked.seed)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    net = resumed(asked.start) if asked.start else Namer()
    photos = label_photos.learnt_from(asked.photos)
    made = crops_made(asked.count, asked.seed, photos, asked.others, asked.damaged)
    net = net.to(memory_format=torch.channels_last)
    net = train(net, made, asked.steps, asked.rate, 0.3 if asked.damaged < 0.3 else 1.0)
    torch.onnx.export(
        net.to(memory_format=torch.contiguous_format),
        (torch.zeros(1, 3, CROP_SIDE, CROP_SIDE),),
        asked.out,
        input_names=['picture'],
        output_names=['found'],
        opset_version=17,
        dynamic_axes={'picture': {0: 'count'}, 'found': {0: 'count'}},
        dynamo=False,
    )
    print(f'{asked.out}: {Path(asked.out).stat().st_size} bytes')


if __name__ == '__main__':
    main()
