"""The audit log for auditors: its entries, its checkpoint, and proofs."""

from __future__ import annotations

import base64
import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clearlane import audit
from clearlane.access import Actor, require
from clearlane.settings import settings
from clearlane.store import log as stored
from clearlane.web import sight
from clearlane.web.pages.guard import page

A_PAGE = 50


def public_key() -> str:
    """The key that checkpoints are signed with, in the form in which others are told it."""
    configured = settings()
    key = audit.signing_key(configured.home).public_key()
    return audit.verifier(configured.origin, key)


@require_GET
@page
def log(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The newest entries, or those before an index."""
    before = request.GET.get('before', '')
    index = int(before) if before.isascii() and before.isdigit() and len(before) < 16 else None
    entries = sight.log_entries(actor, index, A_PAGE)
    context = {
        'entries': entries,
        'size': stored.size(),
        'checkpoint': sight.last_checkpoint(),
        'key': public_key(),
        'older': entries[-1].index if entries and entries[-1].index > 0 else None,
        'newest': index is None,
    }
    return render(request, 'log.html', context)


@require_GET
@page
def entry(request: HttpRequest, actor: Actor, index: int) -> HttpResponse:
    """One entry as it was logged."""
    found = sight.log_entry(actor, index)
    leaf = json.dumps(json.loads(found.leaf), ensure_ascii=False, indent=2)
    context = {'entry': found, 'leaf': leaf, 'hash': audit.leaf_hash(found.leaf.encode()).hex()}
    return render(request, 'log_entry.html', context)


@require_GET
@page
def proof(request: HttpRequest, actor: Actor, index: int) -> HttpResponse:
    """The proof that an entry is in the log, for a checkpoint that covers it where there is one."""
    require(actor, 'audit')
    found = sight.log_entry(actor, index)
    response = JsonResponse(_proof(found.index, found.leaf), json_dumps_params={'indent': 2})
    response['Content-Disposition'] = f'attachment; filename="entry-{index}.json"'
    return response


def _proof(index: int, leaf: str) -> dict[str, Any]:
    checkpoint = sight.last_checkpoint()
    covered = checkpoint is not None and checkpoint.size > index
    size = checkpoint.size if checkpoint is not None and covered else stored.size()
    return {
        'index': index,
        'size': size,
        'leaf': leaf,
        'leaf_hash': _text(audit.leaf_hash(leaf.encode())),
        'root': _text(audit.root(size)),
        'proof': [_text(step) for step in audit.prove(index, size)],
        'checkpoint': checkpoint.note if checkpoint is not None and covered else None,
        'key': public_key(),
    }


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
