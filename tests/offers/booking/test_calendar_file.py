"""Calendar files as Google, Apple and Outlook export them, and as nobody should."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flectar.offers.booking.calendars.calendar_file import Nights, NotACalendar, Reading, read

MADRID = ZoneInfo("Europe/Madrid")
FIRST = datetime(2026, 11, 23, tzinfo=UTC)

OUTLOOK_ZONE = """BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""


def calendar(*parts: str) -> bytes:
    return "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *parts, "END:VCALENDAR", ""]).replace("\n", "\r\n").encode()


def event(*lines: str) -> str:
    return "\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT"])


def reading(*parts: str) -> Reading:
    return read(calendar(*parts), zone=MADRID, first=FIRST, until=FIRST + timedelta(days=366))


def starts(result: Reading) -> list[str]:
    return [f"{busy.starts_at:%Y-%m-%d %H:%MZ}" for busy in result.busy]


def why(*lines: str) -> str:
    result = reading(event(*lines))
    assert result.busy == []
    return result.skipped[0].why


def test_a_weekly_meeting_keeps_its_wall_time_over_a_clock_change():
    result = reading(
        event(
            "UID:a",
            "DTSTART;TZID=Europe/Madrid:20270322T100000",
            "DTEND;TZID=Europe/Madrid:20270322T110000",
            "RRULE:FREQ=WEEKLY;COUNT=2",
        )
    )

    assert starts(result) == ["2027-03-22 09:00Z", "2027-03-29 08:00Z"]
    assert result.recurring == 1


def test_an_occurrence_may_be_moved_cancelled_or_left_out():
    zone = ";TZID=Customized Time Zone:"
    result = reading(
        OUTLOOK_ZONE,
        event(
            "UID:b",
            f"DTSTART{zone}20261201T100000",
            "DURATION:PT1H",
            "RRULE:FREQ=DAILY;COUNT=4",
            f"EXDATE{zone}20261204T100000",
        ),
        event("UID:b", f"RECURRENCE-ID{zone}20261202T100000", f"DTSTART{zone}20261202T150000", "DURATION:PT1H"),
        event(
            "UID:b",
            f"RECURRENCE-ID{zone}20261203T100000",
            f"DTSTART{zone}20261203T100000",
            "STATUS:CANCELLED",
            "DURATION:PT1H",
        ),
    )

    assert starts(result) == ["2026-12-01 09:00Z", "2026-12-02 14:00Z"]
    assert result.skipped == []


def test_zone_names_of_windows_and_of_other_programs_are_understood():
    result = reading(
        event("UID:1", 'DTSTART;TZID="Romance Standard Time":20261201T100000', "DURATION:PT1H"),
        event("UID:2", "DTSTART;TZID=/citadel.org/20250101_1/America/New_York:20261201T100000", "DURATION:PT1H"),
    )

    assert starts(result) == ["2026-12-01 09:00Z", "2026-12-01 15:00Z"]


def test_two_files_may_give_one_zone_name_to_different_rules():
    plain = event("UID:1", "DTSTART;TZID=Customized Time Zone:20261201T100000", "DURATION:PT1H")
    elsewhere = OUTLOOK_ZONE.replace("TZOFFSETTO:+0100", "TZOFFSETTO:-0500").replace("FROM:+0100", "FROM:-0500")

    assert starts(reading(OUTLOOK_ZONE, plain)) == ["2026-12-01 09:00Z"]
    assert starts(reading(elsewhere, plain)) == ["2026-12-01 15:00Z"]
    assert reading(plain).skipped[0].why == "Its time zone “Customized Time Zone” is not known."


MADRID_TIME = ";TZID=Europe/Madrid:"


def spans(*lines: str) -> list[str]:
    """Over the spring of 2027, when the clocks go forward on 28 March."""
    result = read(calendar(event("UID:n", *lines)), zone=MADRID, first=FIRST, until=FIRST + timedelta(days=366))
    assert result.skipped == []
    return [f"{busy.starts_at:%m-%d %H:%M}–{busy.ends_at:%H:%M}" for busy in result.busy]


