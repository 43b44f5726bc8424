"""Train the two small networks that find and name labels, from pictures drawn here.

    python tools/train_labels.py names  --out clearlane/recognisers/labels/names.onnx
    python tools/train_labels.py places --out clearlane/recognisers/labels/places.onnx

`names` says what lies in one straightened crop, `places` where labels lie in a whole
picture. PyTorch and onnx are needed for this script alone; nothing else imports them.
`--photos FOLDER` mixes in real photographs without any transport label as backgrounds
and counter-examples; every second one, so that the rest can still judge the result.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import cv2
import label_faces as faces
import label_scenes as scenes
import numpy as np
import torch
from torch import nn
from torch.nn import functional

from clearlane.recognisers.labels.names import NAMES, STATES
from clearlane.recognisers.labels.quads import clockwise, crop, quads

Rng = np.random.Generator
Outlines = list[tuple[np.ndarray, list[np.ndarray]]]
KEPT_SIDE = 112  # training crops are kept a little larger and cut to size by chance


# --- names: what lies in a crop -------------------------------------------------------------

def block(ins: int, outs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(ins, outs, 3, stride, 1, bias=False), nn.BatchNorm2d(outs),
                         nn.ReLU(inplace=True))


class Namer(nn.Module):
    """A plain convolutional network: 96 x 96 colour in, names and states out."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            block(3, 16, 2), block(16, 32, 2), block(32, 48), block(48, 64, 2), block(64, 64),
            block(64, 96, 2), block(96, 128))
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(256, len(NAMES) + len(STATES))

    def forward(self, crops: torch.Tensor) -> torch.Tensor:
        seen = self.body(crops)
        pooled = torch.cat([seen.mean(dim=(2, 3)), seen.amax(dim=(2, 3))], dim=1)
        return self.head(self.drop(pooled))


def labelled_crop(rng: Rng, photos: list[np.ndarray],
                  pool: Outlines) -> tuple[np.ndarray, int, list[float]]:
    """One crop, the number of its name, and its states."""
    draw = rng.random()
    if draw < 0.2:
        return nothing(rng, pool), NAMES.index('none'), [0.0] * len(STATES)
    face = scenes.any_face(rng) if draw < .9 else faces.other_box(rng)
    picture, corners, states = scenes.close_up(rng, photos, face)
    side = float(np.linalg.norm(corners[1] - corners[0]))
    quad = clockwise(corners)
    if face.kind != 'orientation_arrows' and rng.random() < 0.25:
        quad = np.roll(quad, int(rng.integers(4)), axis=0)
    middle = quad.mean(axis=0)
    missed = rng.random() < 0.06
    if missed:  # an outline that is not the label's own
        grow = rng.choice([rng.uniform(.25, .6), rng.uniform(1.5, 2.2)])
        quad = (quad - middle) * grow + middle + rng.uniform(-.4, .4, 2) * side
    else:
        quad = (quad - middle) * rng.uniform(.86, 1.1) + middle + rng.normal(0, .025, (4, 2)) * side
    name = face.kind if face.value == 'unread' else face.value
    number = NAMES.index('none' if missed or name in faces.OTHER else name)
    flags = [0.0 if missed else float(state in states) for state in STATES]
    return crop(picture, quad.astype(np.float32), KEPT_SIDE), number, flags


def nothing(rng: Rng, found: Outlines) -> np.ndarray:
    """A crop without a label: an outline that the search found, or any place at all."""
    picture, outlines = found[int(rng.integers(len(found)))]
    if outlines and rng.random() < 0.8:
        quad = outlines[int(rng.integers(len(outlines)))]
        quad = quad + rng.normal(0, .03, (4, 2)) * np.linalg.norm(quad[1] - quad[0])
    else:
        shape = np.array([[0, -1], [1, 0], [0, 1], [-1, 0]]) if rng.random() < .6 else np.array(
            [[-1, -1], [1, -1], [1, 1], [-1, 1]])
        quad = shape * rng.uniform(20, 150) / 2 + rng.uniform(0, picture.shape[0], 2)
    return scenes.degrade(crop(picture, quad.astype(np.float32), KEPT_SIDE), rng, .5)


