"""Export lithium battery packaging (出口锂电包装智慧监管).

The plant photographs each box as it is packed. What is read from the photographs
is compared with the registered design and the performance sheet; a batch without
anomalies is released without a visit, and the plant is visited periodically.

Legal basis: Law on Import and Export Commodity Inspection, art. 17 (use appraisal
of the packaging of dangerous goods); SN/T 0370.3-2021; UN Model Regulations 3.3.1 (SP
188, 230, 310, 376, 377, 384, 388, 389, 390, 400), 4.1.4.1 P903 and P908-P911, 4.1.4.3
LP903-LP906, 5.2, 6.1.3. What no photograph answers is asked of an officer by name.

Not covered: hybrid batteries (SP 387), the volume of large packagings (6.6), the size of
labels and marks, the telephone number on old battery marks, the sampling table of
SN/T 0370.3 (GB/T 2828.1 stands in). Untested packagings under P903 (2) and (4) are
appraised by questions; a performance sheet is declared for them all the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from clearlane import Draw, Origin, Scenario, Text
from clearlane.recognisers.package import PACKAGE
from clearlane.scenarios.lithium_packaging import (
    asking,
    checks,
    documents,
    door,
    faces,
    packing,
    photographs,
    provisions,
    sheets,
)
from clearlane.scenarios.lithium_packaging.certificate import use_appraisal
from clearlane.scenarios.lithium_packaging.records import (
    Batch,
    CompatibilityDeclaration,
    FactorySheet,
    HazardReport,
    PackageDesign,
    PerformanceSheet,
    TestSummary,
)


def _headline(batch: Batch) -> Text:
    words = Text('{un} · {boxes} 箱 · 批号 {no}', '{un} · {boxes} {boxes:box|boxes} · batch {no}')
    return words.of(un=batch.un_number, boxes=batch.boxes, no=batch.batch_no)


def _refers(batch: Batch) -> list[tuple[str, str]]:
    named = [('designs', batch.design), ('performance_sheets', batch.performance_sheet)]
    return [*named, *documents.refers(batch)]


def _draws(batch: Batch) -> list[Draw]:
    key = batch.performance_sheet
    return [Draw(library='performance_sheets', key=key, amount=batch.boxes)]


def _series(batch: Batch) -> Origin:
    return Origin(plant=batch.plant, line=batch.line, design=batch.design)


def _items(batch: Any) -> list[str]:
    return list(batch.serials)


SCENARIO = Scenario(
    home=Path(__file__).parent,
    title=Text('出口锂电包装智慧监管', 'Export lithium battery packaging'),
    declares=Batch,
    headline=_headline,
    readers={'photograph': PACKAGE, 'document': documents.PAPERS},
    subjects={'document': documents.numbers},
    libraries={
        'designs': PackageDesign,
        'performance_sheets': PerformanceSheet,
        'factory_sheets': FactorySheet,
        'test_summaries': TestSummary,
        'hazard_reports': HazardReport,
        'compatibility_declarations': CompatibilityDeclaration,
    },
    fed={'factory_sheets': 'no'},
    items=_items,
    confirms={'designs': asking.of_design, 'performance_sheets': asking.of_sheet},
    refers=_refers,
    series=_series,
    registered=faces.registered,
    draws=_draws,
    door=[
        door.serials_are_counted,
        door.masses_and_days_are_in_order,
        door.un_number_is_covered,
        door.design_is_registered,
        door.sheet_is_usable,
    ],
    checks=[
        photographs.photographs_are_new,
        photographs.photographs_can_be_read,
        photographs.every_box_is_photographed,
        photographs.serials_are_those_of_the_boxes,
        documents.documents_are_complete,
        documents.documents_say_what_was_declared,
        documents.documents_are_as_registered,
        checks.performance_sheet_covers_the_batch,
        sheets.sheet_agrees_with_itself_and_the_goods,
        asking.original_of_the_sheet_was_seen,
        checks.marks_are_those_of_the_sheet,
        checks.marks_are_well_formed,
        packing.packaging_is_allowed,
        asking.letter_of_the_code_is_kept,
        packing.performance_level_is_enough,
        checks.mass_is_within_the_mark,
        checks.printed_mass_is_the_declared,
        checks.un_number_is_the_declared,
        checks.hazard_label_is_right,
        packing.name_is_that_of_the_un_number,
        provisions.exemption_applies,
        provisions.battery_mark_is_only_for_small_batteries,
        checks.closure_is_as_instructed,
        faces.faces_match_registered_photograph,
        checks.arrows_point_up,
        checks.batch_is_of_the_sheet,
        packing.instruction_fits_the_goods,
        asking.inner_packaging_protects,
        asking.untested_packaging_is_strong,
        asking.overpack_is_marked,
        asking.special_conditions_are_met,
    ],
    on_release=use_appraisal,
    revisit_after='visit_days',
    tasks={
        'review': Text('审核单证与照片存疑处', 'review the documents and the doubtful photographs'),
        'remote': Text('远程查检存疑箱', 'look at the doubtful boxes by remote inspection'),
        'inspect': Text('到现场查验该批包装', 'inspect the packages of the batch on site'),
        'refuse': Text('确认拒绝并告知企业', 'confirm the refusal and tell the enterprise'),
    },
)
