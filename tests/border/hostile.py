"""What nobody sensible sends: the values of the border's tests, and how they travel."""

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("FLECTAR_EXAMPLES", "60"))
# A run of the suite takes the same examples each time; more of them, and new ones, with FLECTAR_EXAMPLES=5000.
border = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="FLECTAR_EXAMPLES" not in os.environ,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)

NUMBERS = [
    "0", "-1", "1", "+5", " 5 ", "1_000", "007", "٣", "²", "½", "1e3", "1e999", "0x10", "NaN", "-Infinity", "1.5",
    "1,5", "1.005", "2147483647", "2147483648", "-2147483649", "9223372036854775808", "9" * 30, "9" * 5000, "-0",
    "12.345.678",
]  # fmt: skip
TIMES = [
    "2026-11-24", "2026-02-30", "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "99999-01-01", "-0001-01-01",
    "2026-11-24T10:00", "2026-11-24T10:00:00+01:00", "2026-11-24T10:00:00+99:99", "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00", "2026-11-24T25:61", "2026-W48", "2026-11", "24:00", "10:00", "-1:-1", "99:99",
    "10:00:60", "2026-03-29T02:30", "2026-10-25T02:30", "2026-11-24 10:00", "1793000000", "٢٠٢٦-١١-٢٤",
]  # fmt: skip
TEXTS = [
    "", " ", "\t", "\n", "a", "ñ", "🔑", "e\u0301", "\u202e", "\u200b", "\ufeff", "\x00", "a\x00b", "\x01", "\x7f",
    "\x85", "\ud800", "\udfff\ud800", "\uffff", "a" * 300, "ñ" * 3000, "'", '"', "';--", "<script>alert(1)</script>",
    "{{ 7|add:7 }}", "%s%s%n", "%", "%zz", "../../etc/passwd", "\\", "http://[", "//evil.example",
    "javascript:alert(1)", "null", "None", "true", "on", "[]", "{}", "[[]]", '{"a": 1}', "a@b", "a@b.c",
    '"a b"@example.com', "a@" + "b" * 300 + ".example", "+34600000000", "+999999999999999999", "tel:+34600",
    "Europe/Madrid", "Etc/Nowhere", "../UTC", "en", "es", "xx", "EUR", "not-a-uuid",
    "00000000-0000-0000-0000-000000000000", "#12", "#ffffff", "=1+1", "nacar", "es-ES-x-y", "\r\nX: y",
]  # fmt: skip


def words(plausible: Iterable[str] = ()) -> st.SearchStrategy[str]:
    """Plausible values half of the time, so that the hostile ones beside them are met deep inside."""
    hostile = st.one_of(st.sampled_from(TEXTS), st.sampled_from(NUMBERS), st.sampled_from(TIMES), st.text(max_size=40))
    known = list(plausible)
    return st.one_of(st.sampled_from(known), hostile) if known else hostile


def encoded(pairs: Iterable[tuple[str, str]]) -> str:
    """As a form's body or a query; halves of surrogate pairs become the bytes that no UTF-8 has."""
    return "&".join(f"{percent(name)}={percent(value)}" for name, value in pairs)


def percent(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        words(),
        st.sampled_from([10**30, -(10**30), 2**63, 0.1, 1e308]),
        st.just(str(UUID(int=0))),
        st.just(datetime(2026, 11, 24, 10, tzinfo=UTC).isoformat()),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(words(), inner, max_size=4)),
    max_leaves=12,
)
