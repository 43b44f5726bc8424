"""What stands on labels of other makers' forms: keys with units, values under keys, split names."""

import pytest

from clearlane.model import Reading
from clearlane.recognisers import fields, shipping_names, un_mark
from clearlane.recognisers.text.line import Line


def line(text: str, left: float, top: float, *, high: float = 40, rise: float = 0.0) -> Line:
    """A line of characters half as wide as high, that rises by so many pixels a pixel."""
    wide = len(text) * high / 2
    ends = ((left, top), (left + wide, top - rise * wide))
    quad = (*ends, (ends[1][0], ends[1][1] + high), (ends[0][0], ends[0][1] + high))
    return Line(text=text, score=1.0, quad=quad)


def said(lines: list[Line]) -> dict[str, str]:
    return {one.kind: one.value for one in fields.find(lines)[0]}


@pytest.mark.parametrize(
    ('text', 'found'),
    [
        ('GW (kg):30,7', {'gross_mass_kg': '30.7'}),
        ('Net weight 净重(KG):26,6', {'net_mass_kg': '26.6'}),
        ('Net Wt. [kg] 11.10', {'net_mass_kg': '11.10'}),
        ('NW (KG）:17.1', {'net_mass_kg': '17.1'}),
        ('Poids brut / Gross weight (KG) : 12.10', {'gross_mass_kg': '12.10'}),
        ('Bruttogewicht 8,4 kg', {'gross_mass_kg': '8.4'}),
        ('Peso neto: 7 kg', {'net_mass_kg': '7'}),
        ('净含量: 3.6 Kg', {'net_mass_kg': '3.6'}),
        ('Net quantity: 10.2 kg', {'net_mass_kg': '10.2'}),
        ('TOTAL GROSS WT 24.0千克', {'gross_mass_kg': '24.0'}),
        ('GROSS WEIGHT KG: 12.5', {'gross_mass_kg': '12.5'}),
        ('毛重 KG 12.5', {'gross_mass_kg': '12.5'}),
        ('Gr.Wt: 12.5kg', {'gross_mass_kg': '12.5'}),
        ('NT.WT. 10.2KG', {'net_mass_kg': '10.2'}),
        ('Bruttomasse 1.250,5 kg', {'gross_mass_kg': '1250.5'}),
        ('MASSE NETTE 10,2 kg', {'net_mass_kg': '10.2'}),
        ('总质量：12.5kg', {'gross_mass_kg': '12.5'}),
        ('每箱毛重：12.5kg', {'gross_mass_kg': '12.5'}),
        ('LITHIUM BATTERY G.W. 12.5 KG', {'gross_mass_kg': '12.5'}),
        ('G/N.W.: 12.5/10.2KG', {'gross_mass_kg': '12.5', 'net_mass_kg': '10.2'}),
        ('MAX. GROSS WEIGHT: 30480 KGS', {}),
        ('最大总质量 30kg', {}),
        ('SINGLE BATTERY N.W 2.2KG', {}),
        ('单只净重 2.2KG', {}),
        ('N.W. .5 KG', {}),
        ('G.W .12.5 KG', {'gross_mass_kg': '12.5'}),
        ('TOTALNET WT (KG) 682.7', {'net_mass_kg': '682.7'}),
        ('净含量[kg】：4.6', {'net_mass_kg': '4.6'}),
        ('NET 20 PCS', {}),
        ('GROSS: 5.12 kWh', {}),
        ('26W39-N2876', {}),
        ('Ser. No.26W25-F0465', {'serial': '26W25-F0465'}),
        ('SERIAL # 95CBE19514', {'serial': '95CBE19514'}),
        ('Serial-Nr. 95CBE19514', {'serial': '95CBE19514'}),
        ('SN: SN202505152069', {'serial': 'SN202505152069'}),
        ('S/N SN202505152069', {'serial': 'SN202505152069'}),
        ('产品编号26W17-L0355', {'serial': '26W17-L0355'}),
        ('B/N:P320029', {'batch': 'P320029'}),
        ('联合国编号 UN3090', {'un_number': 'UN3090'}),
        ('UN编号：UN3552', {'un_number': 'UN3552'}),
        ('UN NUMBER: UN3552', {'un_number': 'UN3552'}),
        ('联合国编号 UN No. 3480', {'un_number': 'UN3480'}),
        ('UN ID: 3480', {'un_number': 'UN3480'}),
        ('U.N. 3480', {'un_number': 'UN3480'}),
        ('S.N.: 25030001', {'serial': '25030001'}),
        ('Lot code: L2405A', {'batch': 'L2405A'}),
        ('箱号：12/20', {}),
        ('合同编号 HT2025-0311', {}),
        ('物料编号: 40012345', {}),
        ('每箱20PCS', {}),
        ('集装箱号 CSQU3054383', {}),
        ('制造日期:MAY 15,2025', {'production_date': '2025-05-15'}),
        ('MFG DATE 22 JUN 2026', {'production_date': '2026-06-22'}),
        ('Manufactured on 2026年04片 26', {'production_date': '2026-04-26'}),
        ('Manufactured on 30 FEB 2026', {}),
        ('Manutactured on: 20250822', {'production_date': '2025-08-22'}),
        ('DATE: 2025-03-11', {'production_date': '2025-03-11'}),
        ('DATE OF MANUFACTURE 2025-03-11', {'production_date': '2025-03-11'}),
        ('EXP. DATE: 2028-03-11', {'expiry_date': '2028-03-11'}),
        ('TEST DATE 2025-03-11', {}),
        ('Date of expiry 2028-03-11', {'expiry_date': '2028-03-11'}),
        ('SHIP DATE: 2025-03-11', {}),
    ],
)
def test_values_of_other_forms(text: str, found: dict[str, str]) -> None:
    assert {one.kind: one.value for one in fields.values(text)} == found


