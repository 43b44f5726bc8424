"""What is declared and registered: the journey, and the routes that journeys take."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from clearlane.codes import Invalid, container_number, licence_plate

Line = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Key = Annotated[str, StringConstraints(pattern=r'^[\w.\-/#()]{1,80}$')]
SealNumber = Annotated[str, StringConstraints(pattern=r'^[A-Z0-9][A-Z0-9\-]{3,23}$')]
Place = Annotated[
    str, StringConstraints(pattern=r'^-?\d{1,2}(\.\d{1,17})?, ?-?\d{1,3}(\.\d{1,17})?$')
]
"""Latitude and longitude in degrees, as in `24.4798, 118.0894`."""
Datum = Literal['wgs84', 'gcj02']


class _Record(BaseModel):
    model_config = ConfigDict(extra='forbid', frozen=True, str_strip_whitespace=True)


class DeviceUse(_Record):
    """A device that goes along, and what it is fixed to."""

    code: Key = Field(title='设备编号 / code of the device')
    role: Literal['vehicle', 'lock'] = Field(title='安装位置 / fixed to')


class Journey(_Record):
    """One journey of goods under customs seal (一次在途监管运输)."""

    no: Key = Field(title='运输单号 / number of the journey')
    purpose: Literal['customs_transfer', 'exhibition', 'bonded_transport'] = Field(
        title='监管事由 / purpose',
        json_schema_extra={
            'titles': {
                'customs_transfer': '转关 / customs transfer',
                'exhibition': '展品 / exhibits',
                'bonded_transport': '保税运输 / bonded transport',
            }
        },
    )
    goods: Line = Field(title='货物 / goods')
    origin: Line = Field(title='起运地 / origin')
    destination: Line = Field(title='目的地 / destination')
    plate: str = Field(title='车牌号 / licence plate')
    container: str = Field('', title='集装箱号 / container number')
    seals: list[SealNumber] = Field(title='封志号 / seal numbers', min_length=1, max_length=8)
    driver: Line = Field(title='驾驶员 / driver')
    driver_licence: Key = Field(title='驾驶证号 / driving licence')
    route: str = Field('', title='登记路线 / registered route', pattern=r'^([\w.\-/#()]{1,80})?$')
    line: list[Place] = Field(
        default_factory=list,
        title='自报路线 (纬度, 经度) / own route (lat, lon)',
        max_length=20_000,
    )
    datum: Datum = Field('wgs84', title='坐标系 / datum')
    departs_at: AwareDatetime = Field(title='计划起运时间 / departs at')
    arrives_by: AwareDatetime = Field(title='应到时间 / arrives by')
    devices: list[DeviceUse] = Field(title='车载设备与电子锁 / devices', min_length=1, max_length=8)

    @field_validator('plate')
    @classmethod
    def _plate(cls, value: str) -> str:
        try:
            return licence_plate.validate(value)
        except Invalid as error:
            raise ValueError(error.message) from error

    @field_validator('container')
    @classmethod
    def _container(cls, value: str) -> str:
        try:
            return container_number.validate(value) if value else ''
        except Invalid as error:
            raise ValueError(error.message) from error

    @model_validator(mode='after')
    def _one_route(self) -> Journey:
        if bool(self.route) == (len(self.line) >= 2):
            raise ValueError('name a registered route, or give a line of at least two points')
        if self.arrives_by <= self.departs_at:
            raise ValueError('the arrival must lie after the departure')
        if len({d.code for d in self.devices}) != len(self.devices):
            raise ValueError('a device is named twice')
        return self


class Stop(_Record):
    """A place where a vehicle may stand, such as a service area."""

    name: Line = Field(title='名称 / name')
    place: Place = Field(title='位置 / place')
    radius_m: int = Field(title='半径 (m) / radius (m)', ge=20, le=5000)


class Zone(_Record):
    """A place where a vehicle under seal must not go."""

    name: Line = Field(title='名称 / name')
    border: list[Place] = Field(title='边界 / border', min_length=3, max_length=500)


class Route(_Record):
    """A route that customs has agreed to (登记路线)."""

    name: Line = Field(title='名称 / name')
    origin: Line = Field(title='起点 / origin')
    destination: Line = Field(title='终点 / destination')
    line: list[Place] = Field(title='路线 (纬度, 经度) / line', min_length=2, max_length=20_000)
    datum: Datum = Field('wgs84', title='坐标系 / datum')
    half_width_m: int | None = Field(
        None, title='走廊半宽 (m) / half width of the corridor (m)', ge=50, le=20_000
    )
    stops: list[Stop] = Field(
        default_factory=list, title='允许停靠 / permitted stops', max_length=50
    )
    forbidden: list[Zone] = Field(
        default_factory=list, title='禁行区 / forbidden zones', max_length=50
    )
