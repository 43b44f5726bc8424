"""Where the synthetic camera stands, and how mm in front of it become pixels.

The world is measured in mm: x to the right, y down, z away from the camera. The middle of
the wall photographed is the origin while the box stands where it should.
"""

from dataclasses import dataclass, replace

import numpy as np

from clearlane.sample.chance import number
from clearlane.sample.sheet import Points
from clearlane.sample.shot import Shot


@dataclass(frozen=True, kw_only=True)
class Style:
    """A kind of camera, and how it is held. Angles in degrees; steep ones are for hard shots."""

    make: str
    focal: float  # in picture widths: a long lens flattens
    fill: float  # how much of the picture the wall fills
    fixed: bool  # the camera stays where it is from box to box
    yaw: tuple[float, float]  # largest turn to either side, at hardness 0 and at hardness 1
    pitch: tuple[float, float]  # looking down on the box, likewise
    roll: tuple[float, float]
    sharpened: float  # how much the camera sharpens by itself
    noise: tuple[float, float]  # standard deviation in grey levels, likewise
    quality: tuple[int, int]  # of the JPEG, likewise


STYLES = {
    'line': Style(
        make='synthetic line camera', focal=1.9, fill=0.78, fixed=True, yaw=(4, 26),
        pitch=(13, 26), roll=(0.4, 3), sharpened=0.0, noise=(1.6, 9), quality=(93, 68),
    ),
    'phone': Style(
        make='synthetic phone', focal=1.0, fill=0.76, fixed=False, yaw=(6, 32),
        pitch=(19, 30), roll=(1.2, 6), sharpened=0.5, noise=(1.2, 8), quality=(92, 62),
    ),
}  # fmt: skip


def between(ends: tuple[float, float], hardness: float) -> float:
    """From the value at hardness 0 to that at hardness 1."""
    return ends[0] + (ends[1] - ends[0]) * hardness


@dataclass(frozen=True)
class Camera:
    """A pinhole. Plain numbers only, so that what it sees can be kept and found again."""

    width: int
    height: int
    focal_px: float
    yaw: float
    pitch: float
    roll: float
    place: tuple[float, float, float]  # the origin of the world as the camera sees it, in mm

    def rotation(self) -> Points:
        """From the world to the camera."""
        return np.asarray(turned('z', self.roll) @ turned('x', self.pitch) @ turned('y', self.yaw))

    def project(self, world: Points) -> Points:
        """Points of the world as pixels."""
        seen = world @ self.rotation().T + np.array(self.place)
        middle = np.array([self.width / 2, self.height / 2])
        return np.asarray(self.focal_px * seen[:, :2] / seen[:, 2:] + middle)

    def plane(self, origin: Points, along: Points, down: Points) -> Points:
        """The homography from mm on a plane of the world to pixels."""
        r = self.rotation()
        lens = np.array(
            [[self.focal_px, 0, self.width / 2], [0, self.focal_px, self.height / 2], [0, 0, 1]]
        )
        seat = r @ origin + np.array(self.place)
        return np.asarray(lens @ np.stack([r @ along, r @ down, seat], axis=1))

    def smaller(self, factor: float) -> 'Camera':
        """The same view in fewer pixels."""
        size = (round(self.width * factor), round(self.height * factor))
        return replace(self, width=size[0], height=size[1], focal_px=self.focal_px * factor)


def turned(axis: str, degrees: float) -> Points:
    """A rotation about an axis of the world."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    rows = {
        'x': [[1, 0, 0], [0, c, -s], [0, s, c]],
        'y': [[c, 0, s], [0, 1, 0], [-s, 0, c]],
        'z': [[c, -s, 0], [s, c, 0], [0, 0, 1]],
    }
    return np.array(rows[axis])


@dataclass(frozen=True)
class Stand:
    """A box in the world: its size, where it stands and how it is turned on the belt."""

    size_mm: tuple[float, float, float]
    x: float
    z: float
    yaw: float

    def world(self, local: Points) -> Points:
        """From mm on the box (origin: the middle of its front) to the world."""
        return np.asarray(local @ turned('y', self.yaw).T + np.array([self.x, 0, self.z]))

    def direction(self, local: Points) -> Points:
        """A direction on the box as one of the world."""
        return np.asarray(turned('y', self.yaw) @ local)

    def front(self) -> Points:
        """The corners of the wall photographed, clockwise from its top left."""
        w, h, _ = self.size_mm
        half = np.array([[-w, -h, 0], [w, -h, 0], [w, h, 0], [-w, h, 0]]) / 2
        return self.world(half)


def stand_of(shot: Shot, size_mm: tuple[float, float, float], serial: str) -> Stand:
    """Where this box came to stand on the belt: never twice quite the same."""
    rng = np.random.default_rng([shot.seed, number('stand', serial, shot.view)])
    x, z, yaw = rng.normal(0, 1, 3).clip(-2, 2)
    return Stand(size_mm, float(x * 7), float(z * 6), float(yaw * 0.9))


def camera_of(shot: Shot, size_mm: tuple[float, float, float], serial: str) -> Camera:
    """Where the camera is for this shot; on a line, the same for all boxes of one size."""
    style = STYLES[shot.style]
    seed = number('camera', shot.line, shot.view)
    if not style.fixed:
        seed = number('camera', shot.seed, serial, shot.view)
    rng = np.random.default_rng(seed)
    yaw = float(rng.choice((-1, 1)) * rng.uniform(0.45, 1)) * between(style.yaw, shot.hardness)
    pitch = float(rng.uniform(0.75, 1)) * between(style.pitch, shot.hardness)
    roll = float(rng.normal(0, 0.5)) * between(style.roll, shot.hardness)
    focal = style.focal * shot.width
    w, h, _ = size_mm
    scale = style.fill * min(shot.width / w, shot.height * 1.02 / h)
    camera = Camera(
        shot.width, shot.height, focal, yaw, pitch, roll, (0.0, 0.06 * h, focal / scale)
    )
    camera = _holding(camera, Stand(size_mm, 0, 0, 0).front())
    if 'cut_off' in shot.faults:
        # Towards what is looked for, so that the mark or the label is cut through.
        rng = np.random.default_rng([shot.seed, number('cut', serial)])
        aside = float(rng.choice((-1, 1)) * rng.uniform(0.42, 0.52)) * w
        x, y, z = camera.place
        camera = replace(camera, place=(x + aside, y + 0.1 * h * float(rng.normal()), z * 0.92))
    return camera


def _holding(camera: Camera, front: Points) -> Camera:
    """The camera moved so that the whole wall is in the picture with a little room to spare."""
    size = np.array([camera.width, camera.height])
    for _ in range(60):
        seen = camera.project(front)
        low, high = seen.min(axis=0) / size, seen.max(axis=0) / size
        if (low > 0.035).all() and (high < 0.965).all():
            return camera
        x, y, z = camera.place
        off = (low + high) / 2 - 0.5
        mm = size * z / camera.focal_px
        camera = replace(
            camera,
            place=(x - float(off[0] * mm[0]), y - float(off[1] * mm[1]) * 0.9, z * 1.03),
        )
    return camera
