"""Brizna: three people who cut hair in Ruzafa, Valencia."""

from flectar.demo.business import Business, Person, Service, from_to

_CUTS = ("Cut and finish", "Curl cut", "Fringe trim")
_COLOUR = ("Roots", "Balayage", "Back to natural")
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
        Person("Noa", "Ferrer", "noa@brizna.example", "owner", (*_CUTS, "Balayage")),
        Person("Iker", "Soler", "iker@brizna.example", "staff", _CUTS, _LATE_THURSDAY),
        Person("Salma", "Haddad", "salma@brizna.example", "manager", (*_COLOUR, "Cut and finish")),
    ),
    services=(
        Service("Cut", "Cut and finish", "Wash, cut, dried the way you wear it.", 45, 3800, 5),
        Service("Cut", "Curl cut", "Cut dry, curl by curl. Come with your hair down.", 75, 5800, 5),
        Service("Cut", "Fringe trim", "Between cuts. Free if we cut you in the last month.", 15, 1200),
        Service("Colour", "Roots", "Up to 3 cm, gloss included.", 90, 6200, 10),
        Service("Colour", "Balayage", "Hand-painted, grows out softly.", 150, 12000, 10),
        Service("Colour", "Back to natural", "We start with 20 minutes of talk and a strand test.", 20, 0),
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
