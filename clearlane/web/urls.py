"""Every address of the web server."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from clearlane.web.api import v1
from clearlane.web.pages import (
    accounts,
    backtests,
    compared,
    custody,
    declarations,
    devices,
    diary,
    drawdowns,
    feeds,
    kiosk,
    law,
    library,
    lodging,
    log,
    media,
    questions,
    rules,
    tables,
    verify,
    watch,
)


def robots(request: HttpRequest) -> HttpResponse:
    """Nothing here is for search engines."""
    return HttpResponse('User-agent: *\nDisallow: /\n', 'text/plain')


urlpatterns = [
    path('', declarations.home, name='home'),
    path('declarations/new', lodging.new, name='new_declaration'),
    path('declarations/<str:no>', declarations.declaration, name='declaration'),
    path('declarations/<str:no>/evidence', lodging.evidence, name='evidence'),
    path('declarations/<str:no>/progress', declarations.progress, name='progress'),
    path('declarations/<str:no>/present', declarations.present, name='present'),
    path('declarations/<str:no>/close', declarations.close, name='close'),
    path('declarations/<str:no>/certificate.<str:language>.pdf', declarations.paper, name='paper'),
    path('declarations/<str:no>/answers', questions.answer, name='answer'),
    path('library', library.libraries, name='libraries'),
    path('library/<str:scenario>/<str:name>', library.library, name='library'),
    path('library/<str:scenario>/<str:name>/template.xlsx', tables.template, name='template'),
    path('library/<str:scenario>/<str:name>/table', tables.submit, name='submit_table'),
    path('library/<str:scenario>/<str:name>/new', library.submit, name='submit_entry'),
    path('library/<str:scenario>/<str:name>/<int:entry>/qualify', library.qualify, name='qualify'),
    path('library/<str:scenario>/<str:name>/draws/<path:key>', drawdowns.column, name='drawdowns'),
    path('feeds/<str:scenario>/<str:library>.xlsx', feeds.template, name='feed_template'),
    path('feeds/<str:scenario>/<str:library>', feeds.feed, name='feed'),
    path(
        'library/<str:scenario>/<str:name>/<int:entry>/confirm',
        questions.confirm,
        name='confirm_entry',
    ),
    path('kiosk', kiosk.kiosk, name='kiosk'),
    path('kiosk/enter', kiosk.enter, name='kiosk_enter'),
    path('kiosk/state', kiosk.state, name='kiosk_state'),
    path('kiosk/act/<str:name>', kiosk.act, name='kiosk_act'),
    path('kiosks', kiosk.kiosks, name='kiosks'),
    path('kiosks/<int:number>', kiosk.mirror, name='kiosk_mirror'),
    path('kiosks/<int:number>/state', kiosk.mirror_state, name='kiosk_mirror_state'),
    path('parameters', law.parameters, name='parameters'),
    path('diary', diary.diary, name='diary'),
    path('rules', rules.overview, name='rules'),
    path('rules/<str:scenario>/new', rules.edit, name='new_rules'),
    path('rules/<str:scenario>/check', rules.check, name='check_rule'),
    path('rules/<str:scenario>/off', rules.off, name='rules_off'),
    path('rules/<str:scenario>/backtest', backtests.back_test, name='backtest'),
    path('rules/<str:scenario>/<int:number>', rules.version, name='ruleset'),
    path('rules/<str:scenario>/<int:number>/edit', rules.edit, name='edit_rules'),
    path('rules/<str:scenario>/<int:number>/shadow', rules.shadow, name='shadow_rules'),
    path('rules/<str:scenario>/<int:number>/rules.toml', rules.file, name='rules_file'),
    path('rules/<str:scenario>/<int:number>/<str:name>', rules.act, name='rules_act'),
    path('live', watch.live, name='live'),
    path('live/positions.json', watch.positions, name='positions'),
    path('live/events.json', watch.events, name='live_events'),
    path('live/<str:no>', watch.watch, name='watch'),
    path('live/<str:no>/track.json', watch.track, name='track'),
    path('incidents/<int:number>', watch.incident, name='incident'),
    path('incidents/<int:number>/<str:act>', watch.respond, name='respond'),
    path('custody', custody.custody, name='custody'),
    path('custody/act', custody.act, name='custody_act'),
    path('devices', devices.devices, name='devices'),
    path('devices/add', devices.add, name='add_device'),
    path('devices/osmand', devices.osmand, name='osmand'),
    path('devices/traccar', devices.traccar, name='traccar'),
    path('devices/<str:code>/revoke', devices.revoke, name='revoke_device'),
    path('audit', log.log, name='log'),
    path('audit/<int:index>', log.entry, name='log_entry'),
    path('audit/<int:index>/proof.json', log.proof, name='proof'),
    path('evidence/<int:number>/view', media.view, name='evidence_view'),
    path('evidence/<int:number>/thumb', media.thumb, name='evidence_thumb'),
    path('evidence/<int:number>/large', media.large, name='evidence_large'),
    path('evidence/<int:number>/crop', media.crop, name='evidence_crop'),
    path('evidence/<int:number>/original', media.original, name='evidence_original'),
    path('evidence/<int:number>/compared', compared.compared, name='evidence_compared'),
    path('evidence/<int:number>/registered', compared.photograph, name='evidence_registered'),
    path('verify', verify.ask, name='verify_ask'),
    path('verify/<str:no>', verify.verify, name='verify'),
    path('me', accounts.me, name='me'),
    path('language', accounts.language, name='language'),
    path('sign-in', accounts.SignIn.as_view(), name='account_login'),
    path('sign-out', accounts.SignOut.as_view(), name='account_logout'),
    path('account-closed', accounts.inactive, name='account_inactive'),
    path('robots.txt', robots, name='robots'),
    path('api/v1/', v1.addresses()),
]

handler400 = 'clearlane.web.pages.errors.malformed'
handler403 = 'clearlane.web.pages.errors.not_allowed'
handler404 = 'clearlane.web.pages.errors.not_there'
handler429 = 'clearlane.web.pages.errors.too_often'
handler500 = 'clearlane.web.pages.errors.broken'
