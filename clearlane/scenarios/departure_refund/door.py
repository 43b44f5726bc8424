"""What is asked before an application is accepted."""

from __future__ import annotations

from collections.abc import Iterator

from clearlane import Case, Problem, Text, problem


def form_is_known(case: Case) -> Iterator[Problem]:
    """A shop has sent the form."""
    if case.libraries['forms'].get(case.declared.form_no) is None:
        yield problem(
            'form_no',
            case.declared.form_no,
            'unknown_form',
            Text('商店没有报送该申请单', 'no shop has sent this form'),
            Text('请核对单号，或请商店补报', 'check the number, or ask the shop to send it'),
        )


def invoices_are_named_once(case: Case) -> Iterator[Problem]:
    """No invoice is claimed twice in one application."""
    named = case.declared.invoices
    twice = sorted({no for no in named if named.count(no) > 1})
    if twice:
        yield problem(
            'invoices',
            ', '.join(twice),
            'invoice_twice',
            Text('发票重复申报', 'an invoice is named twice'),
            Text('每张发票只填一次', 'name each invoice once'),
        )
