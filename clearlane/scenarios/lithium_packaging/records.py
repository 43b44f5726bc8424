"""What an enterprise declares and registers: the batch, the design, the performance sheet."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from clearlane.codes import Invalid, un_mark, un_number

Line = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Key = Annotated[str, StringConstraints(pattern=r'^[\w.\-/#()]{1,80}$')]
Serial = Annotated[str, StringConstraints(pattern=r'^[A-Za-z0-9][A-Za-z0-9.\-/]{2,39}$')]
Mass = Annotated[Decimal, Field(gt=0, le=10_000, max_digits=9, decimal_places=3)]
Hash = Annotated[str, StringConstraints(pattern=r'^[0-9a-f]{64}$')]
Mode = Literal['sea', 'air', 'road', 'rail']
Rating = Annotated[Decimal, Field(gt=0, le=1_000_000, max_digits=12, decimal_places=4)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Regime = Literal['sound', 'damaged', 'critical', 'waste', 'prototype']
View = Annotated[str, StringConstraints(pattern=r'^[a-z0-9_]{1,40}$')]
Shown = Literal[
    'un_mark', 'un_number', 'hazard_label', 'serial', 'gross_mass_kg', 'net_mass_kg', 'closure'
]
DocumentKind = Literal[
    'factory_inspection_sheet',
    'un38_3_test_summary',
    'hazard_classification_report',
    'compatibility_declaration',
]


class _Record(BaseModel):
    model_config = ConfigDict(extra='forbid', frozen=True, str_strip_whitespace=True)


def _mark(value: str) -> str:
    try:
        return un_mark.validate(value)
    except Invalid as error:
        raise ValueError(error.message) from error


def _un_number(value: str) -> str:
    try:
        return un_number.validate(value)
    except Invalid as error:
        raise ValueError(error.message) from error


class Document(_Record):
    """A paper that accompanies the batch, by its number and day of issue."""

    kind: DocumentKind = Field(title='单证种类 / kind')
    no: Line = Field(title='编号 / number')
    day: date = Field(title='签发日期 / day of issue')


class Batch(_Record):
    """One export batch of packed lithium batteries (一批出口锂电池包装)."""

    batch_no: Key = Field(title='批号 / batch number')
    plant: Line = Field(title='工厂 / plant')
    line: Line = Field(title='包装产线 / packaging line')
    design: Key = Field(title='包装设计编号 / package design')
    performance_sheet: Key = Field(title='性能检验结果单 / performance sheet')
    un_number: str = Field(title='联合国编号 / UN number')
    proper_shipping_name: Line = Field(title='正确运输名称 / proper shipping name')
    packing_instruction: str = Field(
        title='包装导则 / packing instruction',
        pattern=r'^(P903(\([1-5]\))?|P908|P909|P910|P911|LP903|LP904|LP905|LP906)$',
    )
    boxes: int = Field(title='件数 / number of boxes', ge=1, le=10_000)
    serials: list[Serial] = Field(title='箱号 / serials of the boxes', max_length=10_000)
    gross_mass_kg: Mass = Field(title='单件毛重 (kg) / gross mass of a box')
    net_mass_kg: Mass = Field(title='单件净重 (kg) / net mass of a box')
    production_day: date = Field(title='生产日期 / production day')
    packing_day: date = Field(title='包装日期 / packing day')
    transport_mode: Mode = Field(title='运输方式 / transport mode')
    destination: Line = Field(title='运抵国 / destination')
    regime: Regime | None = Field(
        None,
        title='货物状态 / state of the goods',
        description='留空时以包装导则为准 / left empty, the packing instruction says it',
        json_schema_extra={
            'titles': {
                'sound': '正常 / sound',
                'damaged': '损坏或缺陷 / damaged or defective',
                'critical': '损坏且易发生危险反应 / damaged and liable to react',
                'waste': '待处置或回收 / for disposal or recycling',
                'prototype': '样品或小批量 / prototypes',
            }
        },
    )
    special_provision_188: bool = Field(False, title='适用特殊规定 188 / packed under SP 188')
    special_provision_400: bool = Field(False, title='适用特殊规定 400 / packed under SP 400')
    cell_wh: Rating | None = Field(None, title='电芯额定能量 (Wh) / rating of a cell')
    battery_wh: Rating | None = Field(None, title='电池组额定能量 (Wh) / rating of a battery')
    cell_lithium_g: Rating | None = Field(None, title='电芯锂含量 (g) / lithium of a cell')
    battery_lithium_g: Rating | None = Field(None, title='电池组锂含量 (g) / lithium of a battery')
    cells_per_box: Count | None = Field(None, title='每件电芯数 / cells in a box')
    batteries_per_box: Count | None = Field(None, title='每件电池组数 / batteries in a box')
    items_per_box: Count | None = Field(None, title='每件物品数 / items in a box')
    item_mass_kg: Mass | None = Field(None, title='单个电池质量 (kg) / mass of one battery')
    button_cells_only: bool = Field(False, title='仅含纽扣电池 / button cells only')
    production_run: Count | None = Field(None, title='生产批量 (SP 310) / production run')
    overpack: bool = Field(False, title='使用集合包装 / in an overpack')
    documents: list[Document] = Field(title='随附单证 / documents', max_length=20)

    un_number_is_one = field_validator('un_number')(_un_number)


class FactorySheet(_Record):
    """The factory inspection sheet (厂检单)."""

    no: Key = Field(title='编号 / number')
    issued: date = Field(title='签发日期 / day of issue')
    batch_no: Key = Field(title='批号 / batch number')
    performance_sheet: Key = Field(title='性能检验结果单 / performance sheet')
    boxes: int = Field(title='件数 / number of boxes', ge=1, le=10_000)
    gross_mass_kg: Mass = Field(title='单件毛重 (kg) / gross mass of a box')
    net_mass_kg: Mass = Field(title='单件净重 (kg) / net mass of a box')
    appearance: Literal['sound', 'damaged'] = Field(title='外观 / appearance')
    closure: Literal['as_instructed', 'otherwise'] = Field(title='封口 / closure')
    inspector: Line = Field(title='检验员 / inspector')
    result: Literal['conforms', 'does_not_conform'] = Field(title='检验结果 / result')


class TestSummary(_Record):
    """The UN 38.3 test summary (UN 38.3 试验概要)."""

    manufacturer: Line = Field(title='制造商 / manufacturer')
    laboratory: Line = Field(title='试验室 / laboratory')
    report_no: Line = Field(title='报告编号 / number of the report')
    issued: date = Field(title='报告日期 / day of the report')
    product: Line = Field(title='型号 / model')
    chemistry: Literal['lithium_ion', 'lithium_metal', 'sodium_ion'] = Field(
        title='类型 / chemistry'
    )
    cell_wh: Rating | None = Field(None, title='电芯额定能量 (Wh) / rating of a cell')
    battery_wh: Rating | None = Field(None, title='电池组额定能量 (Wh) / rating of a battery')
    cell_lithium_g: Rating | None = Field(None, title='电芯锂含量 (g) / lithium of a cell')
    battery_lithium_g: Rating | None = Field(None, title='电池组锂含量 (g) / lithium of a battery')
    tests: list[Line] = Field(title='试验项目 / tests', min_length=1, max_length=12)
    result: Literal['passed', 'failed'] = Field(title='结果 / result')


class HazardReport(_Record):
    """The hazard classification report (危险特性分类鉴别报告)."""

    applicant: Line = Field(title='申请人 / applicant')
    laboratory: Line = Field(title='鉴定机构 / laboratory')
    issued: date = Field(title='签发日期 / day of issue')
    valid_until: date | None = Field(None, title='有效期至 / valid until')
    goods: Line = Field(title='货物名称 / goods')
    un_number: str = Field(title='联合国编号 / UN number')
    hazard_class: Literal['9'] = Field(title='危险类别 / hazard class')

    un_number_is_one = field_validator('un_number')(_un_number)


class CompatibilityDeclaration(_Record):
    """The compatibility declaration of plastics (相容性自我声明)."""

    packaging: Line = Field(title='包装容器 / packaging')
    mark: str = Field(title='包装标记(不含 PI)/ UN mark without PI')
    goods: Line = Field(title='货物名称 / goods')
    issued: date = Field(title='签发日期 / day of issue')
    tested_months: int | None = Field(None, title='试验月数 / months of test', ge=0, le=120)
    declared_by: Line | None = Field(None, title='声明人 / who declares it')

    mark_is_well_formed = field_validator('mark')(_mark)


class RequiredView(_Record):
    """A photograph that each box must have, and what can be read from it."""

    view: View = Field(title='视角 / view')
    shows: list[Shown] = Field(title='应可读出 / shows', min_length=1)


class PackageDesign(_Record):
    """A registered package design (预甄别信息)."""

    name: Line = Field(title='名称 / name')
    mark: str = Field(title='包装标记(不含 PI)/ UN mark without PI')
    un_numbers: list[str] = Field(title='适用联合国编号 / UN numbers', min_length=1, max_length=20)
    views: list[RequiredView] = Field(
        title='必拍视角 / required views', min_length=1, max_length=12
    )
    closing_instruction: Line = Field(title='封口说明 / closing instruction')
    plastics: bool = Field(False, title='塑料或复合容器 / plastics or composite')
    inner_packaging: Line = Field(title='内包装 / inner packaging')
    reference_photographs: dict[View, Hash] = Field(
        default_factory=dict, title='备案照片(视角→SHA-256)/ registered photographs', max_length=12
    )

    mark_is_well_formed = field_validator('mark')(_mark)

    @field_validator('un_numbers')
    @classmethod
    def _un_numbers(cls, values: list[str]) -> list[str]:
        return [_un_number(value) for value in values]


class PerformanceSheet(_Record):
    """The performance inspection result sheet (性能检验结果单) of a lot of packagings."""

    mark: str = Field(title='包装标记及批号 / UN mark with PI')
    applicant: Line = Field(title='申请人 / applicant')
    packaging: Line = Field(title='包装容器名称及规格 / packaging and size')
    quantity: int = Field(title='数量 / quantity', ge=1, le=10_000_000)
    production_day: date = Field(title='包装容器生产日期 / production day')
    issued: date = Field(title='签证日期 / issued')
    valid_until: date = Field(title='截止日期 / valid until')
    basis: Line = Field(title='检验依据 / basis')
    intended_goods: Line | None = Field(None, title='拟装货物名称 / goods to be packed')
    state: Literal['solid', 'liquid', 'article'] | None = Field(None, title='状态 / state')
    result: Literal['conforms', 'does_not_conform'] = Field('conforms', title='检验结果 / result')
    user: Line | None = Field(None, title='包装使用人 / user of the packaging')
    port: Line | None = Field(None, title='口岸及运输方式 / port and mode')

    mark_is_well_formed = field_validator('mark')(_mark)
