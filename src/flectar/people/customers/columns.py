"""Which column of a file says what about a person: headers as Google, Outlook and people themselves write them."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Says(StrEnum):
    NAME = "name"
    FIRST = "first"
    MIDDLE = "middle"
    LAST = "last"
    COMPANY = "company"
    EMAIL = "email"
    PHONE = "phone"
    LABEL = "label"  # of what kind the next email, phone or address is
    STREET = "street"
    POSTCODE = "postcode"
    CITY = "city"
    REGION = "region"
    COUNTRY = "country"
    LANGUAGE = "language"
    NOTE = "note"
    TAGS = "tags"
    PHOTO = "photo"
    NOTHING = ""


def of_field(field: Any) -> str:
    """The meaning of a column that answers a field of the owner's own."""
    return f"field:{field.pk}"


LABELS: Mapping[Says, str | Promise] = {
    Says.NAME: _("Full name"),
    Says.FIRST: _("First name"),
    Says.MIDDLE: _("Middle name"),
    Says.LAST: _("Last name"),
    Says.COMPANY: _("Company"),
    Says.EMAIL: _("Email"),
    Says.PHONE: _("Phone"),
    Says.LABEL: _("Kind of the next one"),
    Says.STREET: _("Street and number"),
    Says.POSTCODE: _("Postcode"),
    Says.CITY: _("City"),
    Says.REGION: _("Region"),
    Says.COUNTRY: _("Country"),
    Says.LANGUAGE: _("Language"),
    Says.NOTE: _("Note"),
    Says.TAGS: _("Tags"),
    Says.PHOTO: _("Photo"),
    Says.NOTHING: _("Leave out"),
}

# Read in order, the first that fits decides. Headers arrive without accents, case and signs.
_NOT_ABOUT_CONTACT = (
    r"\b(label|type|tipo|etiqueta|display|mostrar|yomi|phonetic|fonetico|fax|pager|buscapersonas|telex|tty|radio|isdn"
    r"|rdsi|assistant|asistente|ayudante|manager|jefe|spouse|conyuge|photo|foto|file as|nickname|alias|apodo|birthday"
    r"|cumpleanos|web|website|url|subject|sensitivity|priority|categor|group|grupo|callback|im address|user|usuario)"
)
_OF_ADDRESS = r"^((home|business|work|other|billing|shipping) )?(address( \d+)? )?"
_PATTERNS: tuple[tuple[Says, str], ...] = (
    (Says.PHOTO, r"^vcard photo$"),
    (Says.TAGS, r"^(tags?|etiquetas?|client tags?|customer tags?)$"),
    (Says.LABEL, r"^(e ?mail|phone|address|correo|telefono|direccion)( \d+)? (label|type|tipo|etiqueta)$"),
    (Says.NOTHING, _NOT_ABOUT_CONTACT),
    (Says.EMAIL, r"\b(e ?mails?|mail|correos?( electronicos?)?|direccion(es)? de correo)\b"),
    (
        Says.PHONE,
        r"\b(phones?|tel|tels|tfno|tlf|tlfno|telf|telefonos?|telephone|movil(es)?|mobile|cell|cellular|celular|whatsapp"
        r"|numero de telefono)\b",
    ),
    (
        Says.STREET,
        _OF_ADDRESS + r"(street( address)?|address( line)?( 1)?|calle|direccion( postal)?|domicilio|via)( y numero)?$",
    ),
    (
        Says.POSTCODE,
        _OF_ADDRESS + r"(post ?code|postal( code)?|zip( code)?|cp|c p"
        r"|codigo postal)$",
    ),
    (
        Says.CITY,
        _OF_ADDRESS + r"(city|town|ciudad|poblacion|localidad|municipio)$",
    ),
    (
        Says.REGION,
        _OF_ADDRESS + r"(region|state|province|county|provincia)$",
    ),
    (
        Says.COUNTRY,
        _OF_ADDRESS + r"(country( region)?|pais)$",
    ),
    (Says.FIRST, r"^(first( name)?|given name|forename|christian name|nombre de pila|primer nombre)$"),
    (Says.MIDDLE, r"^(middle( name)?|additional name|segundo nombre)$"),
    (
        Says.LAST,
        r"^(last( name)?|family name|surnames?|apellidos?|(primer|segundo) apellido|apellido [12])$",
    ),
    (
        Says.NAME,
        r"^(full name|name|contact( name)?|customer( name)?|client( name)?|person|guest"
        r"|nombres?|nombre completo|nombre y apellidos?|apellidos y nombre|contacto|clientes?|nombre del cliente"
        r"|nombre cliente|persona|huesped)$",
    ),
    (
        Says.COMPANY,
        r"^(company( name)?|business( name)?|organi[sz]ation( \d+)?( name)?|empresa|compania|organizacion|sociedad"
        r"|razon social|nombre de la empresa|nombre comercial)$",
    ),
    (Says.LANGUAGE, r"^(language|preferred language|locale|lang|idioma|lengua)$"),
    (Says.NOTE, r"^(notes?|comments?|remarks?|notas?|observacion(es)?|comentarios?)$"),
)
_COMPILED = tuple((says, re.compile(pattern)) for says, pattern in _PATTERNS)


