"""Paso: two physiotherapists in the centre of Bilbao. Speaks Spanish first, so both directions are seen."""

from flectar.demo.business import Business, Person, Service, from_to

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
    "Sales con tres ejercicios dibujados, una fecha y un precio. Sin bonos.",
    translations={
        "en": {
            "tagline": "Move without thinking.",
            "description": "Physiotherapy in the centre of Bilbao. One hour, one physiotherapist and a plan that you "
            "can read. You leave with three drawn exercises, a date and a price. No bundles to buy.",
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
        Person("Ane", "Urrutia", "ane@paso.example", "owner", _ALL),
        Person("Daniel", "Otero", "daniel@paso.example", "staff", _ALL),
    ),
    services=(
        Service("Consulta", "Primera visita", "Escuchamos, medimos y te llevas un plan.", 60, 6000, 10),
        Service("Consulta", "Seguimiento", "Revisamos el plan y avanzamos.", 45, 4800, 5),
        Service("A distancia", "Videollamada", "Para dudas y ejercicios.", 25, 3000, 5),
    ),
    customers=(
        *("Jon Agirre", "Miren Etxeberria", "Iñaki Zubiri", "Leire Bilbao", "Koldo Arana", "Nerea Gorostiza"),
        *("Unai Mendizabal", "Maite Olabarri", "Gorka Lertxundi", "Ainara Uriarte", "Begoña Salas", "Íñigo Vega"),
    ),
    notes={"Jon Agirre": "Operado de menisco en septiembre. Informe en papel."},
)
