"""Sealing by the clock, and publishing the seal."""

from flectar.core.jobs import every
from flectar.platform.audit import publishing, sealing


@every("*/5 * * * *", name="audit.seal")
def seal() -> None:
    sealing.seal()


@every("7 0 * * *", name="audit.publish")
def publish() -> None:
    sealing.seal()
    publishing.publish()