def test_two_hours_stay_two_hours_when_the_clocks_change():
    found = spans(f"DTSTART{MADRID_TIME}20270327T013000", "DURATION:PT2H", "RRULE:FREQ=DAILY;COUNT=3")

    assert found == ["03-27 00:30–02:30", "03-28 00:30–02:30", "03-28 23:30–01:30"]


def test_what_begins_in_the_hour_that_never_comes_is_not_lost():
    series = [f"DTSTART{MADRID_TIME}20270327T023000", f"DTEND{MADRID_TIME}20270327T030000"]

    assert spans(*series, "RRULE:FREQ=DAILY;COUNT=3") == ["03-27 01:30–02:00", "03-28 01:30–02:00", "03-29 00:30–01:00"]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["RRULE:FREQ=DAILY;UNTIL=20261202"], ["12-01 09:00–10:00", "12-02 09:00–10:00"]),
        (["RRULE:FREQ=DAILY;UNTIL=20261202T090000Z;COUNT=9"], ["12-01 09:00–10:00", "12-02 09:00–10:00"]),
        (["RRULE:FREQ=DAILY;COUNT=2", "EXDATE:"], ["12-01 09:00–10:00", "12-02 09:00–10:00"]),
        (["RRULE:FREQ=DAILY;COUNT=2", "EXDATE;VALUE=DATE:20261202"], ["12-01 09:00–10:00"]),
        (["RRULE:FREQ=DAILY;COUNT=2", "EXDATE:20261202T090000Z"], ["12-01 09:00–10:00"]),
        ([f"RDATE;VALUE=PERIOD{MADRID_TIME}20261203T120000/PT3H"], ["12-01 09:00–10:00", "12-03 11:00–14:00"]),
        (["RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1;COUNT=2"], ["12-01 09:00–10:00", "01-01 09:00–10:00"]),
    ],
)
def test_what_programs_write_beside_the_standard_is_understood(lines, found):
    assert spans(f"DTSTART{MADRID_TIME}20261201T100000", "DURATION:PT1H", *lines) == found


def test_a_day_that_is_its_own_end_lasts_a_day():
    assert spans("DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261201") == ["11-30 23:00–23:00"]


def test_this_and_all_that_follow_may_be_moved():
    result = reading(
        event("UID:t", f"DTSTART{MADRID_TIME}20261201T100000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3"),
        event(
            "UID:t",
            f"RECURRENCE-ID;RANGE=THISANDFUTURE{MADRID_TIME}20261202T100000",
            f"DTSTART{MADRID_TIME}20261202T150000",
            "DURATION:PT1H",
        ),
    )

    assert starts(result) == ["2026-12-01 09:00Z", "2026-12-02 14:00Z", "2026-12-03 14:00Z"]


def test_a_series_that_is_free_may_have_a_busy_day():
    series = event(
        "UID:t",
        f"DTSTART{MADRID_TIME}20261201T100000",
        "DURATION:PT1H",
        "RRULE:FREQ=DAILY;COUNT=3",
        "TRANSP:TRANSPARENT",
    )
    busy = event(
        "UID:t", f"RECURRENCE-ID{MADRID_TIME}20261202T100000", f"DTSTART{MADRID_TIME}20261202T100000", "DURATION:PT1H"
    )

    assert starts(reading(series, busy)) == ["2026-12-02 09:00Z"]


@pytest.mark.parametrize("name", ["europe/madrid", "W. Europe Standard Time 1", "Romance Standard Time", "CET"])
def test_zone_names_are_known_however_they_are_written(name: str):
    assert starts(reading(event("UID:z", f'DTSTART;TZID="{name}":20261201T100000', "DURATION:PT1H"))) == [
        "2026-12-01 09:00Z"
    ]


