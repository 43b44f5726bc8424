"""The proof of a draw: an exported period, checked with nothing but itself.

The form is what `clearlane draw export` prints; the bytes are those of
`clearlane.sampling.draw`. The signed log shows that the commitment came first, and the entry
that revealed the seed how many declarations there were, and which: none can be left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from clearlane import merkle
from clearlane.sampling import draw

FORM = 'clearlane/draw/2'


class TooEarly(RuntimeError):
    """A seed is not public yet; the message says what it waits for."""


def checked(form: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every draw of an exported period computed again; `why` is empty where it agrees.

    Needs the exported form alone. Raises TooEarly where the seed is not revealed, and
    ValueError where the form is not one.
    """
    if form.get('form') != FORM:
        raise ValueError('this is no exported period of the draw')
    if not form.get('seed'):
        raise TooEarly(f'the seed of period {form["period"]} has not been revealed yet')
    seed = bytes.fromhex(form['seed'])
    broken = _commitment_broken(form, seed) or _incomplete(form)
    if broken and not form['declarations']:
        yield {'no': '', 'lot': '', 'why': broken}
    for one in form['declarations']:
        yield {'no': one['no'], 'lot': one['lot'], 'why': broken or _why(form, seed, one)}


def _commitment_broken(form: Mapping[str, Any], seed: bytes) -> str:
    """Why the commitment does not stand: another seed, or it is not in the signed log."""
    if draw.commitment(form['period'], seed) != form['commitment']:
        return 'the seed is not the one that was committed to'
    leaf = json.loads(form['leaf'])
    if (leaf['subject'], leaf['data'].get('commitment')) != (
        f'draw:{form["period"]}',
        form['commitment'],
    ):
        return 'the entry of the log states another commitment'
    return _not_signed(form, form, 'the commitment')


def _incomplete(form: Mapping[str, Any]) -> str:
    """Why these are not all declarations of the period, as the log states them with the seed.

    An enterprise is shown its own draws alone: whether they are all, it knows itself.
    """
    shown = form['revealed']
    leaf = json.loads(shown['leaf'])
    said = leaf['data']
    if (leaf['act'], leaf['subject']) != ('reveal_draw', f'draw:{form["period"]}'):
        return 'the entry of the log is not the one that revealed the seed'
    if said['seed'] != form['seed']:
        return 'the entry of the log reveals another seed'
    numbers = [one['no'] for one in form['declarations']]
    if len(numbers) != len(set(numbers)):
        return 'a declaration stands here twice'
    if not form.get('party') and (len(numbers), draw.listing(numbers)) != (
        said['draws'],
        said['listing'],
    ):
        return f'there were {said["draws"]} declarations, and not these {len(numbers)}'
    return _not_signed(form, shown, 'the list of declarations')


def _not_signed(form: Mapping[str, Any], shown: Mapping[str, Any], what: str) -> str:
    """Why an entry is not in the signed log, or nothing."""
    if not shown['checkpoint']:
        return f'the log has not been signed since {what} was entered'
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(form['key']))
    signed = merkle.opened(shown['checkpoint'], key)
    proof = [bytes.fromhex(step) for step in shown['proof']]
    held = merkle.included(shown['leaf'].encode(), shown['entry'], signed.size, proof, signed.root)
    return '' if held else f'{what} is not in the signed log'


def _why(form: Mapping[str, Any], seed: bytes, one: Mapping[str, Any]) -> str:
    if one.get('given'):
        return 'its lot was given by hand, not drawn'
    if one.get('entry') is None or one['entry'] <= form['entry']:
        return 'it was lodged before the commitment was logged'
    if draw.lot(seed, one['no']) != Decimal(one['lot']):
        return f'its lot should be {draw.lot(seed, one["no"])}'
    opened = one.get('opened') or []
    if opened != draw.boxes(seed, one['no'], one.get('items', ()), len(opened)):
        return 'other boxes should have been opened'
    return ''
