"""Marea: a yoga studio by the beach of Valencia, of the same organization as the salon. Classes with places."""

from flectar.demo.business import Business, Class, Code, Package, Person, Question, Rhythm, Service, Thing, from_to

_CLASSES = ("Vinyasa", "Yoga suave", "Prenatal")

BUSINESS = Business(
    slug="marea",
    name="Marea",
    organization="Brizna Peluquería SL",
    kind="studio",
    skin="clinic",
    brand="#1d4e6b",
    accent="#ffc9a3",
    locale="es",
    tagline="Respira. Lo demás espera.",
    description="Yoga a dos calles de la Malvarrosa. Diez esterillas, luz de tarde y nadie mirando el móvil.\n"
    "Ven con ropa cómoda: esterilla, mantas y té los ponemos nosotras.",
    translations={
        "en": {
            "tagline": "Breathe. The rest can wait.",
            "description": "Yoga two streets from the Malvarrosa beach. Ten mats, evening light, nobody on a phone.\n"
            "Come in something soft: mat, blankets and tea are ours.",
        }
    },
    street="Carrer de la Drassana 12",
    postal_code="46011",
    city="Valencia",
    region="Valencia",
    latitude="39.463800",
    longitude="-0.330400",
    phone="+34960000212",
    email="hola@marea.example",
    legal_name="Brizna Peluquería SL",
    tax_id="B00000000",
    hours={
        **dict.fromkeys((0, 1, 2, 3, 4), (from_to("07:30", "13:00"), from_to("16:00", "21:30"))),
        5: (from_to("09:30", "14:00"),),
    },
    holidays=((12, 8, "Festivo"), (12, 25, "Navidad"), (1, 1, "Año Nuevo"), (1, 6, "Reyes")),
    team=(
        Person("Noa", "Ferrer", "noa@brizna.example", "owner"),
        Person("Clara", "Monzó", "clara@marea.example", "manager", (*_CLASSES, "Clase particular"), is_only_here=True),
        Person("Dídac", "Ribes", "didac@marea.example", "", ("Vinyasa", "Yoga suave")),
    ),
    things=(Thing("room", "La sala", (*_CLASSES, "Clase particular"), group=2),),
    services=(
        Service(
            "Clases",
            "Vinyasa",
            "Sesenta minutos sin parar, con la respiración al mando.",
            60,
            1400,
            10,
            more={
                "mode": "session",
                "capacity": 10,
                "max_party": 3,
                "is_priced_per_person": True,
                "has_waiting_list": True,
                "change_notice_min": 240,
                "horizon_days": 28,
            },
        ),
        Service(
            "Clases",
            "Yoga suave",
            "Para espaldas cansadas y para quien empieza.",
            75,
            1400,
            10,
            more={
                "mode": "session",
                "capacity": 10,
                "max_party": 3,
                "is_priced_per_person": True,
                "has_waiting_list": True,
                "change_notice_min": 240,
                "horizon_days": 28,
            },
        ),
        Service(
            "Clases",
            "Prenatal",
            "Desde la semana catorce. Seis plazas.",
            60,
            1600,
            10,
            questions=(Question("¿De cuántas semanas estás?", more={"is_required": True, "is_sensitive": True}),),
            more={
                "mode": "session",
                "capacity": 6,
                "has_waiting_list": True,
                "change_notice_min": 240,
                "horizon_days": 28,
            },
        ),
        Service("A solas", "Clase particular", "Una hora para ti, o para dos.", 60, 4500, 10, weight=1),
    ),
    classes=(
        Class(0, "07:45", "Vinyasa", "Dídac", 0.5),
        Class(0, "18:30", "Vinyasa", "Clara", 0.8),
        Class(1, "10:00", "Yoga suave", "Clara", 0.6),
        Class(1, "19:00", "Yoga suave", "Dídac", 0.7),
        Class(2, "07:45", "Vinyasa", "Dídac", 0.45),
        Class(2, "18:30", "Vinyasa", "Clara", 0.85),
        Class(3, "10:00", "Prenatal", "Clara", 0.6),
        Class(3, "19:00", "Yoga suave", "Clara", 0.75),
        Class(4, "18:00", "Vinyasa", "Dídac", 0.5),
        Class(5, "10:00", "Vinyasa", "Clara", 0.95),
    ),
    rhythm=Rhythm(
        week={1: 0.7, 2: 0.4, 3: 0.7, 4: 0.9},
        months=(1.15, 1.1, 1, 1, 0.95, 0.85, 0.6, 0.4, 1.1, 1.1, 1, 0.8),
        people=85,
        english=0.2,
        days_before=(0, 6),
        fades_after=5,
        no_shows=0.05,
    ),
    codes=(Code("PRIMERA", "La primera clase", 0.03, percent=50, more={"max_per_customer": 1}),),
    packages=(
        Package("Bono de diez", "Vinyasa", 10, buyers=22),
        Package("Bono de diez, suave", "Yoga suave", 10, buyers=12),
    ),
    tags={"Bono": ("Marina Sorolla", "Empar Tatay"), "Prefiere la primera fila": ("Marina Sorolla",)},
    customers=(
        *("Marina Sorolla", "Empar Tatay", "Lola Benlliure", "Quique Dasí", "Rosa Alandes", "Gemma Peris"),
        *("Tamar Cohen", "Julie Bonnard", "Amelia Hart", "Raúl Marzal", "Aitana Verdú", "Neus Camarena"),
    ),
    notes={"Empar Tatay": "Hernia lumbar: sin flexiones profundas.", "Quique Dasí": "Paga en mano a fin de mes."},
    remarks=("Es mi primera clase.", "Llego justa, guardadme sitio al fondo.", "Vengo con una amiga."),
)
