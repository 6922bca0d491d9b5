"""Paso: physiotherapists in the centre of Bilbao, and one by the sea in Getxo, with hours of her own. Speaks Spanish
first, so both directions are seen."""

from flectar.demo.business import Business, Code, Package, Person, Place, Question, Rhythm, Service, Thing, from_to

_ALL = ("Primera visita", "Seguimiento", "Videollamada")

BUSINESS = Business(
    slug="paso",
    name="Paso",
    organization="Paso Fisioterapia SL",
    kind="clinic",
    skin="clinic",
    locale="es",
    tagline="Moverte sin pensarlo.",
    description="Fisioterapia en el centro de Bilbao. Una hora, una fisioterapeuta y un plan que puedes leer. "
    "Sales con tres ejercicios dibujados, una fecha y un precio. Si vas a volver, hay un bono de cinco.",
    translations={
        "en": {
            "tagline": "Move without thinking.",
            "description": "Physiotherapy in the centre of Bilbao. One hour, one physiotherapist and a plan that you "
            "can read. You leave with three drawn exercises, a date and a price. A card for five if you come again.",
        }
    },
    street="Ledesma 14, 1.º",
    postal_code="48001",
    city="Bilbao",
    region="Bizkaia",
    latitude="43.262200",
    longitude="-2.930600",
    phone="+34944000014",
    email="hola@paso.example",
    legal_name="Paso Fisioterapia SL",
    tax_id="B00000001",
    hours={
        **dict.fromkeys((0, 1, 2, 3), (from_to("08:30", "14:00"), from_to("15:30", "19:30"))),
        4: (from_to("08:30", "15:00"),),
    },
    holidays=((12, 8, "Festivo"), (12, 25, "Navidad"), (1, 1, "Año Nuevo"), (1, 6, "Reyes")),
    team=(
        Person("Ane", "Urrutia", "ane@paso.example", "owner", _ALL, at="Bilbao"),
        Person("Daniel", "Otero", "daniel@paso.example", "staff", _ALL, is_only_here=True, at="Bilbao"),
        Person("Maialen", "Goiri", "maialen@paso.example", "", ("Primera visita", "Seguimiento"), at="Getxo"),
    ),
    place_name="Bilbao",
    places=(
        Place(
            name="Getxo",
            street="Muelle de las Arenas 9",
            postal_code="48930",
            city="Getxo",
            region="Bizkaia",
            latitude="43.323600",
            longitude="-3.013900",
            phone="+34944000015",
            hours={
                **dict.fromkeys((0, 2), (from_to("09:00", "14:00"),)),
                **dict.fromkeys((1, 3), (from_to("15:00", "20:00"),)),
                5: (from_to("10:00", "13:30"),),
            },
        ),
    ),
    services=(
        Service(
            "Consulta",
            "Primera visita",
            "Escuchamos, medimos y te llevas un plan.",
            60,
            6000,
            10,
            weight=3,
            questions=(
                Question(
                    "¿Qué te duele y desde cuándo?",
                    ("La rodilla, desde el verano.", "Cuello y hombro, por la pantalla.", "El tobillo: un esguince."),
                    more={"is_required": True, "is_sensitive": True},
                ),
                Question("Informe médico, si lo tienes", more={"kind": "file", "is_sensitive": True}),
            ),
        ),
        Service("Consulta", "Seguimiento", "Revisamos el plan y avanzamos.", 45, 4800, 5, weight=9, terms="Consulta"),
        Service("A distancia", "Videollamada", "Para dudas y ejercicios.", 25, 3000, 5, weight=2),
    ),
    things=(
        Thing("room", "Sala", ("Primera visita", "Seguimiento"), group=2, units=2, at="Bilbao"),
        Thing("room", "Sala del muelle", ("Primera visita", "Seguimiento"), group=2, at="Getxo"),
    ),
    terms={"Consulta": {"tiers": [{"hours": 12, "percent": 0}, {"hours": 0, "percent": 50}], "no_show_percent": 50}},
    rhythm=Rhythm(
        week={0: 13, 1: 12, 2: 12, 3: 12, 4: 6, 5: 3},
        months=(1, 1.05, 1, 1, 1, 1, 0.8, 0.4, 1, 1.05, 1.05, 0.8),
        people=95,
        english=0.05,
        no_shows=0.02,
    ),
    codes=(Code("MUTUA15", "Convenio con la mutua", 0.05, percent=15),),
    packages=(Package("Cinco sesiones", "Seguimiento", 5, buyers=12),),
    tags={"Postoperatorio": ("Jon Agirre", "Koldo Arana"), "Corredores": ("Leire Bilbao", "Unai Mendizabal")},
    remarks=(
        "Mejor la sala de la planta baja, si se puede.",
        "Vengo en muletas.",
        "Traigo la resonancia.",
        "¿Podemos mirar también el hombro?",
        "Necesito factura para el seguro.",
    ),
    customers=(
        *("Jon Agirre", "Miren Etxeberria", "Iñaki Zubiri", "Leire Bilbao", "Koldo Arana", "Nerea Gorostiza"),
        *("Unai Mendizabal", "Maite Olabarri", "Gorka Lertxundi", "Ainara Uriarte", "Begoña Salas", "Íñigo Vega"),
    ),
    notes={"Jon Agirre": "Operado de menisco en septiembre. Informe en papel."},
)
