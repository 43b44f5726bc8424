"""Codes of States and organisations in machine-readable zones, and slips of reading in them.

Source: ICAO Doc 9303-3, 8th edition (2021), section 5: the three letters of ISO 3166-1, and codes
of its own for persons without nationality, organisations, and specimens (UTO).
"""

from __future__ import annotations

_LISTED = """
ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD
BGR BHR BHS BIH BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR
COD COG COK COL COM CPV CRI CUB CUW CXR CYM CYP CZE DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP
EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM
GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR JPN
KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO
MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER
NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL PRI PRK PRT PRY PSE
PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE SLV SMR SOM SPM SRB SSD STP SUR
SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA
UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE D EUE GBD GBN GBO GBP
GBS IAO RKS ROM UNK UNO UNA UTO WSA XAA XAF XBA XCC XCE XCO XCT XDC XEC XES XIM XMP XOM XPO
XSM XXA XXB XXC XXX
"""
CODES = frozenset(_LISTED.split())

LIKE = ('OUQDCG', 'ILTJ', 'VUY', 'MNHW', 'BEFPR', 'KRX', 'S5B', 'AR', 'Z2')
"""Letters that are read for each other."""


def is_code(field: str) -> bool:
    """Whether the three places hold a code, filled up with `<`."""
    return field.rstrip('<') in CODES


def meant(field: str, other: str) -> str | None:
    """The code that was misread in one letter: the `other` of the zone, or the only one there is.

    >>> meant('OTO', 'UTO')
    'UTO'
    >>> meant('CHK', 'UTO') is None
    True
    """
    found = {
        changed
        for at, mark in enumerate(field)
        for group in LIKE
        if mark in group
        for like in group
        if is_code(changed := field[:at] + like + field[at + 1 :])
    }
    if is_code(other) and other in found:
        return other
    return found.pop() if len(found) == 1 else None
