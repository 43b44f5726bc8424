"""Questions that no evidence answers: an officer says yes or no, by name, one by one.

An answer about a declaration opens it again, and everything is concluded anew with
the answer as part of the case. An answer about an entry of a library holds for each
declaration that rests on that version of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from clearlane import audit, cases, flow
from clearlane.access import Actor, NotAllowed, NotFound, require
from clearlane.admission import Rejected, problem
from clearlane.model import Problem, Question, Text, plain
from clearlane.store import models as rows
from clearlane.store.session import atomic

REPLIES = ('yes', 'no', 'unclear')
LONGEST = 1000
EXACT = re.compile(r'[0-9]{1,9}(\.[0-9]{1,3})?')


@dataclass(frozen=True, kw_only=True)
class Given:
    """An answer as it comes in."""

    question: str
    reply: str
    note: str = ''
    amount: str = ''
    """Where the question is for an amount: a decimal with at most three places."""


def asked(row: rows.Declaration) -> list[Question]:
    """The questions that the last conclusion left open, in the order of the checks."""
    made = row.decisions.filter(by=flow.MACHINE).order_by('-number').first()
    if made is None:
        return []
    found = json.loads(made.result)['findings']
    return [question(q) for f in found for q in f.get('questions', ())]


def _locked(pk: int) -> rows.Declaration:
    found = rows.Declaration.objects.select_for_update(of=('self',)).select_related('party')
    row: rows.Declaration = found.get(pk=pk)
    return row


def question(form: Any) -> Question:
    """A question from its written form."""
    return Question(**{**form, 'words': Text(**form['words'])})


def answer(actor: Actor, no: str, given: Sequence[Given]) -> list[rows.Answer]:
    """Answer questions about a declaration; it is concluded again with the answers."""
    row = flow.find(actor, no)
    require(actor, 'answer', row.party_id)
    with atomic():
        row = _locked(row.pk)
        last = row.decisions.order_by('-number').first()
        waits = row.status == 'done' and last is not None and last.by == flow.MACHINE
        if not waits or last is None or last.outcome == 'release':
            raise flow.Conflict(f'{no} is not waiting for answers (status {row.status})')
        kept = _keep(actor, asked(row), given, declaration=row)
        audit.append('answer', actor.name, row.no, {'answers': [_told(a) for a in kept]})
        flow.reopen(row)
    return kept


def of_entry(entry: rows.LibraryEntry) -> list[Question]:
    """What an officer may confirm of an entry for all who rest on it."""
    scenario = flow.scenario_named(entry.scenario)
    ask = scenario.confirms.get(entry.library)
    if ask is None:
        return []
    record = scenario.libraries[entry.library].model_validate(entry.data)
    place = f'{entry.library}/{entry.key}'
    law = scenario.parameters.on(flow.today())
    return [Question(**{**vars(q), 'standing': place}) for q in ask(record, law)]


def confirm(actor: Actor, entry_id: int, given: Sequence[Given]) -> list[rows.Answer]:
    """Answer questions about a version of an entry, which then need not be asked each time."""
    require(actor, 'answer')
    with atomic():
        entry = rows.LibraryEntry.objects.select_for_update().filter(pk=entry_id).first()
        if entry is None:
            raise NotFound('not found')
        if entry.submitted_by == actor.name:
            raise NotAllowed('whoever submitted an entry may not confirm it')
        kept = _keep(actor, of_entry(entry), given, entry=entry)
        told = {'answers': [_told(a) for a in kept]}
        audit.append('confirm_entry', actor.name, cases.entry_subject(entry), told)
    return kept


def _keep(
    actor: Actor, open_: Iterable[Question], given: Sequence[Given], **about: Any
) -> list[rows.Answer]:
    known = {q.key: q for q in open_}
    problems = [p for one in given for p in _problems(one, known)]
    if problems or not given:
        raise Rejected(problems or [problem('answers', None, 'missing', *NONE)])
    return [
        rows.Answer.objects.create(
            question=one.question,
            words=plain(known[one.question].words),
            reply=one.reply,
            note=one.note.strip(),
            amount=one.amount.strip(),
            by=actor.name,
            day=flow.today(),
            answered_at=flow.now(),
            **about,
        )
        for one in given
    ]


def _problems(one: Given, known: dict[str, Question]) -> list[Problem]:
    found = []
    if one.question in known and not _fits(one.amount.strip(), known[one.question].most):
        found.append(problem(one.question, one.amount, 'amount', *AMOUNT))
    if one.question not in known:
        found.append(problem('question', one.question, 'unknown_question', *UNKNOWN))
    if one.reply not in REPLIES:
        found.append(problem(one.question, one.reply, 'reply', *REPLY))
    if one.reply != 'yes' and not one.note.strip():
        found.append(problem(one.question, None, 'note', *WHY))
    if len(one.note) > LONGEST or any(ord(c) < 32 and c not in '\r\n\t' for c in one.note):
        found.append(problem(one.question, one.note, 'note', *LONG))
    return found


def _fits(amount: str, most: str) -> bool:
    """Whether this answers a question for an amount up to `most`, or for none if that is empty."""
    if not most:
        return not amount
    return bool(EXACT.fullmatch(amount)) and Decimal(amount) <= Decimal(most)


AMOUNT = (
    Text('数量无效', 'this is no amount that can be answered here'),
    Text(
        '请填写 0 至申报数量之间的数，最多三位小数',
        'give a number from 0 to what is listed, at most three decimals',
    ),
)
NONE = (
    Text('没有任何回答', 'no question was answered'),
    Text('请至少回答一个问题', 'answer at least one question'),
)
UNKNOWN = (
    Text('没有这个待答问题', 'this question is not open'),
    Text('请刷新页面后按列出的问题回答', 'load the page again and answer what it lists'),
)
REPLY = (
    Text('回答无效', 'this is no answer'),
    Text('请回答 yes、no 或 unclear', 'answer yes, no or unclear'),
)
WHY = (
    Text('否定或无法判定时须说明原因', 'a no, or an unclear, needs a reason'),
    Text('请写明所见', 'say what you saw'),
)
LONG = (
    Text('说明过长或含控制字符', 'the note is longer than 1000 characters or not plain text'),
    Text('请缩短', 'shorten it'),
)


def _told(row: rows.Answer) -> dict[str, Any]:
    told = {'question': row.question, 'reply': row.reply, 'note': row.note}
    return {**told, 'amount': row.amount} if row.amount else told
