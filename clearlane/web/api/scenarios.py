"""The scenarios, and the schema of what each one takes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from clearlane import flow
from clearlane.access import require
from clearlane.scenario import scenarios as known
from clearlane.web.api import forms, shapes
from clearlane.web.api.described import refusals

router = Router(tags=['scenarios'])


@router.get(
    '/scenarios',
    response={200: list[forms.ScenarioOut], **refusals()},
    url_name='scenarios',
)
def scenarios(request: HttpRequest) -> Any:
    """Every scenario of this installation."""
    require(request.auth, 'see')  # type: ignore[attr-defined]
    return [shapes.scenario(found) for found in known().values()]


@router.get(
    '/scenarios/{scenario}/schema',
    response={200: dict[str, Any], **refusals(404)},
    url_name='scenario_schema',
)
def schema(request: HttpRequest, scenario: str) -> Any:
    """JSON schemas of the declared record and of the entries of each library."""
    require(request.auth, 'see')  # type: ignore[attr-defined]
    found = flow.scenario_named(scenario)
    libraries = {name: record.model_json_schema() for name, record in found.libraries.items()}
    return {'declared': found.declares.model_json_schema(), 'libraries': libraries}