def outlines_of_nothing(rng: Rng, photos: list[np.ndarray]) -> Outlines:
    """Clutter and real photographs without a transport label, with the outlines found there."""
    pool = []
    for _ in range(400):
        if photos and rng.random() < .5:
            picture = photos[int(rng.integers(len(photos)))]
            angle = cv2.getRotationMatrix2D((320, 320), rng.choice([0, rng.uniform(-180, 180)]), 1)
            picture = cv2.warpAffine(picture, angle, picture.shape[1::-1],
                                     borderMode=cv2.BORDER_REFLECT)
        else:
            picture = scenes.background(rng, 400, 400, photos)
            scenes.clutter(picture, rng, int(rng.integers(3, 15)))
        picture = scenes.degrade(picture, rng)
        pool.append((picture, quads(picture)))
    return pool


def crops_made(count: int, seed: int, photos: list[np.ndarray]) -> tuple[torch.Tensor, ...]:
    rng = np.random.default_rng(seed)
    pictures = np.empty((count, KEPT_SIDE, KEPT_SIDE, 3), np.uint8)
    numbers, flags = np.empty(count, np.int64), np.empty((count, len(STATES)), np.float32)
    pool = outlines_of_nothing(rng, photos)
    for k in range(count):
        pictures[k], numbers[k], flags[k] = labelled_crop(rng, photos, pool)
        if k % 5000 == 4999:
            print(f'{k + 1} crops', flush=True)
    return torch.from_numpy(pictures), torch.from_numpy(numbers), torch.from_numpy(flags)


def shaken(pictures: torch.Tensor, side: int) -> torch.Tensor:
    """A batch cut to size at random places and sizes, in random light."""
    count = len(pictures)
    x = pictures.permute(0, 3, 1, 2).float() / 255
    grow = torch.empty(count).uniform_(.84, 1.06)
    turn = torch.zeros(count, 2, 3)
    turn[:, 0, 0], turn[:, 1, 1] = grow, grow * torch.empty(count).uniform_(.94, 1.06)
    turn[:, 0, 1] = torch.empty(count).normal_(0, .06)
    turn[:, 1, 0] = torch.empty(count).normal_(0, .06)
    turn[:, :, 2] = torch.empty(count, 2).normal_(0, .04)
    grid = functional.affine_grid(turn, [count, 3, side, side], align_corners=False)
    x = functional.grid_sample(x, grid, align_corners=False, padding_mode='border')
    x = x * torch.empty(count, 1, 1, 1).uniform_(.7, 1.25) + torch.empty(count, 1, 1, 1).uniform_(
        -.08, .08)
    return x.clamp(0, 1)


def train_names(count: int, seconds: float, photos: list[np.ndarray]) -> Namer:
    from clearlane.recognisers.labels.quads import CROP_SIDE
    pictures, numbers, flags = crops_made(count, 1, photos)
    held = crops_made(1500, 2, photos)
    net, batch = Namer().to(memory_format=torch.channels_last), 64
    optimiser = torch.optim.AdamW(net.parameters(), 3e-3, weight_decay=1e-3)
    begun, step = time.process_time(), 0
    while (done := (time.process_time() - begun) / seconds) < 1:
        for group in optimiser.param_groups:
            group['lr'] = 3e-3 * min(1, step / 100 + .01) * (1 - done) ** 0.9 + 1e-5
        chosen = torch.randint(len(pictures), (batch,))
        x = shaken(pictures[chosen], CROP_SIDE).contiguous(memory_format=torch.channels_last)
        out = net(x)
        loss = functional.cross_entropy(out[:, :len(NAMES)], numbers[chosen])
        loss = loss + .3 * functional.binary_cross_entropy_with_logits(
            out[:, len(NAMES):], flags[chosen])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        step += 1
        if step % 200 == 0:
            print(f'step {step} {done:.0%} loss {loss.item():.3f} held {_held(net, held)}',
                  flush=True)
    return net.eval()


