"""What the operator can switch while everything runs. Each has a type, a default and words; its value is a row.

    if switches.SIGN_UP.value(): …

A value is asked for where it is needed: a switch holds from the next request on, in every process.
"""

import json
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from flectar.core import clock


@dataclass(frozen=True, slots=True)
class Switch[T: (bool, str)]:
    """Something the operator decides for the whole installation."""

    name: str
    default: T
    label: str | Promise
    text: str | Promise

    @property
    def is_text(self) -> bool:
        return isinstance(self.default, str)

    def value(self) -> T:
        with connection.cursor() as cursor:
            cursor.execute("SELECT value FROM core_switch WHERE name = %s", [self.name])
            row = cursor.fetchone()
        if row is None:
            return self.default
        found: Any = json.loads(row[0]) if isinstance(row[0], str) else row[0]
        # A row of another type is an older version's: the default is safer than a guess.
        return found if type(found) is type(self.default) else self.default

    def set(self, value: T) -> None:
        if type(value) is not type(self.default):
            raise TypeError(f"{self.name} takes {type(self.default).__name__}, not {value!r}")
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO core_switch (name, value, changed_at) VALUES (%s, %s, %s)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at",
                [self.name, json.dumps(value), clock.now()],
            )


SIGN_UP = Switch("sign_up", True, _("New accounts"), _("Whether anybody may open an account."))
NOTICE = Switch(
    "notice", "", _("Notice"), _("A sentence on the status page: planned work, or what is being mended. Empty: none.")
)
SWITCHES: tuple[Switch[Any], ...] = (SIGN_UP, NOTICE)
