"""What shops send and travellers declare: the invoice, the application form, the departure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from clearlane.codes import Invalid, uscc

Line = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Maybe = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
Key = Annotated[str, StringConstraints(pattern=r'^[\w.\-/#()]{1,80}$')]
Word = Annotated[str, StringConstraints(pattern=r'^[a-z0-9_]{1,40}$')]
State = Annotated[str, StringConstraints(pattern=r'^[A-Z]{1,3}$')]
DocumentNo = Annotated[str, StringConstraints(pattern=r'^[A-Z0-9]{3,20}$')]
Yuan = Annotated[Decimal, Field(ge=0, le=100_000_000, max_digits=12, decimal_places=2)]
Count = Annotated[Decimal, Field(gt=0, le=100_000, max_digits=9, decimal_places=3)]
Method = Literal['cash', 'bank', 'card', 'mobile', 'instant']
Document = Literal['passport', 'hk_macao_permit', 'taiwan_permit']
METHODS: dict[str, Any] = {
    'cash': '现金 / cash',
    'bank': '银行转账 / bank transfer',
    'card': '银行卡 / card',
    'mobile': '移动支付 / mobile payment',
    'instant': '即买即退 / instant refund',
}
DOCUMENTS: dict[str, Any] = {
    'passport': '护照 / passport',
    'hk_macao_permit': '港澳居民来往内地通行证 / Mainland Travel Permit for Hong Kong and Macao',
    'taiwan_permit': '台湾居民来往大陆通行证 / Mainland Travel Permit for Taiwan Residents',
}


class _Record(BaseModel):
    model_config = ConfigDict(extra='forbid', frozen=True, str_strip_whitespace=True)


def _uscc(value: str) -> str:
    # Old codes that fail the check character are in real use; what is asked here is the form.
    try:
        return uscc.validate(value)
    except Invalid as error:
        if error.code == 'E_CHECK':
            return uscc.compact(value)
        raise ValueError(error.message) from error


class Good(_Record):
    """One line of an invoice (商品)."""

    line: int = Field(title='行号 / line', ge=1, le=500)
    name: Line = Field(title='商品名称 / goods')
    category: Word = Field('general', title='类别 / category')
    spec: Maybe = Field('', title='规格型号 / specification')
    serial: Maybe = Field('', title='序列号 / serial')
    unit: Line = Field('件', title='单位 / unit')
    quantity: Count = Field(title='数量 / quantity')
    amount: Yuan = Field(title='价税合计 / amount, VAT included')
    vat_rate: int = Field(title='征税率 % / VAT rate', ge=0, le=20)


class Invoice(_Record):
    """A sales invoice of a tax-free shop (退税商店发票)."""

    invoice_no: Key = Field(title='发票号码 / invoice number')
    invoice_code: Maybe = Field('', title='发票代码 / invoice code')
    seller_uscc: str = Field(title='销售方识别号 / seller')
    seller: Line = Field(title='销售方 / seller name')
    day: date = Field(title='开票日期 / day')
    total: Yuan = Field(title='价税合计 / total, VAT included')
    goods: list[Good] = Field(title='商品 / goods', min_length=1, max_length=200)
    quantity: int = Field(1, title='可退税次数 / refunds', ge=1, le=1)

    seller_is_one = field_validator('seller_uscc')(_uscc)


class Instant(_Record):
    """The promise of an instant refund (即买即退)."""

    promised_day: date = Field(title='承诺离境日期 / promised day')
    promised_port: Key = Field(title='承诺离境口岸 / promised port')
    hold: Key = Field(title='预授权编号 / pre-authorisation')
    advance: Yuan = Field(title='预付金 / advance')
    agreed_day: date = Field(title='协议日期 / day of the agreement')


class Form(_Record):
    """An application form for a departure refund (境外旅客购物离境退税申请单)."""

    form_no: Key = Field(title='申请单编号 / form number')
    store: Line = Field(title='退税商店 / shop')
    store_uscc: str = Field(title='纳税人识别号 / shop, tax number')
    traveller: Line = Field(title='旅客姓名 / traveller')
    nationality: State = Field(title='国籍(地区) / nationality')
    document: Document = Field(title='证件类型 / document', json_schema_extra={'titles': DOCUMENTS})
    document_no: DocumentNo = Field(title='证件号码 / document number')
    last_entry_day: date = Field(title='最近入境日期 / last entry')
    purchase_day: date = Field(title='购物日期 / purchase day')
    invoices: list[Key] = Field(title='发票 / invoices', min_length=1, max_length=20)
    goods: Maybe = Field('', title='商品摘要 / goods in short')
    total: Yuan = Field(title='价税合计 / total, VAT included')
    amount: Yuan = Field(title='退税额 / refund')
    fee: Yuan = Field(title='手续费 / fee of the agency')
    net: Yuan = Field(title='实退额 / paid out')
    agency: Line = Field(title='退税代理机构 / refund agency')
    method: Method = Field(title='退税方式 / method', json_schema_extra={'titles': METHODS})
    payee: Maybe = Field('', title='收款标识 / payee token')
    phone: Maybe = Field('', title='电话 / telephone')
    card: Maybe = Field('', title='银行卡标识 / card token')
    address: Maybe = Field('', title='在华住址 / address in China')
    tour_group: Maybe = Field('', title='旅行团 / tour group')
    instant: Instant | None = Field(None, title='即买即退 / instant refund')

    shop_is_one = field_validator('store_uscc')(_uscc)


class Carried(_Record):
    """How much of a line the traveller has with them, where it is less than the invoice says."""

    invoice_no: Key = Field(title='发票号码 / invoice number')
    line: int = Field(title='行号 / line', ge=1, le=500)
    quantity: Annotated[Decimal, Field(ge=0, le=100_000)] = Field(title='数量 / quantity')


class Application(_Record):
    """An application for a refund at departure (离境退税申请)."""

    form_no: Key = Field(title='申请单编号 / form number')
    invoices: list[Key] = Field(title='发票 / invoices', min_length=1, max_length=20)
    port: Key = Field(title='离境口岸 / port of departure')
    departure_day: date = Field(title='离境日期 / day of departure')
    method: Method = Field(title='退税方式 / method', json_schema_extra={'titles': METHODS})
    carried: list[Carried] = Field(
        default_factory=list, title='少于发票的数量 / less than invoiced', max_length=200
    )
    unused: bool = Field(title='未使用 / unused')
    with_traveller: bool = Field(title='随身携带 / carried by the buyer')