def _held(net: Namer, held: tuple[torch.Tensor, ...]) -> str:
    net.eval()
    inset = (KEPT_SIDE - 96) // 2
    with torch.no_grad():
        whole = held[0].permute(0, 3, 1, 2).float() / 255
        x = functional.interpolate(whole, size=(96, 96), mode='area') if inset else whole
        guess = net(x)[:, :len(NAMES)].argmax(1)
    net.train()
    return f'{(guess == held[1]).float().mean().item():.3f}'


# --- places: where labels lie in a picture --------------------------------------------------

KINDS = ('hazard_label', 'battery_mark', 'orientation_arrows')
SCENE = (512, 384)
STRIDE = 4
REACH = 16.0  # pixels: the unit in which the corners are told from the middle


class Placer(nn.Module):
    """For each 4 x 4 pixels: is it the middle of a label of a kind, and where are its corners?"""

    def __init__(self) -> None:
        super().__init__()
        self.quarter = nn.Sequential(block(3, 16, 2), block(16, 24, 2))
        self.eighth = nn.Sequential(block(24, 48, 2), block(48, 48))
        self.sixteenth = nn.Sequential(block(48, 96, 2), block(96, 96))
        self.coarse = nn.Sequential(block(96, 128, 2), block(128, 128))
        self.down = nn.ModuleList([nn.Conv2d(128, 96, 1), nn.Conv2d(96, 48, 1),
                                   nn.Conv2d(48, 32, 1)])
        self.across = nn.Conv2d(24, 32, 1)
        self.mix = block(32, 32)
        self.head = nn.Conv2d(32, len(KINDS) + 8, 1)
        nn.init.constant_(self.head.bias, -4.0)
        nn.init.constant_(self.head.bias[len(KINDS):], 0.0)

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        fine = self.quarter(picture)
        middle = self.eighth(fine)
        wide = self.sixteenth(middle)
        wide = functional.relu(wide + _doubled(self.down[0](self.coarse(wide))))
        middle = functional.relu(middle + _doubled(self.down[1](wide)))
        fine = functional.relu(self.across(fine) + _doubled(self.down[2](middle)))
        out = self.head(self.mix(fine))
        return torch.cat([torch.sigmoid(out[:, :len(KINDS)]), out[:, len(KINDS):]], dim=1)


def _doubled(x: torch.Tensor) -> torch.Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode='nearest')


def target(truths: list[scenes.Truth]) -> np.ndarray:
    """What the net should say: heat a kind, eight corner offsets, and their weight."""
    wide, high = SCENE[0] // STRIDE, SCENE[1] // STRIDE
    sheet = np.zeros((len(KINDS) + 9, high, wide), np.float32)
    y, x = np.mgrid[0:high, 0:wide]
    for truth in truths:
        corners = clockwise(truth.corners)
        middle = corners.mean(axis=0)
        cx, cy = (int(c // STRIDE) for c in middle)
        side = float(np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1).mean())
        if not (0 <= cx < wide and 0 <= cy < high) or side < 12:
            continue
        spread = max(.8, side / STRIDE / 9)
        heat = np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * spread ** 2))
        kind = KINDS.index(truth.kind)
        sheet[kind] = np.maximum(sheet[kind], heat)
        for i, j in ((0, 0), (0, 1), (1, 0), (0, -1), (-1, 0)):
            if 0 <= cx + i < wide and 0 <= cy + j < high:
                here = (np.array([cx + i, cy + j]) + .5) * STRIDE
                sheet[len(KINDS):-1, cy + j, cx + i] = ((corners - here) / REACH).ravel()
                sheet[-1, cy + j, cx + i] = min(1.0, 40 / side)
    return sheet


