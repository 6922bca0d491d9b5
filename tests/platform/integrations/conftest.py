from tests.platform.outbox.conftest import hello_mail

__all__ = ["hello_mail"]
