"""The seal of the audit log: whoever changes or removes a sealed entry is found out, even the database's superuser.

Entries are sealed in batches. A block's digest is SHA-256 over the digest before it, its own number, time and count,
and the digests of its entries in order of their ids. The chain's newest digest is published each day where the
database cannot reach; who would rewrite the whole chain would have to rewrite that too. There is no chain from entry
to entry: it would make every writer wait for the one before.

An entry is sealed with the fingerprint of what may name a person, not with the thing itself: an HMAC-SHA256 under a
salt of its own. When the person is forgotten, text and salt go, and the seal holds.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection, models

from flectar.platform.audit.models import Block, Entry

BATCH = 5000
BEFORE_THE_FIRST = bytes(32)


def fingerprint(salt: bytes, actor_name: str, target_name: str, old: object, new: object) -> bytes:
    said = json.dumps([actor_name, target_name, old, new], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.digest(salt, said.encode(), "sha256")


def seal() -> int:
    """Seal all that is committed, and say how many entries. One sealer at a time: the database sees to it."""
    sealed = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT audit_seal(%s)", [BATCH])
            (count,) = cursor.fetchone() or (0,)
            sealed += count
            if count < BATCH:
                return sealed


def forget(entries: models.QuerySet[Entry]) -> int:
    """Take out of these entries what names a person, for good; of the project being served, and no other's."""
    ids = list(entries.filter(salt__isnull=False).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_forget(%s)", [ids])
        (count,) = cursor.fetchone() or (0,)
    return int(count)


def head() -> Block | None:
    """The newest block: to be kept where nobody who can write to the database can write."""
    return Block.objects.order_by("-number").first()


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was sealed."""

    block: int
    text: str


@dataclass(slots=True)
class Proof:
    """What a verification has seen."""

    blocks: int = 0
    entries: int = 0
    forgotten: int = 0
    waiting: int = 0
    newest: bytes = BEFORE_THE_FIRST


def verify(published: dict[int, str], proof: Proof) -> Iterator[Fault]:
    """Every fault of the chain. Computed here from the rows alone, without the functions that live in the database.

    `published` are digests (hex) by block number, as they were handed out. Needs a role that sees all rows: the owner.
    """
    expected = 1
    for block in Block.objects.order_by("number").iterator():
        if block.number != expected:
            yield Fault(expected, f"block {expected} is missing")
        elif bytes(block.previous) != proof.newest:
            yield Fault(block.number, f"block {block.number} does not follow the one before it")
        expected = block.number + 1
        yield from _verify_block(block, proof)
        said = published.get(block.number)
        if said is not None and said != bytes(block.digest).hex():
            yield Fault(block.number, f"block {block.number} is not the one that was published")
        proof.blocks, proof.newest = proof.blocks + 1, bytes(block.digest)
    for number in sorted(number for number in published if number >= expected):
        yield Fault(number, f"block {number} was published and is missing")
    proof.waiting = Entry.objects.filter(block=None).count()
    for stray in Entry.objects.filter(block__gte=expected).order_by("block").distinct("block"):
        yield Fault(stray.block or 0, f"entries say that they are in block {stray.block}, which is missing")


def _verify_block(block: Block, proof: Proof) -> Iterator[Fault]:
    digests, count = hashlib.sha256(), 0
    digests.update(bytes(block.previous))
    digests.update(f"{block.number}|{_time(block.sealed_at)}|{block.count}".encode())
    for entry in Entry.objects.filter(block=block.number).order_by("id").iterator():
        count += 1
        digests.update(hashlib.sha256(_facts(entry)).digest())
        if entry.salt is None:
            proof.forgotten += 1
            if entry.actor_name or entry.target_name or entry.old or entry.new:
                yield Fault(block.number, f"entry {entry.pk} was forgotten and says something")
        elif bytes(entry.fingerprint) != fingerprint(
            bytes(entry.salt), entry.actor_name, entry.target_name, entry.old, entry.new
        ):
            yield Fault(block.number, f"entry {entry.pk} says something else than when it was written")
    proof.entries += count
    if count != block.count:
        yield Fault(block.number, f"block {block.number} was sealed with {block.count} entries and has {count}")
    elif digests.digest() != bytes(block.digest):
        yield Fault(block.number, f"an entry of block {block.number} is not as it was sealed")


def _facts(entry: Entry) -> bytes:
    """The sealed facts of an entry, exactly as the database's audit_facts() writes them."""
    parts = [
        str(entry.pk),
        _time(entry.at),
        entry.action,
        entry.actor_kind,
        _id(entry.actor_id),
        _id(entry.organization_id),
        _id(entry.project_id),
        entry.target_type,
        _id(entry.target_id),
        bytes(entry.fingerprint).hex(),
        entry.request_id,
    ]
    return "|".join(parts).encode()


def _id(value: UUID | None) -> str:
    return "" if value is None else str(value)


def _time(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
