"""The disposition that is suggested to an officer (处置建议), made from the findings alone.

The officer reads it, changes it and answers for it; what was suggested is kept beside
what was left of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from clearlane.model import Text

HEADS = {
    'release': Text(
        '建议放行：{n} 项检查全部相符。',
        'Suggested: release. {n:The one check agrees|All {n} checks agree}.',
    ),
    'review': Text(
        '建议单证审核：有 {n} 项需要人工判定。',
        'Suggested: documentary review. {n} {n:point needs|points need} a person.',
    ),
    'remote': Text(
        '建议远程查检：有 {n} 项需要查看实物。',
        'Suggested: remote inspection. {n} {n:point needs|points need} a look at the goods.',
    ),
    'inspect': Text(
        '建议现场查验：有 {n} 项不符或存疑。',
        'Suggested: on-site inspection. {n} '
        '{n:point does not agree or is|points do not agree or are} doubtful.',
    ),
    'refuse': Text(
        '建议不予放行：有 {n} 项不符。',
        'Suggested: refuse. {n} {n:point does|points do} not agree.',
    ),
}
DRAWN = Text(
    '建议现场查验：各项检查相符，该批为随机抽中。',
    'Suggested: on-site inspection. All checks agree; the batch was drawn at random.',
)
WORDS = {
    'fail': Text('不符', 'mismatch'),
    'doubt': Text('存疑', 'doubtful'),
}
LAST = {
    'release': Text('出具结果单，按期开展周期监管。', 'Issue the paper; visit periodically.'),
    'review': Text(
        '核对单证原件；证据不足的，退回企业补正。',
        'Compare the original documents; where evidence is missing, send it back for correction.',
    ),
    'remote': Text(
        '约定视频时间，逐项查看上述箱件；不能消除疑点的，转现场查验。',
        'Make an appointment and look at these boxes; what stays doubtful is inspected on site.',
    ),
    'inspect': Text(
        '派员到场，先查上述箱件，再按方案抽取其他箱件。',
        'Go there; look at these boxes first, then at others as the plan draws them.',
    ),
    'refuse': Text(
        '出具不合格通知单，告知理由、依据和救济途径。',
        'Issue a notice of non-conformity with reasons, basis and ways of recourse.',
    ),
}
Form = Mapping[str, Any]


def suggest(result: Form) -> dict[str, str]:
    """What is suggested on a stored decision, in both languages: {zh, en}."""
    return {'zh': _words(result, 'zh'), 'en': _words(result, 'en')}


def _words(result: Form, language: str) -> str:
    outcome = result['outcome']
    open_ = [f for f in result['findings'] if f['result'] != 'pass']
    open_.sort(key=lambda f: f['result'] != 'fail')
    drawn = outcome == 'inspect' and not open_
    head = DRAWN if drawn else HEADS[outcome].of(n=len(open_) or len(result['findings']))
    lines = [head.say(language)]
    lines += [_line(n, f, language) for n, f in enumerate(open_, start=1)]
    return '\n'.join([*lines, LAST[outcome].say(language)])


def _line(number: int, finding: Form, language: str) -> str:
    zh = language == 'zh'
    said = f'{number}. [{WORDS[finding["result"]].say(language)}] '
    said += revived(finding['reason']).say(language)
    if finding['clause']:
        said += f'({finding["clause"]})' if zh else f' ({finding["clause"]})'
    if finding['remedy']:
        said += ('；处理：' if zh else '; remedy: ') + revived(finding['remedy']).say(language)
    return said


def revived(form: Any) -> Text:
    """A sentence from its written form, with the sentences among its values."""
    values = {
        name: revived(value) if isinstance(value, Mapping) and {'zh', 'en'} <= set(value) else value
        for name, value in (form.get('values') or {}).items()
    }
    return Text(form['zh'], form['en'], values)


def bodies(findings: Sequence[Form]) -> list[dict[str, str]]:
    """Findings in both languages, as a paper prints them."""
    return [
        {
            'check': f['check'],
            'clause': f['clause'],
            **{f'reason_{lang}': revived(f['reason']).say(lang) for lang in ('zh', 'en')},
            **{
                f'remedy_{lang}': revived(f['remedy']).say(lang) if f['remedy'] else ''
                for lang in ('zh', 'en')
            },
        }
        for f in findings
    ]
