"""The rules of the refund: their examples in words, and what a property says of all amounts."""

from __future__ import annotations

import doctest
from datetime import date
from decimal import Decimal
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearlane import graph, personal
from clearlane.scenarios.departure_refund import checks, evidence, refund, rules
from clearlane.scenarios.departure_refund.records import Good
from clearlane.scenarios.departure_refund.scenario import SCENARIO

TODAY = date(2026, 5, 11)
LAW = SCENARIO.parameters.on(TODAY)


@pytest.mark.parametrize('module', [rules, evidence, checks, refund, graph, personal])
def test_the_examples_in_the_words_are_true(module: ModuleType) -> None:
    found = doctest.testmod(module)
    assert found.attempted
    assert not found.failed


amounts = st.decimals('0.01', '99999', places=2)
goods = st.builds(
    lambda amount, quantity, vat: Good(
        line=1, name='x', quantity=Decimal(quantity), amount=amount, vat_rate=vat
    ),
    amounts, st.integers(1, 50), st.sampled_from([13, 9]),
)  # fmt: skip


@given(st.lists(goods, min_size=1, max_size=8))
def test_a_refund_is_never_more_than_the_law_and_at_most_a_fen_a_rate_less(
    found: list[Good],
) -> None:
    whole = rules.refund([(g, g.quantity) for g in found], LAW, TODAY)
    exact = sum((g.amount * rules.rate(g.vat_rate, TODAY, LAW) for g in found), Decimal(0))
    assert whole.amount <= exact < whole.amount + Decimal('0.02')
    assert whole.net == whole.amount - whole.fee >= 0


@given(goods, st.integers(0, 60))
def test_fewer_goods_bring_less(good: Good, shown: int) -> None:
    part = rules.refund([(good, Decimal(min(shown, int(good.quantity))))], LAW, TODAY)
    assert part.net <= rules.refund([(good, good.quantity)], LAW, TODAY).net
    assert part.goods.as_tuple().exponent >= -2
