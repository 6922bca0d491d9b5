"""Whatever is sent to whichever address, the answer is one: a page, or a refusal in words. Never a fault of ours."""

import re
from html.parser import HTMLParser
from itertools import count
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from tests.border.conftest import World, rolled_back
from tests.border.hostile import border, encoded, percent, words
from tests.test_architecture import ALL_VIEWS

FORM = "application/x-www-form-urlencoded"
KINDS = [
    FORM,
    "application/json",
    "text/plain",
    "multipart/form-data; boundary=b",
    "multipart/form-data",
    "",
    "x/y; charset=utf-16",
]
PLATFORM = [path for urlconf, path, _ in ALL_VIEWS if urlconf == settings.ROOT_URLCONF and not path.startswith("api/")]
SITE = [path for urlconf, path, _ in ALL_VIEWS if urlconf == settings.SITE_URLCONF]
# Query and form fields that views read by name; forms' own fields are met in test_forms below.
READ = (
    "q after with view show service kept at theme reason project part page next language customer closure change anyway"
    " day date month person week cursor limit status action actor since until preview undo resource name email login"
).split()
numbers = count()
CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")


def filled(path: str, world: World, data: st.DataObject) -> str:
    def value(match: re.Match[str]) -> str:
        name = match[1]
        known = world.ids.get(name) or world.ids["any"]
        if name == "project" and data.draw(st.booleans()):
            return "nacar"
        return percent(data.draw(words(known), label=name))

    return "/" + CONVERTER.sub(value, path.lstrip("^").rstrip("$"))


def pairs(world: World) -> st.SearchStrategy[list[tuple[str, str]]]:
    every = [
        *world.ids["any"],
        *world.ids["service"],
        "Ana",
        "ana@example.com",
        "2026-11-24",
        "2026-11-24T10:00",
        "10:00",
    ]
    return st.lists(st.tuples(st.one_of(st.sampled_from(READ), words()), words(every)), max_size=5)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_address_of_the_platform_answers(world: World, method: str):
    @border
    @given(st.data())
    def answers(data: st.DataObject) -> None:
        path = filled(data.draw(st.sampled_from(PLATFORM)), world, data)
        query, body = encoded(data.draw(pairs(world))), encoded(data.draw(pairs(world)))
        kind = data.draw(st.one_of(st.just(FORM), st.sampled_from(KINDS)))
        with rolled_back():
            answer = world.browser(next(numbers)).generic(method, f"{path}?{query}", data=body, content_type=kind)
        assert answer.status_code < 500, f"{method} {path}?{query}"

    answers()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_address_of_a_site_answers(world: World, method: str):
    @border
    @given(st.data())
    def answers(data: st.DataObject) -> None:
        path = filled(data.draw(st.sampled_from(SITE)), world, data)
        path = data.draw(st.sampled_from(["", "/es", "/en", "/xx"])) + path
        query, body = encoded(data.draw(pairs(world))), encoded(data.draw(pairs(world)))
        kind = data.draw(st.one_of(st.just(FORM), st.sampled_from(KINDS)))
        with rolled_back():
            answer = world.visitor(next(numbers)).generic(method, f"{path}?{query}", data=body, content_type=kind)
        assert answer.status_code < 500, f"{method} {path}?{query}"

    answers()


class Forms(HTMLParser):
    """The forms of a page: (action, method, {name: values})."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.found: list[tuple[str, str, dict[str, list[str]]]] = []
        self.name = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.found.append((given.get("action") or self.path, given.get("method", "get").upper(), {}))
        if not self.found:
            return
        fields = self.found[-1][2]
        if tag == "select":
            self.name = given.get("name", "")
        if tag == "option" and self.name:
            fields.setdefault(self.name, []).append(given.get("value", ""))
        if tag in ("input", "textarea", "button") and given.get("name"):
            fields.setdefault(given["name"], []).append(given.get("value", ""))


def forms(client: Any, paths: list[str]) -> list[tuple[str, str, dict[str, list[str]]]]:
    found = {}
    for path in paths:
        answer = client.get(path)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            page = Forms(path)
            page.feed(answer.content.decode())
            for action, method, fields in page.found:
                found[(action, method, *sorted(fields))] = (action, method, fields)
    return list(found.values())


def all_paths(templates: list[str], world: World) -> list[str]:
    return [
        "/"
        + CONVERTER.sub(lambda match: (world.ids.get(match[1]) or world.ids["any"])[0], path.lstrip("^").rstrip("$"))
        for path in templates
        if "logout" not in path
    ]


def try_forms(world: World, client: Any, paths: list[str], fewest: int) -> None:
    with rolled_back():
        known = forms(client(0), paths)
    assert len(known) >= fewest

    @border
    @given(st.data())
    def answers(data: st.DataObject) -> None:
        action, method, fields = data.draw(st.sampled_from(known))
        changed = data.draw(st.sets(st.sampled_from(sorted(fields)), min_size=1, max_size=3)) if fields else set()
        sent: list[tuple[str, str]] = []
        for name, values in fields.items():
            if name not in changed:
                sent.append((name, data.draw(st.sampled_from(values))))
                continue
            times = data.draw(st.sampled_from([0, 1, 1, 1, 2]))
            sent += [(name, data.draw(words([*values, *world.ids["any"]]))) for _ in range(times)]
        path, _, query = action.partition("?")
        body = encoded(sent)
        with rolled_back():
            if method == "GET":
                answer = client(next(numbers)).generic("GET", f"{path}?{body}")
            else:
                answer = client(next(numbers)).generic("POST", f"{path}?{query}", data=body, content_type=FORM)
        assert answer.status_code < 500, f"{method} {action} {body}"

    answers()


def test_every_form_of_the_dashboard_takes_whatever_is_typed(world: World):
    try_forms(world, world.browser, all_paths(PLATFORM, world), 40)


def test_every_form_of_a_site_takes_whatever_is_typed(world: World):
    starts = ["/book/curl-cut?day=2026-11-24", "/book/curl-cut/details?at=2026-11-24T11:00Z", *all_paths(SITE, world)]
    try_forms(world, world.visitor, starts, 4)
