"""Django's configuration, made from our settings. `clearlane.store.start` names it."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF

from clearlane.settings import settings
from clearlane.store.secrets import secret

_settings = settings()
_web = Path(__file__).parent.parent / 'web'


def _database(url: str) -> dict[str, object]:
    """Django's form of a postgresql:// URL; a socket folder may stand in `host=`."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    return {
        'ENGINE': 'django.db.backends.postgresql',
        'NAME': parts.path.lstrip('/') or 'clearlane',
        'USER': unquote(parts.username or ''),
        'PASSWORD': unquote(parts.password or ''),
        'HOST': unquote(parts.hostname or '') or options.pop('host', ''),
        'PORT': str(parts.port or options.pop('port', '')),
        'CONN_MAX_AGE': int(os.environ.get('CLEARLANE_KEEP_CONNECTION', '600')),
        'CONN_HEALTH_CHECKS': True,
        'OPTIONS': options,
    }


SECRET_KEY = secret(_settings.home, 'session', _settings.secret_key)
DEBUG = False
ALLOWED_HOSTS = _settings.hosts
DATABASES = {'default': _database(os.environ['CLEARLANE_OPEN_DATABASE'])}
DEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'
AUTH_USER_MODEL = 'store.User'

INSTALLED_APPS = [
    'django.contrib.auth',
    'django.contrib.contenttypes',
    'django.contrib.sessions',
    'django.contrib.messages',
    'django.contrib.staticfiles',
    'csp',
    'django_htmx',
    'allauth',
    'allauth.account',
    'ninja',
    'procrastinate.contrib.django',
    'clearlane.store',
    'clearlane.web',
]
MIDDLEWARE = [
    'django.middleware.security.SecurityMiddleware',
    'whitenoise.middleware.WhiteNoiseMiddleware',
    'csp.middleware.CSPMiddleware',
    'django.contrib.sessions.middleware.SessionMiddleware',
    'django.middleware.locale.LocaleMiddleware',
    'django.middleware.common.CommonMiddleware',
    'django.middleware.csrf.CsrfViewMiddleware',
    'django.contrib.auth.middleware.AuthenticationMiddleware',
    'django.contrib.messages.middleware.MessageMiddleware',
    'django.middleware.clickjacking.XFrameOptionsMiddleware',
    'django_htmx.middleware.HtmxMiddleware',
    'allauth.account.middleware.AccountMiddleware',
]
AUTHENTICATION_BACKENDS = ['allauth.account.auth_backends.AuthenticationBackend']
PASSWORD_HASHERS = ['django.contrib.auth.hashers.Argon2PasswordHasher']
AUTH_PASSWORD_VALIDATORS = [
    {
        'NAME': 'django.contrib.auth.password_validation.MinimumLengthValidator',
        'OPTIONS': {'min_length': 12},
    },
    {'NAME': 'django.contrib.auth.password_validation.CommonPasswordValidator'},
]

ROOT_URLCONF = 'clearlane.web.urls'
WSGI_APPLICATION = 'clearlane.web.wsgi.application'
TEMPLATES = [
    {
        'BACKEND': 'django.template.backends.django.DjangoTemplates',
        'APP_DIRS': True,
        'OPTIONS': {
            'context_processors': [
                'django.template.context_processors.request',
                'django.template.context_processors.i18n',
                'django.contrib.auth.context_processors.auth',
                'django.contrib.messages.context_processors.messages',
                'csp.context_processors.nonce',
            ],
        },
    },
]

STATIC_URL = '/static/'
STATICFILES_DIRS: list[Path] = []
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

LANGUAGE_CODE = 'zh-hans'
LANGUAGES = [('zh-hans', '中文'), ('en', 'English')]
LOCALE_PATHS = [_web / 'locale']
USE_I18N = True
USE_TZ = True
TIME_ZONE = 'Asia/Shanghai'

LOGIN_URL = 'account_login'
LOGIN_REDIRECT_URL = '/'
ACCOUNT_LOGIN_METHODS = {'username'}
ACCOUNT_SIGNUP_FIELDS = ['username*', 'password1*', 'password2*']
ACCOUNT_EMAIL_VERIFICATION = 'none'
ACCOUNT_ADAPTER = 'clearlane.web.pages.accounts.Accounts'
ACCOUNT_RATE_LIMITS = {'login_failed': '5/15m/key,50/m/ip'}

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _settings.secure
SECURE_HSTS_SECONDS = 31536000 if _settings.secure else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = 'same-origin'
X_FRAME_OPTIONS = 'DENY'
CONTENT_SECURITY_POLICY = {
    'DIRECTIVES': {
        'default-src': [NONE],
        'script-src': [SELF],
        'style-src': [SELF],
        'img-src': [SELF, 'data:', 'blob:'],
        'font-src': [SELF],
        'connect-src': [SELF],
        'form-action': [SELF],
        'frame-ancestors': [NONE],
        'base-uri': [NONE],
    },
}
# A declaration is text; photographs are streamed and have a limit of their own.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000  # a set of 200 risk rules is one form
FILE_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024

PROCRASTINATE_IMPORT_PATHS = ['clearlane.work']
PROCRASTINATE_WORKER_DEFAULTS = {'update_heartbeat_interval': 3, 'stalled_worker_timeout': 15}

LOGGING = {
    'version': 1,
    'disable_existing_loggers': False,
    'handlers': {'stderr': {'class': 'logging.StreamHandler'}},
    'root': {'handlers': ['stderr'], 'level': 'WARNING'},
}
