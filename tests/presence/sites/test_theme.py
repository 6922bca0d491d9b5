"""Whatever colour an owner picks, the page can be read."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flectar.presence.sites.colour import contrast, oklch, parse, srgb
from flectar.presence.sites.skins import SKINS
from flectar.presence.sites.theme import palette, shades, style_sheet

GROUNDS = ("bg", "surface", "tint")
AT_LEAST = {"fg": 10, "muted": 4.5, "link": 4.5, "bad": 4.5, "good": 4.5, "edge": 3, "btn": 3}
PAIRS = (("on-btn", "btn"), ("on-brand", "brand"), ("on-accent", "accent"), ("on-ink", "ink"), ("on-accent", "well"))

brands = st.builds("#{:02x}{:02x}{:02x}".format, *(st.integers(min_value=0, max_value=255) for _ in range(3)))


@given(skin=st.sampled_from(sorted(SKINS)), brand=brands, accent=brands, dark=st.booleans())
@example(skin="salon", brand="#000000", accent="#000000", dark=True)
@example(skin="salon", brand="#ffffff", accent="#ffffff", dark=False)
@example(skin="clinic", brand="#777777", accent="#777777", dark=True)
@example(skin="table", brand="#00ff00", accent="#ffff00", dark=False)
@example(skin="house", brand="#0000ff", accent="#ff0000", dark=True)
def test_every_pair_keeps_its_contrast_for_any_brand(skin, brand, accent, dark):
    colours = palette(SKINS[skin].tokens_with(brand=brand, accent=accent), dark=dark)

    for (words, least), ground in product(AT_LEAST.items(), GROUNDS):
        assert contrast(colours[words], colours[ground]) >= least, (words, ground)
    for words, ground in PAIRS:
        assert contrast(colours[words], colours[ground]) >= 4.5, (words, ground)


@given(brand=brands)
def test_a_colour_survives_the_way_to_oklch_and_back(brand):
    back = srgb(*oklch(parse(brand)))

    assert all(abs(one - other) <= 1 for one, other in zip(parse(brand), back, strict=True))


def test_a_bright_brand_stays_a_field_and_gets_a_dark_button():
    coral = shades(SKINS["salon"].tokens)

    assert coral.field == "#ff5a36"
    assert coral.button == "#300f23"


def test_the_preset_of_the_salon_gives_the_colours_it_was_drawn_with():
    sheet = style_sheet(SKINS["salon"].tokens)

    assert "--bg:light-dark(#fff8f9,#181111)" in sheet
    assert "--link:light-dark(#c02c03,#ff5a36)" in sheet
    assert "--s6:clamp(2.64rem,1.77rem + 3.86vw,4.87rem)" in sheet
    assert len(sheet) < 2000


@pytest.mark.parametrize("colour", ["red", "#fff", "#12345g", "#1234567", "#12345", "", "#ff5a36;}</style>"])
def test_a_colour_that_is_not_six_digits_is_refused(colour):
    with pytest.raises(ValueError, match="is not a colour"):
        replace(SKINS["salon"].tokens, brand=colour)


def test_a_theme_of_one_mode_says_so():
    assert "color-scheme:dark" in style_sheet(replace(SKINS["salon"].tokens, mode="dark"))
