from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def hello_mail(settings):
    """`test.hello`, a mail of no app."""
    folder = Path(__file__).parent / "templates"
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [folder]}]
