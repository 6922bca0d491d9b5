"""Files as Google, Outlook and spreadsheet programs really write them, from bytes to people."""

import pytest

from flectar.people.customers.columns import Says
from flectar.people.customers.people import Outcome, Reading, read_people, understand
from flectar.people.customers.tabular import MAX_BYTES, UnreadableFile, read_table

GOOGLE = (
    "First Name,Middle Name,Last Name,Phonetic First Name,Name Prefix,Nickname,File As,Organization Name,"
    "Organization Title,Birthday,Notes,Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,"
    "E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,Address 1 - Label,Address 1 - Formatted,Website 1 - Value\r\n"
    'Paula,,Ibáñez,,,,,,,,"Window chair.\nWarm tones, never ash.",https://example.com/p.jpg,* myContacts,* Home,'
    "Paula.Ibanez@Example.com,Work,paula@work.example,Mobile,+34 600 000 142 ::: 961 23 45 67,Home,"
    '"Calle Mayor 1\nValencia",https://example.com\r\n'
    ",,,,,,,Óptica Sol SL,,,,,* myContacts,* ,hola@optica.example ::: admin@optica.example,,,,,,,\r\n"
)
GOOGLE_BEFORE_2024 = (
    "Name,Given Name,Additional Name,Family Name,Yomi Name,Name Prefix,Language,Notes,Group Membership,"
    "E-mail 1 - Type,E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value,Organization 1 - Type,Organization 1 - Name\r\n"
    "Josep Llorens,Josep,,Llorens,,,es,,* myContacts,* Home,josep@example.com,Mobile,622 00 01 02,,Fusteria Llorens\r\n"
)
OUTLOOK_SPANISH = (
    '"Tratamiento","Nombre","Segundo nombre","Apellidos","Sufijo","Organización","Puesto","Fax del trabajo",'
    '"Número de teléfono del trabajo","Teléfono móvil","Tipo de correo electrónico",'
    '"Dirección de correo electrónico","Nombre para mostrar de correo electrónico","Notas"\r\n'
    '"Sra.","Carmen","","Núñez","","Gestoría Núñez","","961111111","961 234 567","611 222 333","SMTP",'
    '"carmen@example.com","Carmen Núñez (carmen@example.com)","Llama después de las 17 h.\r\n\r\nTiene perro.\r\n"\r\n'
)
OUTLOOK_ENGLISH = (
    "First Name,Middle Name,Last Name,Title,Suffix,E-mail Address,E-mail 2 Address,Home Phone,Business Phone,"
    "Mobile Phone,Home Fax,Company,Job Title,Notes\r\n"
    "Noa,,Benítez,,,noa@example.com,,,,+34 633 111 222,+34 961 11 11 11,,,\r\n"
)
SPREADSHEET = (
    "Nombre y apellidos;Teléfono;Correo electrónico;Observaciones\r\n"
    "Marta Climent;644 111 222;marta@example.com;Prefiere tarde; llamar antes\r\n"
)
SPREADSHEET = SPREADSHEET.replace("Prefiere tarde; llamar antes", '"Prefiere tarde; llamar antes"')


def read(data: bytes) -> Reading:
    from flectar.people.customers import columns

    return read_people(understand(read_table(data, knows=columns.is_known)), region="ES")


def test_google_contacts():
    reading = read(GOOGLE.encode())

    paula, optica = reading.people
    assert paula.name == "Paula Ibáñez"
    assert paula.emails == ["paula.ibanez@example.com", "paula@work.example"]
    assert paula.phones == ["+34600000142", "+34961234567"]
    assert paula.notes == ["Window chair.\nWarm tones, never ash."]
    assert optica.name == "Óptica Sol SL"
    assert optica.is_company
    assert optica.emails == ["hola@optica.example", "admin@optica.example"]
    assert reading.remarks == ()


def test_google_contacts_before_2024():
    (josep,) = read(GOOGLE_BEFORE_2024.encode()).people

    assert (josep.name, josep.locale, josep.emails) == ("Josep Llorens", "es", ["josep@example.com"])
    assert josep.phones == ["+34622000102"]
    assert josep.notes == ["Company: Fusteria Llorens"]
    assert not josep.is_company


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "mac_roman"])
def test_outlook_in_spanish_in_every_encoding(encoding):
    reading = read(OUTLOOK_SPANISH.encode(encoding))

    (carmen,) = reading.people
    assert carmen.name == "Carmen Núñez"
    assert carmen.phones == ["+34961234567", "+34611222333"]
    assert carmen.emails == ["carmen@example.com"]
    assert carmen.notes == ["Llama después de las 17 h.\r\n\r\nTiene perro.", "Company: Gestoría Núñez"]


