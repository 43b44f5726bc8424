"""A shot: how one synthetic photograph is taken, and everything that can be wrong with it."""

from dataclasses import dataclass
from datetime import UTC, datetime

VIEWS = ('front', 'label')

# Each fault with what is then to be seen. The first group is printed wrongly, the second
# happened to the box, the third happened while photographing it.
FAULTS = {
    'wrong_batch': 'the mark has another batch (PI) than the design',
    'wrong_mark_digit': 'one digit of the maker in the mark is another',
    'level_z': 'the mark says performance level Z',
    'mark_missing': 'there is no UN mark',
    'wrong_un_number': 'another UN number is printed',
    'plain_class_9': 'the label is a plain class 9, without the battery group',
    'label_missing': 'there is no hazard label',
    'battery_mark_instead': 'the battery mark stands where the hazard label belongs',
    'arrows_down': 'the orientation arrows point down',
    'serial_missing': 'there is no serial, neither in words nor as a code',
    'overweight': 'the gross mass is above the mass that the mark allows',
    'tape_missing': 'the closure is open: no tape, strap or seal',
    'mark_smeared': 'the UN mark is smeared and cannot be read',
    'label_covered': 'another paper is stuck over the hazard label',
    'label_torn': 'part of the hazard label is torn off',
    'wet': 'the box stands in the wet; its lower part is stained',
    'crushed': 'a corner is crushed',
    'hole': 'there is a hole in the wall',
    'blurred': 'the picture is out of focus',
    'dark': 'the picture is far too dark',
    'glare': 'a reflection burns out what is looked for',
    'cut_off': 'part of the face is outside the picture',
    'exif_90': 'the pixels are stored turned right by 90 degrees, and the EXIF tag says so',
    'exif_180': 'the pixels are stored upside down, and the EXIF tag says so',
    'exif_270': 'the pixels are stored turned left by 90 degrees, and the EXIF tag says so',
    'tilted_90': 'the picture itself is turned right by 90 degrees; no tag says so',
    'tilted_180': 'the picture itself is upside down; no tag says so',
    'tilted_270': 'the picture itself is turned left by 90 degrees; no tag says so',
}

# Where a fault is to be seen; those not named here are seen in either view.
SEEN_IN = {
    'wrong_batch': 'front',
    'wrong_mark_digit': 'front',
    'level_z': 'front',
    'mark_missing': 'front',
    'mark_smeared': 'front',
    'overweight': 'front',
    'plain_class_9': 'label',
    'label_missing': 'label',
    'battery_mark_instead': 'label',
    'label_covered': 'label',
    'label_torn': 'label',
    'arrows_down': 'label',
}


@dataclass(frozen=True, kw_only=True)
class Shot:
    """How one photograph is taken. The same package and shot give the same bytes."""

    seed: int = 0
    view: str = 'front'  # front: mark, name, masses | label: hazard label, arrows; serial on both
    width: int = 1920
    height: int = 1440
    faults: tuple[str, ...] = ()
    hardness: float = 0.2  # 0: clean, straight on; 1: steep, dim, blurred, noisy
    style: str = 'line'  # line: camera fixed over a conveyor | phone: held by hand
    line: int = 0  # which packing line: its hall, its light, where its camera hangs
    at: datetime = datetime(2025, 5, 25, 9, 30, tzinfo=UTC)  # written into the EXIF data

    def __post_init__(self) -> None:
        if self.view not in VIEWS:
            raise ValueError(f'view must be one of {VIEWS}, not {self.view!r}')
        for fault in self.faults:
            if fault not in FAULTS:
                raise ValueError(f'no such fault: {fault!r}')
        if not 0 <= self.hardness <= 1:
            raise ValueError(f'hardness must be between 0 and 1, not {self.hardness}')
        if self.at.tzinfo is None:
            raise ValueError('the moment must have a time zone')

    def turn(self, prefix: str) -> int:
        """By how many quarters to the right a fault of this name turns the picture."""
        for fault in self.faults:
            if fault.startswith(prefix):
                return int(fault.removeprefix(prefix)) // 90
        return 0