def test_what_was_declined_or_is_free_in_outlook_blocks_nothing():
    line = "DTSTART:20261201T100000Z\nDURATION:PT1H\n"
    declined = event(
        "UID:1", line + "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@x.es\nATTENDEE;PARTSTAT=DECLINED:MAILTO:Noa@X.es"
    )
    free = event("UID:2", line + "X-MICROSOFT-CDO-BUSYSTATUS:FREE")

    result = read(
        calendar(declined, free), zone=MADRID, first=FIRST, until=FIRST + timedelta(days=9), mine={"noa@x.es"}
    )

    assert result.busy == []
    assert [skipped.why for skipped in result.skipped] == ["It was declined.", "It is marked as free, not busy."]
    assert not any(skipped.is_fault for skipped in result.skipped)


def test_days_of_a_house_are_nights_from_arrival_to_departure():
    stay = event("UID:1", "DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261204")

    [busy] = read(
        calendar(stay), zone=MADRID, first=FIRST, until=FIRST + timedelta(days=99), nights=Nights(15 * 60, 11 * 60)
    ).busy

    assert busy.starts_at == datetime(2026, 12, 1, 14, tzinfo=UTC)
    assert busy.ends_at == datetime(2026, 12, 4, 10, tzinfo=UTC)


def test_several_calendars_in_one_file_are_all_read():
    one, other = (calendar(event(f"UID:{n}", "DTSTART:20261201T100000Z", "DURATION:PT1H")) for n in "ab")

    assert len(read(one + other, zone=MADRID, first=FIRST, until=FIRST + timedelta(days=99)).busy) == 2


def test_whole_days_last_from_midnight_to_midnight_of_the_business():
    result = reading(event("UID:d", "DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261226"))

    assert [(busy.starts_at, busy.ends_at) for busy in result.busy] == [
        (datetime(2026, 12, 23, 23, tzinfo=UTC), datetime(2026, 12, 25, 23, tzinfo=UTC))
    ]
    assert result.all_day == 1


def test_floating_times_are_the_times_of_the_business():
    assert starts(reading(event("UID:f", "DTSTART:20261201T100000", "DURATION:PT30M"))) == ["2026-12-01 09:00Z"]


def test_a_stray_second_never_frees_a_minute():
    busy = reading(event("UID:s", "DTSTART:20261201T100030Z", "DTEND:20261201T103001Z")).busy[0]

    assert (busy.starts_at.minute, busy.ends_at.minute) == (0, 31)


def test_what_has_begun_already_still_blocks_its_rest():
    result = read(
        calendar(event("UID:r", "DTSTART:20261122T220000Z", "DTEND:20261123T020000Z")),
        zone=MADRID,
        first=FIRST,
        until=FIRST + timedelta(days=1),
    )

    assert len(result.busy) == 1


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (
            ["UID:1", "DTSTART:20261201T100000Z", "DURATION:PT1H", "TRANSP:TRANSPARENT"],
            "It is marked as free, not busy.",
        ),
        (["UID:1", "DTSTART:20261201T100000Z", "DURATION:PT1H", "STATUS:CANCELLED"], "It is cancelled."),
        (
            ["UID:1@booking.flectar", "DTSTART:20261201T100000Z", "DURATION:PT1H"],
            "A booking made here; it already holds its time.",
        ),
        (["UID:1", "DTSTART:20201201T100000Z", "DURATION:PT1H"], "It is over."),
        (["UID:1", "DTSTART:20301201T100000Z", "DURATION:PT1H"], "It has no time within the period that is imported."),
        (["UID:1", "DTSTART:20261201T100000Z"], "It has no length."),
        (["UID:1", "DTSTART:20261201T100000Z", "DTEND:20261201T090000Z"], "It ends before it begins."),
        (["UID:1", "SUMMARY:Nothing"], "It has no start, or its start is not a date."),
        (["UID:1", "DTSTART;TZID=Nowhere/X:20261201T100000"], "Its time zone “Nowhere/X” is not known."),
        (
            ["UID:1", "DTSTART:20261201T100000Z", "DURATION:PT1H", "RRULE:FREQ=SECONDLY"],
            "It repeats several times a day, which no appointment does.",
        ),
        *(
            (["UID:1", "DTSTART:20261201T100000Z", "DURATION:PT1H", *lines], sentence)
            for lines, sentence in [
                (["RRULE:FREQ=DAILY;INTERVAL=0"], "Its repetition never moves on."),
                (["RRULE:FREQ=DAILY;INTERVAL=-1"], "Its repetition never moves on."),
                (["RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"], "It has several rules of repetition."),
                (["RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"], "Its repetition names a day that never comes."),
                (["RDATE:" + ",".join(["20261202T100000Z"] * 2001)], "It names more dates than anybody keeps."),
                (["EXDATE:" + ",".join(["20261202T100000Z"] * 2001)], "It names more dates than anybody keeps."),
            ]
        ),
        (
            ["UID:1", "DTSTART:00010101T100000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY"],
            "It repeats since before 1970, which is longer than we can count.",
        ),
    ],
)
def test_what_is_left_out_says_why(lines, sentence):
    assert why(*lines) == sentence