def scenes_made(count: int, seed: int, photos: list[np.ndarray]) -> tuple[torch.Tensor, ...]:
    rng = np.random.default_rng(seed)
    pictures = np.empty((count, SCENE[1], SCENE[0], 3), np.uint8)
    sheets = np.empty((count, len(KINDS) + 9, SCENE[1] // STRIDE, SCENE[0] // STRIDE), np.float16)
    for k in range(count):
        truths: list[scenes.Truth] = []
        if photos and rng.random() < .1:  # a real photograph in which nothing is to be found
            photo = photos[int(rng.integers(len(photos)))][80:560]
            pictures[k] = cv2.resize(scenes.degrade(photo, rng, .5), SCENE)
        else:
            pictures[k], truths = scenes.scene(rng, photos, *SCENE)
        sheets[k] = target(truths)
        if k % 500 == 499:
            print(f'{k + 1} scenes', flush=True)
    return torch.from_numpy(pictures), torch.from_numpy(sheets)


def places_loss(out: torch.Tensor, sheet: torch.Tensor) -> torch.Tensor:
    """Focal loss on the heat (as in CenterNet), absolute error on the corners."""
    heat, want = out[:, :len(KINDS)].clamp(1e-4, 1 - 1e-4), sheet[:, :len(KINDS)]
    hit = (want > .999).float()
    loss = -(hit * (1 - heat) ** 2 * heat.log()
             + (1 - hit) * (1 - want) ** 4 * heat ** 2 * (1 - heat).log())
    weight = sheet[:, -1:]
    away = (out[:, len(KINDS):] - sheet[:, len(KINDS):-1]).abs() * weight
    return loss.sum() / hit.sum().clamp(1) + 0.25 * away.sum() / (weight > 0).sum().clamp(1)


def train_places(count: int, seconds: float, photos: list[np.ndarray]) -> Placer:
    pictures, sheets = scenes_made(count, 3, photos)
    net, batch = Placer().to(memory_format=torch.channels_last), 8
    optimiser = torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=1e-3)
    begun, step, recent = time.process_time(), 0, 0.0
    while (done := (time.process_time() - begun) / seconds) < 1:
        for group in optimiser.param_groups:
            group['lr'] = 2e-3 * min(1, step / 50 + .02) * (1 - done) ** 0.9 + 1e-5
        chosen = torch.randint(len(pictures), (batch,))
        x = pictures[chosen].permute(0, 3, 1, 2).float() / 255
        x = (x * torch.empty(batch, 3, 1, 1).uniform_(.8, 1.2)).clamp(0, 1)
        x = x.contiguous(memory_format=torch.channels_last)
        loss = places_loss(net(x), sheets[chosen].float())
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        step, recent = step + 1, .95 * recent + .05 * loss.item()
        if step % 50 == 0:
            print(f'step {step} {done:.0%} loss {recent:.3f}', flush=True)
    return net.eval()


# --- the command ----------------------------------------------------------------------------

def photos_in(folder: str) -> list[np.ndarray]:
    """Every second photograph of the folder; the others are kept to judge by."""
    if not folder:
        return []
    found = [cv2.imread(str(path)) for path in sorted(Path(folder).glob('*.jpg'))[::2]]
    return [picture for picture in found if picture is not None]


def export(net: nn.Module, shape: tuple[int, ...], out: str, axes: dict[int, str]) -> None:
    torch.onnx.export(net.to(memory_format=torch.contiguous_format), (torch.zeros(shape),), out,
                      input_names=['picture'], output_names=['found'],
                      dynamic_axes={'picture': axes, 'found': axes}, opset_version=17,
                      dynamo=False)
    print(f'{out}: {Path(out).stat().st_size} bytes')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('net', choices=['names', 'places'])
    parser.add_argument('--out', required=True)
    parser.add_argument('--photos', default='')
    parser.add_argument('--count', type=int, default=24000)
    parser.add_argument('--seconds', type=float, default=420)
    asked = parser.parse_args()
    torch.manual_seed(7)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    photos = photos_in(asked.photos)
    if asked.net == 'names':
        names = train_names(asked.count, asked.seconds, photos)
        export(names, (1, 3, 96, 96), asked.out, {0: 'count'})
    else:
        places = train_places(asked.count, asked.seconds, photos)
        export(places, (1, 3, SCENE[1], SCENE[0]), asked.out, {2: 'height', 3: 'width'})


if __name__ == '__main__':
    main()
