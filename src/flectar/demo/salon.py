"""Brizna: three people who cut hair in Ruzafa, Valencia."""

from flectar.demo.business import Business, Code, Extra, Person, Question, Rhythm, Service, from_to

_CUTS = ("Cut and finish", "Curl cut", "Fringe trim")
_COLOUR = ("Roots", "Balayage", "Back to natural")
_ALLERGY = Question("Have you ever reacted to hair colour?", ("No", "No, never", "A little redness once"))
_LATE_THURSDAY = {
    0: (from_to("10:00", "14:00"), from_to("15:00", "20:00")),
    1: (from_to("10:00", "14:00"), from_to("15:00", "20:00")),
    2: (from_to("10:00", "14:00"), from_to("15:00", "20:00")),
    3: (from_to("12:00", "20:00"),),
    4: (from_to("10:00", "14:00"), from_to("15:00", "20:00")),
    5: (from_to("09:30", "15:00"),),
}

BUSINESS = Business(
    slug="brizna",
    name="Brizna",
    organization="Brizna Peluquería SL",
    kind="salon",
    skin="salon",
    locale="en",
    tagline="Cut for how it dries.",
    description="A small salon in Ruzafa. One chair, one person, the time it takes. No upselling, no loud music before "
    "noon.\nThe price covers wash and finish, and you see the whole sum before you book.",
    translations={
        "es": {
            "tagline": "Corte que seca bien.",
            "description": "Una peluquería pequeña en Ruzafa. Un sillón, una persona, el tiempo que haga falta. "
            "Sin venderte nada más y sin música alta antes de las doce.\n"
            "El precio incluye lavado y acabado, y ves el total antes de reservar.",
        }
    },
    street="Carrer de Cadis 41",
    postal_code="46006",
    city="Valencia",
    region="Valencia",
    latitude="39.460900",
    longitude="-0.374700",
    phone="+34960000141",
    email="hola@brizna.example",
    legal_name="Brizna Peluquería SL",
    tax_id="B00000000",
    hours={
        **dict.fromkeys((0, 1, 2, 3, 4), (from_to("10:00", "20:00"),)),
        5: (from_to("09:30", "15:00"),),
    },
    holidays=((12, 8, "Holiday"), (12, 25, "Christmas"), (1, 1, "New Year"), (1, 6, "Epiphany")),
    team=(
        Person("Noa", "Ferrer", "noa@brizna.example", "owner", (*_CUTS, "Balayage"), rates={"Cut and finish": 4200}),
        Person("Iker", "Soler", "iker@brizna.example", "staff", _CUTS, _LATE_THURSDAY, is_only_here=True),
        Person("Salma", "Haddad", "salma@brizna.example", "manager", (*_COLOUR, "Cut and finish"), is_only_here=True),
    ),
    services=(
        Service(
            "Cut",
            "Cut and finish",
            "Wash, cut, dried the way you wear it.",
            45,
            3800,
            5,
            weight=10,
            extras=(Extra("Scalp treatment", 900, 10, share=0.12), Extra("Beard trim", 1000, 15, share=0.08)),
        ),
        Service("Cut", "Curl cut", "Cut dry, curl by curl. Come with your hair down.", 75, 5800, 5, weight=4),
        Service("Cut", "Fringe trim", "Between cuts. Free if we cut you in the last month.", 15, 1200, weight=2),
        Service(
            "Colour",
            "Roots",
            "Up to 3 cm, gloss included.",
            90,
            6200,
            10,
            weight=4,
            parts=((0, 35), (65, 25)),  # while it develops, the chair beside gets its cut
            extras=(Extra("Bond care", 1800, share=0.25),),
            questions=(_ALLERGY,),
        ),
        Service(
            "Colour",
            "Balayage",
            "Hand-painted, grows out softly.",
            150,
            12000,
            10,
            weight=2,
            extras=(Extra("Bond care", 1800, share=0.4),),
            questions=(_ALLERGY,),
            terms="Colour",
            more={"notice_min": 720, "change_notice_min": 1440, "pay": "deposit", "deposit_percent": 30},
        ),
        Service("Colour", "Back to natural", "We start with 20 minutes of talk and a strand test.", 20, 0, weight=0.5),
    ),
    terms={
        "Colour": {
            "tiers": [{"hours": 24, "percent": 0}, {"hours": 0, "percent": 30}],
            "no_show_percent": 50,
            "most_moves": 2,
        }
    },
    rhythm=Rhythm(
        week={0: 6, 1: 8, 2: 9, 3: 10, 4: 12, 5: 9},
        months=(0.8, 0.9, 1, 1, 1.1, 1.1, 0.9, 0.45, 1, 1.05, 1.05, 1.3),
        people=120,
        english=0.2,
    ),
    codes=(
        Code("RUZAFA10", "Neighbours of Ruzafa", 0.03, percent=10),
        Code("FIRSTCUT", "A first visit", 0.02, amount=500, more={"least_minor": 3000, "max_per_customer": 1}),
    ),
    tags={"Regular": ("Paula Ibáñez", "Marta Climent", "Irene Navarro"), "Patch test due": ("Elena Martí",)},
    remarks=(
        "As last time, a little shorter.",
        "I come straight from work, maybe five minutes late.",
        "Could we talk about a fringe?",
        "Please no scented products.",
        "With my daughter, she will read.",
        "Photo of what I want comes by mail.",
    ),
    customers=(
        *("Paula Ibáñez", "Marcos Oltra", "Marta Climent", "Rosa Tormo", "Irene Navarro", "Josep Llorens"),
        *("Sofía Belda", "Claudia Raga", "Laura Devesa", "Carmen Vidal", "Nuria Esteve", "Ximo Bellver"),
        *("Alba Serrano", "Andreu Gisbert", "Carla Mondragón", "Vicent Alapont", "Mireia Fuster", "Begoña Llopis"),
        *("Ainhoa Giner", "Teresa Blasco", "Amparo Roig", "Elena Martí", "Hugo Montaner", "Pilar Sanchis"),
        *("Inés Cardona", "Javier Peñalver", "Noelia Ñíguez", "Ángela Ruiz", "Óscar Zamora", "Lluc Ferri"),
    ),
    notes={
        "Paula Ibáñez": "Colour 7.1, 20 vol. Prefers mornings.",
        "Elena Martí": "Allergic to PPD: no dark permanent colour.",
        "Hugo Montaner": "Missed two times this year. Ask him to confirm.",
    },
)