def test_what_is_left_out_is_named_by_its_line_and_its_title():
    result = reading(event("UID:1", "SUMMARY:Lunch\\, long", "DTSTART:tomorrow"), "BEGIN:VTODO\nSUMMARY:Buy\nEND:VTODO")

    assert [(skip.line, skip.title) for skip in result.skipped] == [(3, "Lunch, long"), (8, "Buy")]
    assert result.skipped[0].why.startswith("Its DTSTART cannot be read")


def test_a_file_that_breaks_off_still_gives_what_came_before():
    whole = event("UID:1", "DTSTART:20261201T100000Z", "DURATION:PT1H")
    cut = calendar(whole, "BEGIN:VEVENT\nDTSTART:2026").removesuffix(b"END:VCALENDAR\r\n")
    result = read(cut, zone=MADRID, first=FIRST, until=FIRST + timedelta(days=366))

    assert len(result.busy) == 1
    assert result.skipped[0].why == "The file ends in the middle of this event."


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_letters_of_every_export_are_read(encoding):
    text = calendar(event("UID:1", "SUMMARY:Peluquería", "DTSTART:tomorrow")).decode()

    assert read(text.encode(encoding), zone=MADRID, first=FIRST, until=FIRST).skipped[0].title == "Peluquería"


@pytest.mark.parametrize("data", [b"", b"name;email\r\nAna;a@example.com", b"\xff\xfe\x00", b"%PDF-1.7"])
def test_another_kind_of_file_is_refused_with_a_sentence(data):
    with pytest.raises(NotACalendar):
        read(data, zone=MADRID, first=FIRST, until=FIRST)


SCRAPS = st.sampled_from(
    [
        "BEGIN:VEVENT",
        "END:VEVENT",
        "UID:1",
        "UID:1",
        "DTSTART:20261201T100000Z",
        "DTSTART;VALUE=DATE:20261201",
        "DTSTART;TZID=Europe/Madrid:20261201T100000",
        "DTSTART:00010101T000000",
        "DTEND:99991231T235959Z",
        "DTEND;VALUE=DATE:20261202",
        "DURATION:PT1H",
        "DURATION:-P1D",
        "RRULE:FREQ=DAILY;COUNT=3",
        "RRULE:FREQ=WEEKLY;UNTIL=20270101",
        "RRULE:",
        "EXDATE:20261201T100000Z",
        "RECURRENCE-ID:20261201T100000Z",
        "RDATE;VALUE=PERIOD:20261205T100000Z/PT1H",
        "RDATE:20261203",
        "STATUS:CANCELLED",
        ";:;:",
        " folded",
        'TZID="',
    ]
)


@given(st.lists(SCRAPS, max_size=25))
@settings(max_examples=150, deadline=None)
def test_no_mixture_of_scraps_breaks_the_reader(scraps):
    result = reading("BEGIN:VEVENT", *scraps, "END:VEVENT")

    assert all(busy.starts_at < busy.ends_at for busy in result.busy)
