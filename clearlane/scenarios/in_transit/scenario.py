"""In-transit supervision (在途监管).

Goods under customs seal travel by road. The carrier declares route, vehicle, container,
seals, driver and the devices that go along; an officer issues and applies the seals; devices
report under way; an officer verifies the seals at the end, and the journey is written off.

Legal basis: Customs Law of the PRC, art. 37 (goods under supervision may not be opened
without leave); administrative measures on customs transfer (转关); ISO 17712 for seals. The
articles were not read for this (unconfirmed).

Not covered: rail and water, convoys, several vehicles in one journey, the guarantee (担保) for
goods under way, locks that are opened from afar, the encryption of JT/T 808 (RSA).
"""

from __future__ import annotations

from pathlib import Path

from clearlane import Scenario, Stream, Text
from clearlane.recognisers.vehicle import VEHICLE
from clearlane.scenarios.in_transit import checks, door, photographs, plan
from clearlane.scenarios.in_transit.course import begin, step
from clearlane.scenarios.in_transit.incidents import REASONS, TITLES, due, incidents
from clearlane.scenarios.in_transit.records import Journey, Route
from clearlane.scenarios.in_transit.report import write_off
from clearlane.scenarios.in_transit.seals import LOADS, SEALS


def _headline(journey: Journey) -> Text:
    words = Text('{plate} · {a} → {b}', '{plate} · {a} → {b}')
    return words.of(plate=journey.plate, a=journey.origin, b=journey.destination)


def _refers(journey: Journey) -> list[tuple[str, str]]:
    return [('routes', journey.route)] if journey.route else []


STREAM = Stream(
    devices=plan.devices,
    begins=plan.begins,
    ends=plan.ends,
    prepare=plan.plan,
    measure=plan.measure,
    begin=begin,
    step=step,
    incidents=incidents,
    due=due,
    chart=plan.chart,
    titles=TITLES,
    reasons=REASONS,
)

SCENARIO = Scenario(
    home=Path(__file__).parent,
    title=Text('在途监管', 'In-transit supervision'),
    declares=Journey,
    headline=_headline,
    readers={'photograph': VEHICLE},
    libraries={'routes': Route},
    refers=_refers,
    # In whose hands the load was stands in the acts of custody and on the report.
    personal=frozenset({'driver', 'driver_licence', 'holder', 'identity'}),
    door=[door.route_is_known, door.seals_are_named_once],
    checks=[
        photographs.photographs_are_new,
        photographs.photographs_are_there,
        photographs.plate_is_the_declared,
        photographs.container_is_the_declared,
        photographs.seals_are_the_declared,
        checks.route_is_registered,
        checks.seals_were_kept,
        checks.load_stayed_closed,
        checks.vehicle_kept_to_its_course,
        checks.journey_was_watched,
        checks.journey_was_in_time,
        checks.hands_are_known,
    ],
    on_release=write_off,
    revisit_after='visit_days',
    visit=Text(
        '到货后续监管：核对货物并转入下一环节', 'take the goods into the next supervised step'
    ),
    stream=STREAM,
    custody=[SEALS, LOADS],
    tasks={
        'review': Text(
            '核实在途告警与封志记录', 'look into the incidents and the record of the seals'
        ),
        'remote': Text('远程核实在途告警', 'look into the incidents by remote inspection'),
        'inspect': Text(
            '到货地查验车辆、封志与货物', 'inspect vehicle, seals and goods at the destination'
        ),
        'refuse': Text(
            '确认不予核销并告知企业', 'confirm that it is not written off and tell the carrier'
        ),
    },
)
