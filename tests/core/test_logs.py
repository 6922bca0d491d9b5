"""Whatever puts a secret into a log line, it is taken out."""

import io
import logging

import pytest
from django.conf import settings
from structlog.stdlib import ProcessorFormatter

SECRETS = {
    "bearer": "Authorization: Bearer Zx8Kq2Lm9Pw4Rt6Y",
    "basic": "Authorization: Basic Zx8Kq2Lm9Pw4Rt6Y=",
    "address": "https://robot:Zx8Kq2Lm9Pw4Rt6Y@host.example/path",
    "database": "postgresql://app:Zx8Kq2Lm9Pw4Rt6Y@/flectar",
    "query": "/callback?access_token=Zx8Kq2Lm9Pw4Rt6Y&x=1",
    "own key": "key fb_live_Zx8Kq2Lm9Pw4Rt6Y was used",
    "stripe": "sk_live_Zx8Kq2Lm9Pw4Rt6Y",
    "resend": "re_Zx8Kq2Lm9Pw4Rt6Y",
    "webhook": "whsec_Zx8Kq2Lm9Pw4Rt6Y",
    "google": "ya29.Zx8Kq2Lm9Pw4Rt6Y",
    "meta": "EAAZx8Kq2Lm9Pw4Rt6YZx8Kq2Lm9Pw4Rt6Y",
    "jwt": "eyJhbGciOi.eyJzdWIiOi.Zx8Kq2Lm9Pw4Rt6Y",
    "assignment": "password = 'Zx8Kq2Lm9Pw4Rt6Y'",
    "pem": "-----BEGIN PRIVATE KEY-----\nZx8Kq2Lm9Pw4Rt6Y\n-----END PRIVATE KEY-----",
}


@pytest.fixture
def line() -> tuple[logging.Logger, io.StringIO]:
    """A third party's logger, written as the product writes."""
    formatter = settings.LOGGING["formatters"]["json"]
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        ProcessorFormatter(foreign_pre_chain=formatter["foreign_pre_chain"], processors=formatter["processors"])
    )
    logger = logging.Logger("somebody.elses")
    logger.addHandler(handler)
    return logger, out


@pytest.mark.parametrize("text", SECRETS.values(), ids=SECRETS.keys())
def test_a_secret_in_a_message_or_its_arguments_is_taken_out(line, text: str):
    logger, out = line

    logger.warning(text)
    logger.warning("said %s", text)

    assert out.getvalue().count("[redacted]") >= 2
    assert "Zx8Kq2Lm9Pw4Rt6Y" not in out.getvalue()


@pytest.mark.parametrize(
    "text", ["ana@example.com", "+34 960 000 141", "4242 4242 4242 4242", "ES9121000418450200051332"]
)
def test_personal_data_is_taken_out(line, text: str):
    logger, out = line

    logger.warning("for %s", text)

    assert text not in out.getvalue()


def test_an_exception_is_told_without_its_variables(line):
    logger, out = line

    def fail() -> None:
        key = "plainlocalvariable"
        raise ValueError(f"token={key[::-1]}")

    try:
        fail()
    except ValueError:
        logger.exception("it failed")

    assert "ValueError" in out.getvalue()
    assert "plainlocalvariable" not in out.getvalue()
    assert "plainlocalvariable"[::-1] not in out.getvalue()
