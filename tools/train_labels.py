"""Train the small network that names labels, from pictures drawn here.

    python tools/train_labels.py --out names.onnx
    python tools/train_labels.py --out names.onnx --start names.onnx \\
        --others 0.45 --seed 11 --count 14000 --steps 900

The first round sees mostly lithium batteries; the second goes on from its weights with
every class as often. PyTorch and onnx are needed for this script alone. `--photos FOLDER`
mixes in real photographs without any transport label as backgrounds and counter-examples;
every second one, so that the rest can still judge the result.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import label_faces as faces
import label_scenes as scenes
import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn
from torch.nn import functional

from clearlane.recognisers.labels.names import NAMES, STATES
from clearlane.recognisers.labels.quads import CROP_SIDE, clockwise, crops, quads

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
    rng: Rng, photos: list[np.ndarray], pool: Outlines, others: float
) -> tuple[np.ndarray, int, list[float]]:
    """One crop, the number of its name, and its states."""
    draw = rng.random()
    if draw < 0.2:
        return nothing(rng, pool), NAMES.index('none'), [0.0] * len(STATES)
    face = scenes.any_face(rng, others) if draw < 0.9 else faces.other_box(rng)
    picture, corners, states = scenes.close_up(rng, photos, face)
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
            (quad - middle) * rng.uniform(0.86, 1.1) + middle + rng.normal(0, 0.025, (4, 2)) * side
        )
    name = face.kind if face.value == 'unread' else face.value
    number = NAMES.index('none' if missed or name in faces.OTHER else name)
    flags = [0.0 if missed else float(state in states) for state in STATES]
    return crops(picture, [quad], KEPT_SIDE)[0], number, flags


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
    return scenes.degrade(crops(picture, [quad], KEPT_SIDE)[0], rng, 0.5)


def outlines_of_nothing(rng: Rng, photos: list[np.ndarray]) -> Outlines:
    """Clutter and real photographs without a transport label, with the outlines found there."""
    pool = []
    for _ in range(400):
        if photos and rng.random() < 0.5:
            picture = photos[int(rng.integers(len(photos)))]
            angle = cv2.getRotationMatrix2D((320, 320), rng.choice([0, rng.uniform(-180, 180)]), 1)
            picture = cv2.warpAffine(
                picture, angle, picture.shape[1::-1], borderMode=cv2.BORDER_REFLECT
            )
        else:
            picture = scenes.background(rng, 400, 400, photos)
            scenes.clutter(picture, rng, int(rng.integers(3, 15)))
        picture = scenes.degrade(picture, rng)
        pool.append((picture, quads(picture)))
    return pool


def crops_made(count: int, seed: int, photos: list[np.ndarray], others: float) -> Made:
    """So many labelled crops: pictures, numbers of names, states."""
    rng = np.random.default_rng(seed)
    pictures = np.empty((count, KEPT_SIDE, KEPT_SIDE, 3), np.uint8)
    numbers, flags = np.empty(count, np.int64), np.empty((count, len(STATES)), np.float32)
    pool = outlines_of_nothing(rng, photos)
    for k in range(count):
        pictures[k], numbers[k], flags[k] = labelled_crop(rng, photos, pool, others)
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


def train(net: Namer, made: Made, steps: int, rate: float) -> Namer:
    """Train for so many steps on crops made once, each of them shaken anew every time."""
    (pictures, numbers, flags), batch = made, 64
    optimiser = torch.optim.AdamW(net.parameters(), rate, weight_decay=1e-3)
    for step in range(steps):
        for group in optimiser.param_groups:
            group['lr'] = rate * min(1, step / 100 + 0.01) * (1 - step / steps) ** 0.9 + 1e-5
        chosen = torch.randint(len(pictures), (batch,))
        x = shaken(pictures[chosen], CROP_SIDE).contiguous(memory_format=torch.channels_last)
        out = net(x)
        loss = functional.cross_entropy(out[:, : len(NAMES)], numbers[chosen])
        loss = loss + 0.3 * functional.binary_cross_entropy_with_logits(
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
    net.head.weight.data = torch.from_numpy(arrays['head.weight'].copy())
    net.head.bias.data = torch.from_numpy(arrays['head.bias'].copy())
    return net.eval()


# --- the command ----------------------------------------------------------------------------


def photos_in(folder: str) -> list[np.ndarray]:
    """Every second photograph of the folder; the others are kept to judge by."""
    if not folder:
        return []
    found = [cv2.imread(str(path)) for path in sorted(Path(folder).glob('*.jpg'))[::2]]
    return [picture for picture in found if picture is not None]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or '').splitlines()[0])
    parser.add_argument('--out', required=True)
    parser.add_argument('--start', default='', help='weights to go on from')
    parser.add_argument('--photos', default='', help='folder of real photographs')
    parser.add_argument('--count', type=int, default=26000, help='crops to draw')
    parser.add_argument('--steps', type=int, default=2900)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--others', type=float, default=0.0, help='more of every class, 0 to 1')
    asked = parser.parse_args()
    torch.manual_seed(asked.seed)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    net = resumed(asked.start) if asked.start else Namer()
    made = crops_made(asked.count, asked.seed, photos_in(asked.photos), asked.others)
    net = net.to(memory_format=torch.channels_last)
    net = train(net, made, asked.steps, 6e-4 if asked.start else 3e-3)
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
