"""Django's name for this folder."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """The tables."""

    name = 'clearlane.store'
    label = 'store'
