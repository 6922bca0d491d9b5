"""Lumbre: a rice and fire restaurant in El Cabanyal, Valencia. Tables by their seats, so many guests a quarter of an
hour, and evenings that end after midnight."""

from flectar.demo.business import Business, Code, Person, Question, Rhythm, Service, Thing, from_to

_TABLE = ("Una mesa",)
_ALLERGIES = Question("Alergias o intolerancias", ("Frutos secos", "Sin gluten", "Marisco", "Ninguna"))

BUSINESS = Business(
    slug="lumbre",
    name="Lumbre",
    organization="Lumbre y Sal SL",
    kind="restaurant",
    skin="table",
    locale="es",
    tagline="Arroz y brasa, en el Cabanyal.",
    description="Veintidós minutos de arroz, leña de naranjo y lo que trae la lonja. Nueve mesas y una larga.\n"
    "Si venís más de ocho, llamad: juntamos mesas.",
    translations={
        "en": {
            "tagline": "Rice and fire, in El Cabanyal.",
            "description": "Twenty-two minutes of rice, orange wood, and whatever the market brought. Nine tables "
            "and a long one.\nMore than eight of you? Ring us and we push tables together.",
        }
    },
    street="Carrer de la Reina 108",
    postal_code="46011",
    city="Valencia",
    region="Valencia",
    latitude="39.468900",
    longitude="-0.327800",
    phone="+34960000108",
    email="mesa@lumbre.example",
    legal_name="Lumbre y Sal SL",
    tax_id="B00000002",
    hours={
        **dict.fromkeys((2, 3), (from_to("13:30", "16:30"), from_to("20:30", "00:30"))),
        **dict.fromkeys((4, 5), (from_to("13:30", "16:30"), from_to("20:30", "01:30"))),
        6: (from_to("13:00", "17:00"),),
    },
    holidays=((12, 24, "Nochebuena"), (12, 25, "Navidad"), (1, 1, "Año Nuevo"), (1, 6, "Reyes")),
    team=(
        Person("Jordi", "Alemany", "jordi@lumbre.example", "owner"),
        Person("Salma", "Haddad", "salma@brizna.example", "staff", is_only_here=True),
    ),
    things=(
        Thing("table", "Mesa de dos", _TABLE, units=5, seats=(1, 2)),
        Thing("table", "Mesa de cuatro", _TABLE, units=4, seats=(2, 4)),
        Thing("table", "La larga", _TABLE, seats=(5, 8)),
    ),
    services=(
        Service(
            "Mesas",
            "Una mesa",
            "Vuestra durante una hora y tres cuartos, a mediodía o de noche.",
            105,
            0,
            questions=(_ALLERGIES,),
            more={
                "mode": "covers",
                "max_party": 8,
                "step_min": 15,
                "notice_min": 60,
                "horizon_days": 60,
            },
        ),
    ),
    limits=({"per": "quarter", "most": 12, "counts_people": True},),
    rhythm=Rhythm(
        week={2: 4, 3: 5, 4: 10, 5: 13, 6: 8},
        months=(0.8, 0.9, 1.1, 1, 1.1, 1.1, 1.1, 1, 1, 0.95, 0.95, 1.2),
        people=380,
        english=0.25,
        days_before=(0, 9),
        fades_after=6,
        no_shows=0.05,
        cancelled=0.1,
        regulars=2.2,
        parties={1: 3, 2: 48, 3: 14, 4: 22, 5: 4, 6: 6, 7: 1, 8: 2},
    ),
    codes=(Code("CABANYAL", "Vecinos: una copa", 0.0, amount=400),),
    customers=(
        *("Vicent Alapont", "Teresa Blasco", "Ximo Bellver", "Amparo Roig", "Fernando Puig", "Isabel Gascó"),
        *("Anneke de Vries", "Tom de Vries", "Paolo Ricci", "Marta Llorca", "Rafa Codina", "Consuelo Barberá"),
    ),
    notes={"Fernando Puig": "Siempre la mesa junto al fuego.", "Paolo Ricci": "Celíaco: plancha aparte."},
    tags={"De la casa": ("Fernando Puig", "Teresa Blasco"), "Celíaco": ("Paolo Ricci",)},
    remarks=(
        "Cumpleaños: ¿podéis guardar una tarta?",
        "Con carrito de bebé.",
        "Una persona es celíaca.",
        "Mejor junto a la ventana.",
        "Llegamos del tren, quizá diez minutos tarde.",
        "Paella valenciana para todos, por favor.",
    ),
)