def test_outlook_in_english_leaves_the_fax_out():
    (noa,) = read(OUTLOOK_ENGLISH.encode("utf-8-sig")).people

    assert noa.name == "Noa Benítez"
    assert noa.phones == ["+34633111222"]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig"])
def test_spreadsheet_with_semicolons(encoding):
    (marta,) = read(SPREADSHEET.encode(encoding)).people

    assert marta.name == "Marta Climent"
    assert marta.phones == ["+34644111222"]
    assert marta.notes == ["Prefiere tarde; llamar antes"]


def test_unicode_text_of_a_spreadsheet_is_utf_16_with_tabs():
    text = "Name\tE-mail\tPhone\r\nZoë Peña\tzoe@example.com\t655 000 111\r\n"

    (zoe,) = read(b"\xff\xfe" + text.encode("utf-16-le")).people

    assert (zoe.name, zoe.emails, zoe.phones) == ("Zoë Peña", ["zoe@example.com"], ["+34655000111"])


def test_a_first_line_that_names_the_delimiter():
    (ana,) = read(b"sep=|\r\nNombre|Correo\r\nAna|ana@example.com\r\n").people

    assert (ana.name, ana.emails, ana.line) == ("Ana", ["ana@example.com"], 3)


def test_lines_that_end_as_on_old_macs():
    people = read(b"name,email\rAna,ana@example.com\rLuis,luis@example.com\r").people

    assert [person.name for person in people] == ["Ana", "Luis"]


def test_a_title_above_the_header_is_passed_over():
    (ana,) = read("Clientes 2026;;\n;;\nNombre;Apellidos;Móvil\nAna;García;611 000 111\n".encode()).people

    assert (ana.name, ana.phones) == ("Ana García", ["+34611000111"])


def test_a_file_without_header_is_read_by_what_its_columns_hold():
    reading = read(b"Ana Garcia,611 000 111,ana@example.com\nLuis Soler,622 000 222,luis@example.com\n")

    assert [person.name for person in reading.people] == ["Ana Garcia", "Luis Soler"]
    assert reading.people[1].phones == ["+34622000222"]
    assert reading.people[0].emails == ["ana@example.com"]


def test_a_single_column_of_emails():
    people = read(b"email\nana@example.com\n\n\nluis@example.com\n").people

    assert [person.name for person in people] == ["ana@example.com", "luis@example.com"]


def test_the_owner_may_choose_what_a_column_says():
    table = read_table(b"Apodo,Contacto 2\nTita,611000111\n")
    sheet = understand(table, [Says.NAME, Says.PHONE])

    (tita,) = read_people(sheet, region="ES").people

    assert (tita.name, tita.phones) == ("Tita", ["+34611000111"])


# --- Repeats ----------------------------------------------------------------------------------------------------------


def test_the_same_email_joins_rows_and_says_so():
    reading = read(b"name,email,phone\nAna Garcia,ana@example.com,\nANA GARC\xc3\x8dA,Ana@Example.com,611000111\n")

    (ana,) = reading.people
    assert ana.phones == ["+34611000111"]
    (remark,) = reading.remarks
    assert (remark.outcome, remark.line, remark.reason) == (
        Outcome.JOINED,
        3,
        "Joined with line 2: the same person.",
    )


def test_another_name_with_the_same_email_is_kept_as_a_note():
    (ana,) = read(b"name,email\nAna Garcia,casa@example.com\nLuis Soler,casa@example.com\n").people

    assert ana.notes == ["Also called Luis Soler"]


def test_a_family_that_shares_a_phone_stays_apart():
    people = read(b"name,phone\nAna Garcia,961234567\nLuis Soler,961234567\nA. Garcia,961 23 45 67\n").people

    assert [person.name for person in people] == ["Ana Garcia", "Luis Soler"]


def test_a_chain_of_emails_is_one_person():
    reading = read(
        b"name,email\nAna,a@example.com ; b@example.com\nAna,b@example.com;c@example.com\nAna,c@example.com\n"
    )

    assert [person.emails for person in reading.people] == [["a@example.com", "b@example.com", "c@example.com"]]


