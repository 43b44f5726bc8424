"""Words, names and forms that the ferry's hand prints; everything is invented."""

from __future__ import annotations

GOODS = {
    'UN3480': ('LITHIUM ION BATTERIES', '锂离子电池', '9A'),
    'UN3481': ('LITHIUM ION BATTERIES CONTAINED IN EQUIPMENT', '设备中的锂离子电池', '9A'),
    'UN3090': ('LITHIUM METAL BATTERIES', '锂金属电池', '9A'),
    'UN3091': ('LITHIUM METAL BATTERIES PACKED WITH EQUIPMENT', '锂金属电池与设备一起包装', '9A'),
    'UN3536': (
        'LITHIUM BATTERIES INSTALLED IN CARGO TRANSPORT UNIT', '装在货运装置中的锂电池', '9A',
    ),
    'UN3171': ('BATTERY-POWERED VEHICLE', '电池供电车辆', '9A'),
    'UN2794': ('BATTERIES, WET, FILLED WITH ACID', '注有酸液的湿电池', '8'),
    'UN1760': ('CORROSIVE LIQUID, N.O.S.', '腐蚀性液体,未另列明的', '8'),
    'UN1993': ('FLAMMABLE LIQUID, N.O.S.', '易燃液体,未另列明的', '3'),
    'UN3082': ('ENVIRONMENTALLY HAZARDOUS SUBSTANCE, LIQUID, N.O.S.', '危害环境物质', '9'),
    'UN1791': ('HYPOCHLORITE SOLUTION', '次氯酸盐溶液', '8'),
}  # fmt: skip
KINDS = {
    'carton': ('4G', '4G', '4G', '4GV', '4GW', '4GV', '4H2', '4H1'),
    'drum': ('1A1', '1A2', '1H1', '1H2', '1G', '1B2', '6HA1', '6HG2', '1A2T', '1A2W'),
    'jerrican': ('3H1', '3H2', '3A1', '3B2'),
    'crate': ('4C1', '4C2', '4D', '4DV', '4F', '4A', '4B'),
    'large': ('50A', '50D', '50G', '50H', '51H', '11A', '11C', '31HA1', '31A', '13H4'),
}
ABROAD = (
    'D/BAM 9841', 'D/BAM 6120-SCH', 'USA/M5123', 'USA/+CC1077', 'GB/4821', 'GB/PIRA 207',
    'NL/VL 913', 'NL/TNO188', 'F/LNE 8841', 'F/BVT 71203', 'J/HPA-228', 'ROK/KCL-0921', 'CDN/4-118',
    'E/B-102', 'B/IBE-77', 'PL/COBRO 332', 'CH/EMPA 51', 'AUS/AP-119', 'IND/IIP-820', 'SGP/AMT-14',
    'S/RISE 208', 'I/CSI 121', 'A/TGM 318', 'DK/EMB-9', 'N/DNV-44', 'CZ/IMET 81', 'TR/TSE-19',
    'VN/VR-208', 'MAL/SIRIM 12', 'BR/INM 2011', 'FIN/VTT 1120', 'H/KTI-22',
)  # fmt: skip
GROSS = (
    '毛重', '毛 重', '总重', '总重量', '毛重量', 'G.W.', 'G. W.', 'GW', 'G/W', 'GROSS', 'GROSS WT',
    'Gross weight', 'Gross mass', 'GROSS WT.', '毛重 GROSS', '毛重(G.W.)', '毛重/G.W.', '件毛重',
    'Gross Weight/毛重', 'Bruttogewicht', 'Brutto', 'Peso bruto', 'Poids brut', 'Bruto', 'G.WT',
    'GR. WT.', 'Actual gross weight', '整箱毛重', 'Weight (gross)',
)  # fmt: skip
NET = (
    '净重', '净 重', '净重', '净含量', '净重量', 'N.W.', 'N. W.', 'NW', 'N/W', 'NET', 'NET WT',
    'Net weight', 'Net mass', 'NET WT.', '净重 NET', '净重(N.W.)', '净重/N.W.', '件净重',
    'Net Weight/净重', 'Nettogewicht', 'Netto', 'Peso neto', 'Poids net', 'Neto', 'N.WT', 'NT. WT.',
    'Actual net weight', '整箱净重', 'Weight (net)',
)  # fmt: skip
SERIAL = (
    'S/N', 'SN', 'S.N.', 'Serial No.', 'SERIAL NUMBER', 'Serial#', 'SER. NO', '序列号', '序列号 SN',
    '产品序列号', '出厂编号', '产品编号', '箱号', '序列号(S/N)', 'Pack SN', 'Battery S/N',
    'PACK S/N', 'Module SN', '电池包序列号', 'Seriennummer', 'N° de série', 'Unit serial no.',
    '出厂序号',
)  # fmt: skip
BATCH = (
    'LOT', 'Lot No.', 'LOT#', 'BATCH', 'Batch No', 'BATCH NUMBER', '批号', '批次', '生产批号',
    '批次号', '批号/LOT', 'Batch code', 'Lot number', 'B/N', '产品批号', 'Charge', 'Lote',
)  # fmt: skip
MADE = (
    'MFG', 'MFG DATE', 'Mfg. Date', 'MFD', 'DOM', 'Date of manufacture', '生产日期', '制造日期',
    '出厂日期', 'Production date', 'PROD. DATE', 'Manufactured', 'Manufacturing date',
    'Date of mfg', '生产日期/MFG DATE', '日期', 'PRODUCED ON', 'Herstelldatum',
)  # fmt: skip
OTHER = (
    'MODEL: {0}{1:04d}-16S', 'Rated: 51.2V 100Ah', 'ENERGY {1} Wh', '额定能量 5120Wh',
    'P/N {0}-{1}', 'PO NO. 45000{1:05d}', 'TEL: +86 755 8{1:04d} 6620', 'QTY: 24 PCS',
    '数量:24只/箱', 'CONTAINER {0}U {1:06d} 4', 'Emergency contact +1 703 527 3887',
    'Made in China', '中国制造', 'MAX. STACK 120 KG', 'TARE 1.3 KG', '皮重 1.3 kg', 'UN38.3 TESTED',
    'CLASS 9', 'PG II', 'HS CODE 8507600090', '第{2}箱/共40箱', 'CTN {2} OF 40',
    'SIZE 560x420x310 mm', '外形尺寸 560*420*310', 'HANDLE WITH CARE', '小心轻放', 'EXP 2029-05-20',
    'Test date: 2025-08-11', 'SDS NO. {0}{1}', 'Cell weight 2.1 kg', 'Shelf life 12 months',
    'Volumetric weight 23.4 kg', 'CARGO AIRCRAFT ONLY', '执行标准 GB 38031-2020', 'ITEM {1:06d}',
    'SOC ≤30%', 'Inspector 07', '检验员 12', '最大毛重 50kg', '合同号 {0}-2025-{1}', 'Ref. {0}{1}',
    'Max gross mass 65 kg', 'P.I.{1}', 'Invoice {0}25-{1}',
)  # fmt: skip
FIRMS = (
    ('SHENZHEN BLUEBAY POWER CO., LTD', 'No. 18 Keyuan Rd, Nanshan, Shenzhen'),
    ('合肥云岭新能源科技有限公司', '安徽省合肥市新站区淮海大道99号'),
    ('NORDIC CELL SYSTEMS AB', 'Hamngatan 4, 721 30 Västerås'),
    ('厦门白鹭储能股份有限公司', '福建省厦门市同安区集成路1688号'),
    ('RHEINAKKU GmbH', 'Industriestr. 27, 68169 Mannheim'),
)