@pytest.mark.parametrize(
    ('text', 'found'),
    [
        ('毛重量：12.5kg', {'gross_mass_kg': '12.5'}),
        ('净重/毛重: 10.2/12.5kg', {'net_mass_kg': '10.2', 'gross_mass_kg': '12.5'}),
        ('GW/NW (KG): 12.5/10.2', {'gross_mass_kg': '12.5', 'net_mass_kg': '10.2'}),
        ('12.5kg gross / 10.2kg net', {'gross_mass_kg': '12.5', 'net_mass_kg': '10.2'}),
        ('12.5 kg (gross) 10.2 kg (net)', {'gross_mass_kg': '12.5', 'net_mass_kg': '10.2'}),
        ('WEIGHT (GROSS): 12.5 KG', {'gross_mass_kg': '12.5'}),
        ('G.W. 12.5 KG NET', {'gross_mass_kg': '12.5'}),
        ('GROSS WT 27.6 LBS (12.5 KG)', {'gross_mass_kg': '12.5'}),
        ('Masa bruta 12,5 kg', {'gross_mass_kg': '12.5'}),
        ('Net contents 10.2 kg', {'net_mass_kg': '10.2'}),
        ('NET WT / GROSS WT 12.5 KG', {}),
        ('Cell net weight 0.9 kg', {}),
        ('电芯净重 0.9kg', {}),
        ('额定毛重 30kg', {}),
        ('Net 30 days', {}),
        ('PACK S/N: 2169NW519002', {'serial': '2169NW519002'}),
        ('GW519002', {}),
        ('Seriennummer: AB12345678', {'serial': 'AB12345678'}),
        ('N° de série : AB12345678', {'serial': 'AB12345678'}),
        ('Número de serie AB12345678', {'serial': 'AB12345678'}),
        ('Lotnumber: 862249', {'batch': '862249'}),
        ('Lote: A127', {'batch': 'A127'}),
        ('Chargen-Nr.: A127', {'batch': 'A127'}),
        ('Charge: 54.6V', {}),
        ('检验批号:A127', {}),
        ('DOM: 23/07/2025', {'production_date': '2025-07-23'}),
        ('D0M:2025-0ct-14', {'production_date': '2025-10-14'}),
        ('Herstelldatum: 23.07.2025', {'production_date': '2025-07-23'}),
        ('Fecha de fabricación 23/07/2025', {'production_date': '2025-07-23'}),
        ('Mfg.Date:2025-Jul-23', {'production_date': '2025-07-23'}),
        ('生产日期 2025 07 23', {'production_date': '2025-07-23'}),
        ('日期:2025-07-23', {'production_date': '2025-07-23'}),
        ('包装日期:2025-07-23', {'packing_date': '2025-07-23'}),
        ('Packing Date: 2025-07-23', {'packing_date': '2025-07-23'}),
        ('Inspection date 23 JUL 2025', {}),
        ('UN-No. 3480', {'un_number': 'UN3480'}),
        ('UN2024-05', {}),
        ('MFG/EXP: 2025-07-23/2028-07-22',
         {'production_date': '2025-07-23', 'expiry_date': '2028-07-22'}),
        ('EXP/MFG 2028-07-22', {}),
        ('生产日期 EXP 2028-07-22', {'expiry_date': '2028-07-22'}),
        ('Manufacturer No. 20240101', {}),
        ('PRODUCT CODE 20250723', {}),
        ('Date printed 2025-07-23', {}),
        ('打包日期:2026-10-15', {'packing_date': '2026-10-15'}),
        ('Packed on 2026-10-15', {'packing_date': '2026-10-15'}),
        ('Date packed: 15.10.2026', {'packing_date': '2026-10-15'}),
        ('LITHIUM ION BATTERIES PACKED WITH EQUIPMENT 2026-10-15', {}),
        ('BATTERY PACK 2026-10-15', {}),
        ('Use by 2028.04.25', {'expiry_date': '2028-04-25'}),
        ('失效日期:2028年04月25日', {'expiry_date': '2028-04-25'}),
        ('Expiry date: 10/2029', {'expiry_date': '2029-10'}),
        ('MFG 2026.02', {'production_date': '2026-02'}),
        ('Mfd: SEP 2026', {'production_date': '2026-09'}),
        ('生产日期:2026年05月', {'production_date': '2026-05'}),
        ('MFG 04/2026', {'production_date': '2026-04'}),
        ('MFG 2026.02.', {}),
        ('MFG 2026-021', {}),
        ('MFG 13/2026', {}),
        ('N.W.: 9 KG x 2', {}),
        ('净重:2×9KG', {}),
        ('净重:9kg/只', {}),
        ('Charge: PLC-250352', {'batch': 'PLC-250352'}),
        ('SWL 1258 kg Charge: 20260901X1', {'batch': '20260901X1'}),
        ('Ch.-B.:20240728M1', {'batch': '20240728M1'}),
        ('Batch/Charge: 260507-76', {'batch': '260507-76'}),
        ('Charge: 1000mAh', {}),
        ('Max. charge: 54.6 V', {}),
        ('PKD: JUL 28, 2024', {'packing_date': '2024-07-28'}),
        ('verwendbar bis: 20 MAY 2028', {'expiry_date': '2028-05-20'}),
        ('Use before 2028-09-22', {'expiry_date': '2028-09-22'}),
        ('À utiliser avant 2026-05-26', {'expiry_date': '2026-05-26'}),
        ('Verfalldatum: 2026-04-04', {'expiry_date': '2026-04-04'}),
        ('Usar antes de 28/05/2027', {'expiry_date': '2027-05-28'}),
        ('Fabriqué le 08/2024', {'production_date': '2024-08'}),
        ('Produit le 13/02/2026', {'production_date': '2026-02-13'}),
        ('Emballé le 2026-02-13', {'packing_date': '2026-02-13'}),
        ('Gross mass: 13.9 1b (6.3 kg)', {'gross_mass_kg': '6.3'}),
        ('Net mass: 1848.6 lb [838.5 kg]', {'net_mass_kg': '838.5'}),
        ('Gross weight: 60.4 Ib', {}),
        ('Nettomasse: 15, 82 kg', {'net_mass_kg': '15.82'}),
        ('Nettomasse: 15, 82', {}),
        ('Gross 1, 250 kg', {}),
        ('毛重 净重 25.3kg', {}),
        ('Report SN: RS1234567', {}),
    ],
)  # fmt: skip
def test_values_of_still_other_forms(text: str, found: dict[str, str]) -> None:
    assert {one.kind: one.value for one in fields.values(text)} == found