# --- What cannot come in ----------------------------------------------------------------------------------------------


def reasons(reading: Reading) -> list[tuple[int, Outcome, str]]:
    return [(remark.line, remark.outcome, remark.reason) for remark in reading.remarks]


def test_a_bad_phone_costs_the_phone_not_the_person():
    reading = read(b"name,phone\nAna,12345\n")

    assert [(person.name, person.phones) for person in reading.people] == [("Ana", [])]
    ((line, outcome, reason),) = reasons(reading)
    assert (line, outcome) == (2, Outcome.PARTLY)
    assert reason.startswith("“12345” is not a number that can be called.")


def test_a_row_with_nobody_is_skipped_with_the_reason():
    reading = read(b"name,email,phone,notes\n,,,only a note\n,not an email,,\n")

    assert reading.people == ()
    assert reasons(reading) == [
        (2, Outcome.SKIPPED, "There is no name, email or phone."),
        (3, Outcome.SKIPPED, "“not an email” is not an email address."),
    ]


def test_nul_and_damaged_characters_cost_their_row_only():
    data = (
        "name,email\nA\x00na,ana@example.com\nÁngela Núñez Ibáñez,an@example.com\nÓscar Muñoz,o@example.com\n".encode()
    )

    reading = read(data + b"\xed\xa0\x80,x@example.com\n")

    assert [person.name for person in reading.people] == ["Ángela Núñez Ibáñez", "Óscar Muñoz"]
    assert [line for line, _outcome, _reason in reasons(reading)] == [2, 5]


def test_unknown_headers_above_emails_are_still_headers():
    (ana,) = read(b"Jmeno;Adresa elektronicka\nAna;ana@example.com\n").people

    assert (ana.name, ana.emails) == ("Ana", ["ana@example.com"])


def test_a_lone_surrogate_in_utf_16():
    data = b"\xff\xfe" + "name\nA".encode("utf-16-le") + b"\x00\xd8" + "\nLuis\n".encode("utf-16-le")

    reading = read(data)

    assert [person.name for person in reading.people] == ["Luis"]
    assert reading.remarks[0].line == 2


def test_too_long_values():
    long_name, long_note = "n" * 201, "x" * 5001
    reading = read(f"name,notes\n{long_name},\nAna,{long_note}\n".encode())

    assert reasons(reading) == [
        (2, Outcome.SKIPPED, "The name is longer than 200 characters."),
        (3, Outcome.SKIPPED, "The note is longer than 5,000 characters."),
    ]


def test_a_quotation_mark_that_never_closes_costs_one_row():
    reading = read(b'name,email\n"Ana,ana@example.com\nLuis,luis@example.com\nEva,eva@example.com\n')

    assert [person.name for person in reading.people] == ["Luis", "Eva"]
    assert reasons(reading) == [(2, Outcome.SKIPPED, "A quotation mark opens here and is never closed.")]


def test_quotation_marks_inside_a_word_are_just_marks():
    (ana,) = read(b'name,notes\nAna "Nini" Ruiz,5" heels\n').people

    assert (ana.name, ana.notes) == ('Ana "Nini" Ruiz', ['5" heels'])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf \r\n", "The file is empty."),
        (b"PK\x03\x04rest", "This is a spreadsheet workbook. Save it as CSV in the program that made it."),
        (b"<!DOCTYPE html><html>", "This is a web page, not a CSV file. Export the contacts as CSV."),
        (b"a" * (MAX_BYTES + 1), "The file is larger than 10 MB. Split it and import the parts."),
        (b"name\n" + b"a\n" * 50_001, "The file has more than 50,000 rows. Split it and import the parts."),
        (b"," * 500, "Line 1 has more than 400 columns."),
    ],
)
def test_files_that_are_refused_whole(data, sentence):
    with pytest.raises(UnreadableFile) as refused:
        read(data + b"x" if data == b"," * 500 else data)

    assert str(refused.value) == sentence


@pytest.mark.parametrize("byte", range(256))
def test_no_single_byte_breaks_the_reader(byte):
    noise = bytes([byte])

    reading = read(b"name,email\nAna,\n" + noise * 3 + b"," + noise + b"\n" + noise)

    assert reading.rows >= 1
