"""A package of batteries as it is declared: what the synthetic print says when nothing is wrong."""

import random
import re
from dataclasses import dataclass, replace

from clearlane.sample.chance import chance, number

PACKAGINGS = ('carton', 'crate', 'returnable')

NAMES = {
    'UN3480': ('LITHIUM ION BATTERIES', '锂离子电池组'),
    'UN3481': ('LITHIUM ION BATTERIES PACKED WITH EQUIPMENT', '同设备包装在一起的锂离子电池组'),
    'UN3090': ('LITHIUM METAL BATTERIES', '锂金属电池组'),
    'UN3091': ('LITHIUM METAL BATTERIES PACKED WITH EQUIPMENT', '同设备包装在一起的锂金属电池组'),
    'UN3551': ('SODIUM ION BATTERIES WITH ORGANIC ELECTROLYTE', '钠离子电池组,含有机电解质'),
}

# All invented; 示例 (example) stands in each so that none is taken for a company.
MAKERS = (
    ('LUJIANG EXAMPLE BATTERY CO., LTD.', '鹭江示例电池有限公司'),
    ('QIANTANG EXAMPLE ENERGY CO., LTD.', '钱塘示例新能源有限公司'),
    ('HAIXI EXAMPLE POWER TECHNOLOGY', '海西示例动力科技'),
    ('BINJIANG EXAMPLE CELL CO., LTD.', '滨江示例电芯有限公司'),
)


@dataclass(frozen=True, kw_only=True)
class Package:
    """One synthetic package. Whatever belongs to its design is alike on every box of the design."""

    packaging: str = 'carton'  # carton (4G) | crate (4C, 4D) | returnable (4H2)
    mark: str = '4G/Y25/S/24/CN/C230003 PI:001'
    un_number: str = 'UN3480'
    name_en: str = 'LITHIUM ION BATTERIES'
    name_zh: str = '锂离子电池组'
    gross_mass_kg: float = 23.5
    net_mass_kg: float = 21.0
    serial: str = 'XM250525-0001'
    batch: str = '0225'
    maker: str = 'LUJIANG EXAMPLE BATTERY CO., LTD.'
    maker_zh: str = '鹭江示例电池有限公司'
    size_mm: tuple[float, float, float] = (500, 400, 600)  # the face photographed, and the depth
    labels: tuple[str, ...] = ('9A',)  # of 9A, 9, battery_mark
    design: str = 'D-01'  # decides the layout, the printing and the number of lines of the mark
    printing: str = ''  # ink | label | stencil; empty: as the design has it
    mark_lines: int = 0  # 1 to 3; 0: as the design has it

    def __post_init__(self) -> None:
        if self.packaging not in PACKAGINGS:
            raise ValueError(f'packaging must be one of {PACKAGINGS}, not {self.packaging!r}')

    def design_rng(self) -> random.Random:
        """Chance that falls alike for every box of the design."""
        return chance(self.design, self.maker, self.packaging)

    def box_seed(self, view: str) -> int:
        """A number that is this box's own: its board, its dust, where its label was stuck."""
        return number(self.maker, self.serial, view)


def numbered(package: Package, ahead: int) -> Package:
    """The box that comes so many boxes later: its serial counts on, its masses differ a little."""
    found = re.fullmatch(r'(.*?)(\d+)', package.serial)
    if found is None:
        raise ValueError(f'the serial {package.serial!r} does not end in a number')
    stem, digits = found.groups()
    serial = f'{stem}{int(digits) + ahead:0{len(digits)}d}'
    change = chance(package.maker, serial, 'mass').choice((-0.1, 0.0, 0.0, 0.1))
    return replace(
        package,
        serial=serial,
        gross_mass_kg=round(package.gross_mass_kg + change, 1),
        net_mass_kg=round(package.net_mass_kg + change, 1),
    )


def specimen(seed: int, packaging: str = '') -> Package:
    """A plausible synthetic package, another one for every seed."""
    rng = chance('specimen', seed, packaging)
    packaging = packaging or rng.choice(('carton', 'carton', 'crate', 'returnable'))
    code, limit, size = _box(rng, packaging)
    un_number = rng.choice(('UN3480', 'UN3480', 'UN3481', 'UN3090', 'UN3551'))
    maker, maker_zh = rng.choice(MAKERS)
    gross = round(limit * rng.uniform(0.8, 0.97), 1)
    level, year = rng.choice('XYY'), rng.choice((24, 25))
    state = f'CN/C{rng.choice((23, 35, 37, 44))}{rng.randint(1, 9999):04d}'
    day = f'{year}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}'
    return Package(
        packaging=packaging,
        mark=f'{code}/{level}{limit}/S/{year}/{state} PI:{rng.randint(1, 140):03d}',
        un_number=un_number,
        name_en=NAMES[un_number][0],
        name_zh=NAMES[un_number][1],
        gross_mass_kg=gross,
        net_mass_kg=round(gross * rng.uniform(0.84, 0.93), 1),
        serial=f'{rng.choice(("XM", "HZ", "SZ", "NB"))}{day}-{rng.randint(1, 900):04d}',
        batch=f'{rng.randint(1, 52):02d}{year}',
        maker=maker,
        maker_zh=maker_zh,
        size_mm=size,
        design=f'D-{rng.randint(1, 999):03d}',
    )


def _box(rng: random.Random, packaging: str) -> tuple[str, int, tuple[float, float, float]]:
    """A packaging code, the gross mass it is tested for and a size that goes with both."""
    if packaging == 'carton':
        size = rng.choice(((500.0, 400.0, 600.0), (460.0, 360.0, 560.0), (540.0, 400.0, 620.0)))
        return '4G', rng.choice((20, 25, 28, 30)), size
    if packaging == 'crate':
        return rng.choice(('4D', '4C1', '4C2')), rng.choice((120, 250, 380)), (760.0, 580.0, 900.0)
    return '4H2', rng.choice((40, 60)), (580.0, 420.0, 400.0)