@pytest.mark.parametrize(
    ('doubtful', 'plain'),
    [
        ('毛重≤30kg', '毛重 30kg'),
        ('SN: AB1234 5678 90', 'SN: AB1234'),
        ('S/N AB12345678~AB12345697', 'S/N AB12345678'),
        ('S/N: AB12345678 - AB12345697', 'S/N: AB12345678-9'),
        ('批号/序列号:L2307AB', '序列号:L2307AB'),
        ('XYZ DATE: 2025-07-23', 'DATE: 2025-07-23'),
    ],
)
def test_what_may_be_more_or_less_or_something_else_is_in_doubt(doubtful: str, plain: str) -> None:
    (one,), (other,) = (list(fields.values(text)) for text in (doubtful, plain))
    assert one.worth <= 0.8 < other.worth == 1


def test_a_key_with_its_unit_is_as_sure_as_a_value_with_it() -> None:
    (with_key,), (with_value,), (with_none,) = (
        list(fields.values(text)) for text in ('G.W. (kg) 9.7', 'G.W. 9.7 kg', 'G.W. 9.7')
    )
    assert with_key.worth == with_value.worth > with_none.worth


@pytest.mark.parametrize(
    ('key', 'value', 'kind', 'meant'),
    [
        ('G.W. (KG)', '9.7', 'gross_mass_kg', '9.7'),
        ('净重(KG)', '3.90', 'net_mass_kg', '3.90'),
        ('Poids net / Net weight', '98.10 Kg', 'net_mass_kg', '98.10'),
        ('TOTAL NET WT', '710,3公斤', 'net_mass_kg', '710.3'),
        ('毛/Gross weight (KG)', '12.0', 'gross_mass_kg', '12.0'),
        ('t weight净重', '18,0 kg', 'net_mass_kg', '18.0'),
        ('Net Wtt.', '9.10KGS', 'net_mass_kg', '9.10'),
        ('凈含量', '9,1KGS', 'net_mass_kg', '9.1'),
        ('S/N', 'SN202505152069', 'serial', 'SN202505152069'),
        ('序列号 S/N', '03UYCE41G187508B1F7249806', 'serial', '03UYCE41G187508B1F7249806'),
        ('Serial No. 序列号', 'TC452.5341.67', 'serial', 'TC452.5341.67'),
        ('产品序列号', '26W39-N2876', 'serial', '26W39-N2876'),
        ('Serial No. 序', '号：25W33-V8699', 'serial', '25W33-V8699'),
        ('品序列号', '861534330681208', 'serial', '861534330681208'),
        ('Ser. No.', '24W12-L9079', 'serial', '24W12-L9079'),
        ('B/N', '20250515B', 'batch', '20250515B'),
        ('批号/Lot No.', 'NB2603-48', 'batch', 'NB2603-48'),
        ('Manufactured on', '2024/07/24', 'production_date', '2024-07-24'),
        ('产日期MFG', '20240519', 'production_date', '2024-05-19'),
        ('联合国编号', '3480', 'un_number', 'UN3480'),
        ('UN Number / 联合国编号', 'UN3480', 'un_number', 'UN3480'),
        ('整箱毛重', '9.7 KG', 'gross_mass_kg', '9.7'),
        ('Actual net weight', '3.9 KG', 'net_mass_kg', '3.9'),
        ('Weight (gross)', '9.7 KG', 'gross_mass_kg', '9.7'),
        ('Battery S/N', 'FB-2435-1592', 'serial', 'FB-2435-1592'),
        ('电池包序列号', 'PY572YP61', 'serial', 'PY572YP61'),
        ('出厂序号', '9765FS282593', 'serial', '9765FS282593'),
        ('S.N.', '337291320299', 'serial', '337291320299'),
        ('Serial. No.', '9993-10010-FH', 'serial', '9993-10010-FH'),
        ('U.N.', '3090', 'un_number', 'UN3090'),
        ('B.N.', '8972A87', 'batch', '8972A87'),
        ('Gross Weight (KG)/毛重', '9.7', 'gross_mass_kg', '9.7'),
        ('Gross wt. per box', '9.7 KG', 'gross_mass_kg', '9.7'),
        ('Rack SN', 'A1B2C3', 'serial', 'A1B2C3'),
        ('Production batch', '5578062', 'batch', '5578062'),
        ('Mfg Date (Y-M-D)', '2025-11-26', 'production_date', '2025-11-26'),
        ('BATCH HUMBER', '832448', 'batch', '832448'),
        ('EB/N', '20251115-5', 'batch', '20251115-5'),
        ('HT.WT.', '704公斤', 'net_mass_kg', '704'),
        ('Lote', '5578062', 'batch', '5578062'),
        ('Batch/Charge', 'Y763/18', 'batch', 'Y763/18'),
        ('Ch.-B.:', 'Z404/62', 'batch', 'Z404/62'),
        ('Ser. Nr.', '248.227.9842', 'serial', '248.227.9842'),
        ('批次编号', '635110', 'batch', '635110'),
        ('生产日期/MFG DATE', '18-Jul-2025', 'production_date', '2025-07-18'),
        ('MFG. DATE', '2025年11月26日', 'production_date', '2025-11-26'),
    ],
)
def test_a_key_alone_takes_the_value_beside_it_or_below_it(
    key: str, value: str, kind: str, meant: str
) -> None:
    assert said([line(key, 100, 100), line(value, 1200, 105)]) == {kind: meant}
    assert said([line(key, 100, 100, high=30), line(value, 104, 150, high=48)]) == {kind: meant}


