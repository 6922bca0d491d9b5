"""Drawings repeat themselves, stay small and are plain SVG."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flectar.presence.sites.drawings import draw
from flectar.presence.sites.skins import SKINS

SCENES = [
    ("salon", ""),
    ("salon", "light"),
    ("salon", "dark"),
    ("table", ""),
    ("house", "dusk house"),
    ("house", "dawn window"),
    ("house", "noon pool"),
    ("house", "night arch"),
    ("clinic", "reach"),
    ("clinic", "squat"),
    ("clinic", "walk dark"),
]
ALLOWED = {"svg", "rect", "g", "path", "circle", "pattern"}


@pytest.mark.parametrize(("skin", "scene"), SCENES)
def test_the_same_words_give_the_same_small_picture(skin, scene):
    tokens = SKINS[skin].tokens

    once = draw(tokens, seed="brizna", width=1600, height=900, scene=scene)

    assert once == draw(tokens, seed="brizna", width=1600, height=900, scene=scene)
    assert len(once) < 7000


def test_another_business_gets_another_picture():
    tokens = SKINS["salon"].tokens

    assert draw(tokens, seed="brizna", width=800, height=800) != draw(tokens, seed="rizo", width=800, height=800)


@given(
    seed=st.text(max_size=40), scene=st.sampled_from(SCENES), width=st.integers(50, 3000), height=st.integers(50, 3000)
)
def test_a_drawing_holds_shapes_only_whatever_the_seed_says(seed, scene, width, height):
    skin, words = scene

    root = ET.fromstring(draw(SKINS[skin].tokens, seed=seed, width=width, height=height, scene=words))  # noqa: S314, our own bytes

    assert {element.tag.split("}")[1] for element in root.iter()} <= ALLOWED
