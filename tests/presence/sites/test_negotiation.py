"""Hosts, codings and tags as clients really send them."""

import pytest

from flectar.presence.sites.negotiation import coding_of, holds, split_host


@pytest.mark.parametrize(
    ("sent", "host", "port"),
    [
        ("salon.localhost", "salon.localhost", ""),
        ("SALON.localhost.:99", "salon.localhost", ":99"),
        ("Salon.LocalHost", "salon.localhost", ""),
        ("salon.localhost:", "salon.localhost", ""),
        ("127.0.0.1:8000", "127.0.0.1", ":8000"),
        ("xn--espaa-rta.example", "xn--espaa-rta.example", ""),
    ],
)
def test_a_host_has_one_spelling(sent, host, port):
    assert split_host(sent) == (host, port)


@pytest.mark.parametrize(
    "sent",
    [
        "",
        ".",
        "..",
        "salon..localhost",
        " salon.localhost",
        "salon.localhost ",
        "salon localhost",
        "salon.localhost:port",
        "salon.localhost:123456",
        "salon.localhost\r\nX: 1",
        "sal\x00on.localhost",
        "salon_.localhost",
        "-salon.localhost",
        "salon.localhost..",
        "user@salon.localhost",
        "salon.localhost/",
        "[::1]:80",
        "sälon.localhost",
        "a" * 64 + ".localhost",
        "a." * 200 + "localhost",
    ],
)
def test_what_is_no_host_name_is_refused(sent):
    assert split_host(sent) is None


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("deflate", "identity"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.5, gzip;q=0.9", "gzip"),
        ("BR ; Q=1.0", "br"),
        ("*", "br"),
        ("*;q=0", "identity"),
        ("br;q=0, *", "gzip"),
        ("identity;q=1, br;q=0.5", "identity"),
        ("gzip;q=nonsense", "identity"),
        ("gzip;q=-1", "identity"),
        ("identity;q=0", "identity"),
        ("br," * 500, "identity"),
    ],
)
def test_the_best_coding_that_the_client_takes(accepted, coding):
    assert coding_of(accepted) == coding


@pytest.mark.parametrize(
    ("sent", "is_held"),
    [
        ('"abc-br"', True),
        ('W/"abc-br"', True),
        ('"x", W/"abc-br" , "y"', True),
        ('"x","abc-br"', True),
        ("*", True),
        ('"abc"', False),
        ('"abc-gzip"', False),
        ("abc-br", False),
        ("", False),
        ('"x, abc-br"', False),
    ],
)
def test_a_tag_is_found_alone_weak_or_in_a_list(sent, is_held):
    assert holds(sent, '"abc-br"') is is_held