def test_a_key_takes_no_value_of_another_form_that_stands_nearer() -> None:
    lines = [line('生产日期', 100, 100), line('1.2 kg', 400, 110), line('2025-05-18', 100, 150)]
    assert said(lines) == {'production_date': '2025-05-18'}


def test_short_words_of_a_page_that_lies_askew_meet_the_value_of_their_row() -> None:
    rows = [('总毛重', '34.3KG'), ('净重', '28.1KG'), ('S/N', 'A1B2C3')]
    lines = [line('SODIUM ION BATTERIES FOR EXPORT', 100, 100 + 60 * at, rise=0.07)
             for at in range(4)]  # fmt: skip
    for at, (key, value) in enumerate(rows):
        lines += [line(key, 100, 400 + 80 * at), line(value, 700, 400 + 80 * at - 0.07 * 600)]
    assert said(lines) == {'gross_mass_kg': '34.3', 'net_mass_kg': '28.1', 'serial': 'A1B2C3'}


@pytest.mark.parametrize(
    ('rows', 'names'),
    [
        (['Proper shipping name: Lithium metal batteries'], ['LITHIUM METAL BATTERIES']),
        (['品名: LITHIUM ION BATTERIES'], ['LITHIUM ION BATTERIES']),
        (['UN3480 品名:锂离子电池组'], ['锂离子电池组']),
        (['Proper shipping name: Lithium', 'metal batteries'], ['LITHIUM METAL BATTERIES']),
        (['Proper shipping name:', 'Lithium ion', 'batteries packed', 'with equipment'],
         ['LITHIUM ION BATTERIES PACKED WITH EQUIPMENT']),
        (['Lithium ion', 'batteries contained', 'in equipment'],
         ['LITHIUM ION BATTERIES CONTAINED IN EQUIPMENT']),
        (['batteries contained in equipment'], []),
        (['ION BATTERIES CONTAINED IN EQUIPMENT'], []),
        (['SHIPPING NAME'], []),
        (['UN3480 LITHIUM ION BATTERIES, CLASS 9, PG II'], ['LITHIUM ION BATTERIES']),
    ],
)  # fmt: skip
def test_names_behind_a_key_and_over_several_lines(rows: list[str], names: list[str]) -> None:
    for order in (1, -1):
        lines = [line(text, 100, 100 + 66 * at) for at, text in enumerate(rows)][::order]
        assert [one.value for one in shipping_names.find(lines)] == names


