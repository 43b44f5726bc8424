"""What is said when something is not there, not allowed, or broken; to programs as a problem."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clearlane.web.api import problems


def _answer(request: HttpRequest, status: int, code: str) -> HttpResponse:
    if request.path.startswith('/api/'):
        return problems.answer(status, code)
    return render(request, f'{status}.html', status=status)


def not_there(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404."""
    return _answer(request, 404, 'not_found')


def not_allowed(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """403."""
    return _answer(request, 403, 'not_allowed')


def malformed(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """400."""
    return _answer(request, 400, 'malformed')


def broken(request: HttpRequest) -> HttpResponse:
    """500."""
    return _answer(request, 500, 'server_error')


def too_often(request: HttpRequest) -> HttpResponse:
    """429: too many attempts to sign in."""
    return render(request, '429.html', status=429)
