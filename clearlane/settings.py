"""Every setting: name, type, default, one line.

A setting comes from the environment as `CLEARLANE_<NAME>` (or `DATABASE_URL`),
else from `clearlane.toml` in the working folder, else from its default. A secret
may also come from a file: `CLEARLANE_<NAME>_FILE`. A wrong value stops the start.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class Wrong(ValueError):
    """A setting that cannot be used: the message names it and says what is expected."""


class Settings(BaseModel):
    """The settings of one installation."""

    model_config = ConfigDict(extra='forbid', frozen=True)

    home: Path = Field(Path('.clearlane'), description='folder of the data of this installation')
    database_url: str = Field(
        '', description='PostgreSQL server to use; empty starts the embedded one'
    )
    blobs_url: str = Field(
        '', description='store of the evidence, as in s3://bucket; empty is a folder in home'
    )
    secret_key: str = Field(
        '', description='secret that signs sessions; empty makes one and keeps it in home'
    )
    hosts: list[str] = Field(
        ['localhost', '127.0.0.1', '[::1]'], description='host names that the web server answers to'
    )
    listen: str = Field('127.0.0.1', description='address that the web server listens on')
    port: int = Field(8000, ge=1, le=65535, description='port that the web server listens on')
    public_url: str = Field(
        '', description='address printed in QR codes; empty is http://<listen>:<port>'
    )
    secure: bool = Field(
        False, description='served over https: cookies are marked secure and HSTS is sent'
    )
    workers: int = Field(
        os.cpu_count() or 1, ge=1, le=256, description='worker processes, one a core'
    )
    payments_url: str = Field(
        '', description='address of the payment provider; empty leaves payments planned'
    )
    payments_secret: str = Field(
        '', description='secret that signs what the payment provider and we tell each other'
    )
    live_port: int = Field(
        8001, ge=1, le=65535, description='port of the process that tells pages what is new'
    )
    live_url: str = Field(
        '', description='address of that process for browsers; empty is the host of the page'
    )
    tiles_url: str = Field(
        '', description='map tiles as in https://host/{z}/{x}/{y}.png; empty draws a plain grid'
    )
    tiles_datum: str = Field('wgs84', description='datum of the tiles: wgs84 or gcj02')
    jt808_listen: str = Field('0.0.0.0', description='address that JT/T 808 terminals connect to')  # noqa: S104 - terminals come from outside
    jt808_port: int = Field(
        0, ge=0, le=65535, description='TCP port of JT/T 808 terminals; 0 opens none'
    )
    jt808_tls_port: int = Field(
        0, ge=0, le=65535, description='TCP port of JT/T 808 terminals over TLS; 0 opens none'
    )
    jt808_certificate: str = Field(
        '', description='file with the certificate of the TLS port and its chain (PEM)'
    )
    jt808_key: str = Field('', description='file with the private key of that certificate (PEM)')
    jt808_connections: int = Field(
        50_000, ge=1, description='connections of JT/T 808 terminals at a time; others are closed'
    )
    jt808_unknown_seconds: int = Field(
        60, ge=1, description='seconds that a terminal has to authenticate after it connected'
    )
    jt808_idle_seconds: int = Field(
        900, ge=1, description='seconds without a byte after which a terminal is disconnected'
    )
    mqtt_url: str = Field(
        '', description='broker of the devices, as in mqtts://user:password@host; empty uses none'
    )
    mqtt_authority: str = Field(
        '',
        description='file with the authority (PEM) that an mqtts broker is checked against; '
        'empty takes those of the system',
    )
    origin: str = Field('clearlane.local/log', description='name of the audit log in checkpoints')

    @property
    def url(self) -> str:
        """Where people reach this installation."""
        return (self.public_url or f'http://{self.listen}:{self.port}').rstrip('/')


def read(environment: Mapping[str, str], file: Path) -> Settings:
    """Settings from the environment and a file; raises Wrong with the name and the reason."""
    values = {**_from_file(file), **_from_environment(environment)}
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = '.'.join(str(part) for part in first['loc'])
        raise Wrong(f'setting {name}: {first["msg"]} (see docs/settings.md)') from error


def _from_file(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    try:
        return tomllib.loads(file.read_text(encoding='utf-8'))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise Wrong(f'{file}: {error}') from error


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, field in Settings.model_fields.items():
        key = 'DATABASE_URL' if name == 'database_url' else f'CLEARLANE_{name.upper()}'
        value = environment.get(key)
        if value is None and (path := environment.get(f'{key}_FILE')):
            value = Path(path).read_text(encoding='utf-8').strip()
        if value is not None:
            found[name] = value.split(',') if field.annotation == list[str] else value
    return found


@cache
def settings() -> Settings:
    """The settings of this process."""
    return read(os.environ, Path('clearlane.toml'))