@pytest.mark.parametrize(
    ('rows', 'mark'),
    [
        (['1A1/Z', '100/26/', 'SGP/C0412'], '1A1/Z/100/26/SGP/C0412'),
        (['50A/Y', '09 26', 'CN/C440171 910/910'], '50A/Y/09 26/CN/C440171 910/910'),
        (['1H1/Z/100/261', 'D/BAM 7215-KP'], '1H1/Z/100/26/D/BAM 7215-KP'),
        (['3A1/Z1.6/100/21/D/BAM7215-KP'], '3A1/Z1.6/100/21/D/BAM 7215-KP'),
        (['4D/X30/S/201', 'CN/C330281', 'PI:035'], '4D/X30/S/20/CN/C330281 PI:035'),
        (['50G/Z', '0721', 'CN/C320436 910/910'], '50G/Z/07 21/CN/C320436 910/910'),
        (['UN/4G/Y30/S/25/CN/C350012 PI:001'], '4G/Y30/S/25/CN/C350012 PI:001'),
        (['3H1/Y1.9/200/05 25/CN/C350012'], '3H1/Y1.9/200/05 25/CN/C350012'),
        (['50A/Y/05/25/NL/VL 913/2500/1000'], '50A/Y/05 25/NL/VL 913 2500/1000'),
        (['31HA1/Y 06 25', 'USA/M9339', '10800/1200'], '31HA1/Y/06 25/USA/M9339 10800/1200'),
        (
            ['3A1/Y1.8/200/21/', 'PL/COBRO 332 /1/RK67 / 24 RL'],
            '3A1/Y1.8/200/21/PL/COBRO 332/I/RK67/24 RL',
        ),
        (['4GV/Y62.5/S/24', 'CN/C320263', 'PL:058'], '4GV/Y62.5/S/24/CN/C320263 PI:058'),
        (['4A', 'Y22', 'S/26', 'CH/1033'], '4A/Y22/S/26/CH/1033'),
        (['4G/', 'Z16/', 'S/ 24/', 'CN/C230070 PI:339'], '4G/Z16/S/24/CN/C230070 PI:339'),
        (['3A1', 'X', '120/25', 'CN/C460456'], '3A1/X/120/25/CN/C460456'),
        (['11A', 'Y', '05 26', 'CN/C330162 0/480'], '11A/Y/05 26/CN/C330162 0/480'),
        (['3B2/Y62.5', 'S126', 'CN/C310665'], '3B2/Y62.5/S/26/CN/C310665'),
    ],
)
def test_marks_that_begin_with_a_short_row_or_end_one_with_a_slash(
    rows: list[str], mark: str
) -> None:
    lines = [line(text, 100, 100 + 62 * at) for at, text in enumerate(rows)]
    assert [one.value for one in un_mark.find(lines)[0]] == [mark]