def _plain(header: str) -> str:
    letters = unicodedata.normalize("NFKD", header).casefold()
    letters = "".join(char for char in letters if not unicodedata.combining(char))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", letters).split())


def meaning(header: str) -> Says:
    plain = _plain(header)
    return next((says for says, pattern in _COMPILED if pattern.search(plain)), Says.NOTHING)


_KINDS = (
    ("mobile", r"\b(mobile|movil(es)?|cell(ular)?|celular|whatsapp)\b"),
    ("work", r"\b(work|business|company|trabajo|empresa|oficina)\b"),
    ("home", r"\b(home|private|casa|particular|personal)\b"),
    ("billing", r"\b(billing|invoices?|facturacion|factura)\b"),
    ("delivery", r"\b(shipping|delivery|deliveries|envio|entrega)\b"),
    ("other", r"\b(other|otros?|otra)\b"),
)


def kind(said: str) -> str:
    """Of an email, a phone or an address, from what a header or a label says of it; empty if it says nothing."""
    plain = _plain(said)
    return next((found for found, pattern in _KINDS if re.search(pattern, plain)), "")


def is_known(header: str) -> bool:
    return meaning(header) is not Says.NOTHING


def guess(headers: Sequence[str]) -> tuple[Says, ...]:
    """One meaning a column. "Nombre" beside "Apellidos" is the first name only."""
    found = [meaning(header) for header in headers]
    if Says.LAST in found and Says.FIRST not in found:
        found = [
            Says.FIRST if says is Says.NAME and _plain(header) in ("nombre", "name", "nombres") else says
            for says, header in zip(found, headers, strict=True)
        ]
    return tuple(found)


def looks_like_phone(cell: str) -> bool:
    return bool(re.fullmatch(r"[+(]?[\d\s().\-/]{7,}", cell.strip()))


def guess_from_content(rows: Iterable[Sequence[str]]) -> tuple[Says, ...]:
    """For unknown headers or none: emails and phones show themselves, the first column of words is the name."""
    columns = list(zip(*_padded(rows), strict=True))
    found = []
    has_name = False
    for cells in columns:
        filled = [cell.strip() for cell in cells if cell.strip()] or [""]
        if sum("@" in cell for cell in filled) * 2 > len(filled):
            found.append(Says.EMAIL)
        elif sum(map(looks_like_phone, filled)) * 2 > len(filled):
            found.append(Says.PHONE)
        elif (
            not has_name and filled != [""] and sum(any(c.isalpha() for c in cell) for cell in filled) * 2 > len(filled)
        ):
            found.append(Says.NAME)
            has_name = True
        else:
            found.append(Says.NOTHING)
    return tuple(found)


def _padded(rows: Iterable[Sequence[str]]) -> list[tuple[str, ...]]:
    all_rows = [tuple(row) for row in rows]
    width = max((len(row) for row in all_rows), default=0)
    return [row + ("",) * (width - len(row)) for row in all_rows]
