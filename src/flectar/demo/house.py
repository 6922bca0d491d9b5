"""Casa Salina: a holiday home in Cabo de Gata, of the same organization as the restaurant. Nights by season, a deposit,
Saturdays only in high summer."""

from flectar.demo.business import Business, Code, Extra, Person, Question, Rhythm, Season, Service, Thing, from_to

BUSINESS = Business(
    slug="casa-salina",
    name="Casa Salina",
    organization="Lumbre y Sal SL",
    kind="stay",
    skin="house",
    locale="en",
    tagline="A white house between salt and sea.",
    description="Built by salt workers in 1931: thick walls, small windows to the west, large ones to the sea. Three "
    "bedrooms, a cold pool, no neighbours before breakfast.\nSheets, towels, firewood and other people's books are "
    "here. A television is not.",
    translations={
        "es": {
            "tagline": "Una casa blanca entre sal y mar.",
            "description": "La levantaron los salineros en 1931: muros gruesos, ventanas pequeñas a poniente y grandes "
            "al mar. Tres dormitorios, una alberca fría y nadie cerca antes del desayuno.\nHay sábanas, toallas, leña "
            "y libros de otros. Televisión no.",
        }
    },
    street="Camino de las Salinas s/n",
    postal_code="04150",
    city="Cabo de Gata",
    region="Almería",
    latitude="36.766000",
    longitude="-2.230000",
    phone="+34950000217",
    email="hola@casasalina.example",
    legal_name="Lumbre y Sal SL",
    tax_id="B00000002",
    hours=dict.fromkeys(range(7), (from_to("10:00", "20:00"),)),
    holidays=(),
    team=(
        Person("Jordi", "Alemany", "jordi@lumbre.example", "owner"),
        Person("Pilar", "Cruz", "pilar@casasalina.example", "staff", is_only_here=True),
    ),
    things=(Thing("property", "Casa Salina", ("The whole house",), seats=(1, 6)),),
    services=(
        Service(
            "Nights",
            "The whole house",
            "Three bedrooms, six guests, two dogs at most. Cleaning and linen are in the price.",
            60,
            14500,
            240,
            terms="Stays",
            extras=(
                Extra("Firewood, a basket", 1200, share=0.3, more={"max_qty": 5}),
                Extra("Cot and high chair", 2000, share=0.12),
                Extra("Dog", 500, share=0.2, more={"is_per_night": True, "max_qty": 2}),
            ),
            seasons=(
                Season(
                    "Summer",
                    (7, 4),
                    (8, 28),
                    24500,
                    {"min_nights": 7, "arrival_days": [5], "departure_days": [5], "fills_gaps": True},
                ),
                Season("Late spring", (5, 15), (7, 3), 18500, {"min_nights": 4, "fills_gaps": True}),
                Season("September", (8, 29), (9, 30), 18500, {"min_nights": 4, "fills_gaps": True}),
                Season("Christmas", (12, 23), (1, 6), 21000, {"min_nights": 5, "fills_gaps": True}),
            ),
            questions=(
                Question("When do you arrive, more or less?", ("Around five", "Late, after nine", "By noon if we may")),
            ),
            more={
                "mode": "stay",
                "max_party": 6,
                "min_nights": 3,
                "max_nights": 21,
                "check_in_min": 960,
                "check_out_min": 660,
                "notice_min": 2880,
                "horizon_days": 365,
                "pay": "deposit",
                "deposit_percent": 30,
                "hold_min": 120,
                "change_notice_min": 20160,
                "tax_category": "reduced",
            },
        ),
    ),
    terms={
        "Stays": {
            "tiers": [{"hours": 336, "percent": 0}, {"hours": 72, "percent": 30}],
            "no_show_percent": 100,
            "most_moves": 1,
        }
    },
    rhythm=Rhythm(
        week={},
        months=(0.35, 0.5, 0.7, 0.8, 0.85, 0.9, 1, 1, 0.9, 0.7, 0.5, 0.6),
        people=74,
        english=0.7,
        days_before=(14, 120),
        fades_after=50,
        cancelled=0.1,
        no_shows=0,
        parties={2: 40, 3: 12, 4: 28, 5: 10, 6: 14},
    ),
    codes=(Code("RETURN5", "Guests who come again", 0.08, percent=5),),
    customers=(
        *("Anneke Jansen", "Rocío Montoya", "Helen Marsh", "Bernd Hoffmann", "Camille Roux", "Luis Cazorla"),
        *("Sophie Lindqvist", "Andrés Belmonte", "Fiona Gallagher", "Marc Aubert"),
    ),
    notes={"Anneke Jansen": "Third year. Two greyhounds.", "Helen Marsh": "Left the key with Pilar at the bakery."},
    tags={"Came again": ("Anneke Jansen", "Rocío Montoya"), "With dogs": ("Anneke Jansen",)},
    remarks=(
        "We come with a baby.",
        "Is the road fine for a low car?",
        "Late arrival, our plane lands at nine.",
        "Same bed linen as last year was perfect.",
        "Could we leave the bags until two?",
    ),
)