@pytest.mark.parametrize('rows', [['4G', 'Y'], ['5G', 'X20'], ['4A', 'PCS'], ['2P', '2']])
def test_a_row_or_two_that_are_no_mark_are_none(rows: list[str]) -> None:
    assert not un_mark.find([line(text, 100, 100 + 62 * at) for at, text in enumerate(rows)])[0]


@pytest.mark.parametrize('more', [' - SCHOELLER', ' R', ' REC'])
def test_a_mark_that_says_more_than_was_understood_is_in_doubt(more: str) -> None:
    mark = '4G/Y30/S/25/D/BAM 9841'
    (cut,) = un_mark.find([line(mark + more, 100, 100)])[0]
    (whole,) = un_mark.find([line(mark, 100, 100)])[0]
    assert cut.value == whole.value and cut.score < 0.7 < whole.score
    (again,) = un_mark.find([line('1A2/Y150/S/19 USA/RB/23 R', 100, 100)])[0]
    assert again.score == 1


def test_a_figure_for_the_packing_group_is_less_sure_the_more_letters_it_may_be() -> None:
    plain, two, seven = (
        un_mark.find([line(f'6HA1/{level}1.2/120/25/CN/C350688 PI:050', 100, 100)])[0][0]
        for level in 'Z27'
    )
    assert plain.value == two.value == seven.value == '6HA1/Z1.2/120/25/CN/C350688 PI:050'
    assert plain.score > two.score > seven.score


