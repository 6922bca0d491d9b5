"""Address books of phones come in as any file: looked at first, with photos."""

import base64
import io

import pytest
from PIL import Image

from flectar.core import storage
from flectar.core.tenancy import project_scope
from flectar.people.customers import erasing, importing, vcard
from flectar.people.customers.models import Customer
from flectar.people.customers.tabular import UnreadableFile
from tests.people.customers import make


def photo() -> str:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Canary Camera"
    Image.new("RGB", (600, 600), "teal").save(out, "JPEG", exif=exif)
    return base64.b64encode(out.getvalue()).decode()


def folded(line: str) -> str:
    return "\r\n ".join(line[start : start + 70] for start in range(0, len(line), 70))


CARDS = (
    f"""BEGIN:VCARD
VERSION:3.0
N:Ibáñez;Paula;;;
FN:Paula Ibáñez
item1.EMAIL;type=INTERNET;type=HOME:paula@example.com
EMAIL:p@work.example
TEL;type=CELL:600 000 142
NOTE:Warm tones\\, never ash.\\nOat milk
CATEGORIES:VIP,Balayage
{folded("PHOTO;ENCODING=b;TYPE=JPEG:" + photo())}
END:VCARD
BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Garc=C3=ADa;Ana;;;
TEL;CELL:+34611000111
END:VCARD
BEGIN:VCARD
VERSION:4.0
FN:Modas Lola SL
ORG:Modas Lola SL
EMAIL:lola@example.com
PHOTO:https://example.com/lola.jpg
END:VCARD
BEGIN:VCARD
VERSION:4.0
FN:Eva
TEL:611 000 222
PHOTO:data:image/jpeg;base64,bm90IGEgcGhvdG8=
END:VCARD
""".replace("\n", "\r\n")
    .replace("\r\r", "\r")
    .encode()
)


@pytest.mark.django_db(transaction=True)
def test_cards_come_in_with_what_they_say_and_their_photos(salon):
    with project_scope(salon.pk):
        job = make.upload(salon, CARDS, "phone.vcf")
        assert importing.preview(salon, CARDS).new == 4
    importing.bring_in(salon.pk, job.pk)

    with project_scope(salon.pk):
        job.refresh_from_db()
        by_name = {customer.name: customer for customer in Customer.objects.whole()}
        paula, ana, lola, eva = (by_name[name] for name in ("Paula Ibáñez", "Ana García", "Modas Lola SL", "Eva"))
        assert [row.email for row in paula.emails.all()] == ["paula@example.com", "p@work.example"]
        assert [note.body for note in paula.notes.all()] == ["Warm tones, never ash.\nOat milk"]
        assert sorted(row.tag.name for row in paula.tags.all()) == ["Balayage", "VIP"]
        assert (ana.phone, lola.kind, lola.picture, eva.picture) == ("+34611000111", "company", "", "")
        assert [(line, outcome) for line, outcome, _reason, _cells in job.remarks] == [(eva_line(), "partly")]
        assert "bm90IGEg" not in str(job.remarks)
        with storage.public_files().open(paula.picture) as file:
            drawn = file.read()
        assert Image.open(io.BytesIO(drawn)).size == (512, 512)
        assert b"Canary Camera" not in drawn
        assert paula.picture.startswith(f"{salon.pk}/")
    with project_scope(salon.pk):
        erasing.erase(salon, paula)
    assert not storage.public_files().exists(paula.picture)


def eva_line() -> int:
    lines = CARDS.decode().splitlines()
    return max(number for number, line in enumerate(lines, 1) if line == "BEGIN:VCARD")


@pytest.mark.parametrize("content", [b"BEGIN:VCARD\nFN:Ana\n", b"BEGIN:VCARD\r\n"])
def test_a_card_that_never_ends_is_none(content):
    assert vcard.is_one(content)
    with pytest.raises(UnreadableFile):
        vcard.read(content)
