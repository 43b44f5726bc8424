"""Django's name for this folder."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, static files, and words of the screens."""

    name = 'clearlane.web'
    label = 'web'