def test_a_u_behind_the_code_can_only_mean_a_v_and_is_in_doubt() -> None:
    special, infectious = (
        un_mark.find([line(f'4G{letter}/X12/S/24/CN/C225044 PI:196', 100, 100)])[0][0]
        for letter in 'VU'
    )
    assert infectious.value == special.value
    assert infectious.score < special.score == 1


def test_a_line_that_names_a_value_of_its_own_is_none_of_the_key_beside_it() -> None:
    lines = [line('生产日期', 100, 100), line('EXP 2028-07-22', 500, 100)]
    assert said(lines) == {'expiry_date': '2028-07-22'}
    assert said([line('S/N', 100, 100), line('UN38.3 TESTED', 500, 100)]) == {}


@pytest.mark.parametrize('maker', ['IND/IP-820', 'MAL/SIRM 12', 'F/LNE8841', 'GB/PIRA207'])
def test_what_may_have_been_lost_in_a_foreign_name_leaves_it_in_doubt(maker: str) -> None:
    doubtful, plain = (
        un_mark.find([line(f'4G/Y30/S/20/{one}', 100, 100)])[0][0] for one in (maker, 'IND/IIP-820')
    )
    assert doubtful.score < 0.95 < plain.score


def test_two_lines_of_one_key_take_one_value() -> None:
    lines = [line('毛重', 100, 100), line('Gross weight', 100, 142), line('12.5 kg', 500, 121)]
    assert [(one.kind, one.value) for one in fields.find(lines)[0]] == [('gross_mass_kg', '12.5')]


def code(value: str) -> Reading:
    return Reading(kind='barcode', value=value, score=0.99, recogniser='barcode/1')


@pytest.mark.parametrize(
    ('printed', 'codes', 'serial', 'sure'),
    [
        ('SN B10-0440-Z', ['B10-0440-Z'], 'B10-0440-Z', True),
        ('SN B10-0440-', ['B10-0440-Z', 'B10-0440-Z'], 'B10-0440-Z', False),
        ('SN R83-6', ['R83-6491-W'], 'R83-6491-W', False),
        ('SN B10-0440-', [], 'B10-0440', False),
        ('SN B10-0440', ['https://example.cn/p/B10-0440'], 'B10-0440', True),
        ('SN B10-0440', ['B10-0440-Z', 'B10-0440-Y'], 'B10-0440', True),
        ('SN B10-0440', ['B10-0440-0001-0009'], 'B10-0440', True),
    ],
)
def test_a_serial_that_was_cut_is_known_in_its_code(
    printed: str, codes: list[str], serial: str, sure: bool
) -> None:
    found, _ = fields.find([line(printed, 100, 100)])
    (one,) = fields.confirmed(found, [code(value) for value in codes])
    assert (one.value, one.score > 0.9) == (serial, sure)


def test_a_batch_with_which_a_serial_begins_is_not_cut() -> None:
    found, _ = fields.find([line('LOT B25030', 100, 100), line('SN B25030-001', 100, 180)])
    values = {one.kind: one.value for one in fields.confirmed(found, [code('B25030-001')])}
    assert values == {'batch': 'B25030', 'serial': 'B25030-001'}


def test_a_space_that_was_put_back_costs_some_of_the_score() -> None:
    printed, lost = (
        un_mark.find([line(f'4G/Y18/S/24/D/BAM{gap}7215', 100, 100)])[0][0] for gap in (' ', '')
    )
    assert printed.value == lost.value == '4G/Y18/S/24/D/BAM 7215'
    assert lost.score < 0.8 < printed.score
