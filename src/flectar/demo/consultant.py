"""Norte: a consultant in Bilbao whose customers sit in New York; of the same organization as the clinic. Online, with
notice, new customers are accepted one by one, and the hour is paid when it is booked."""

from flectar.demo.business import Business, Code, Package, Person, Question, Rhythm, Service, from_to

BUSINESS = Business(
    slug="norte",
    name="Norte",
    organization="Paso Fisioterapia SL",
    kind="consultant",
    skin="plain",
    brand="#2b2d6e",
    accent="#f2b544",
    locale="en",
    tagline="A second pair of eyes.",
    description="Amaia Lasa reads the plans of small health companies before their banks do. By video, from Bilbao, at "
    "hours that suit New York.\nYou send ten pages, she sends back two. Then you talk.",
    translations={
        "es": {
            "tagline": "Otro par de ojos.",
            "description": "Amaia Lasa lee los planes de pequeñas empresas de salud antes que su banco. Por vídeo, "
            "desde Bilbao, a horas que van bien en Nueva York.\nMandas diez páginas, devuelve dos. Luego habláis.",
        }
    },
    street="Ledesma 14, 1.º",
    postal_code="48001",
    city="Bilbao",
    region="Bizkaia",
    latitude="43.262200",
    longitude="-2.930600",
    phone="+34944000031",
    email="amaia@norte.example",
    legal_name="Paso Fisioterapia SL",
    tax_id="B00000001",
    hours={
        **dict.fromkeys((0, 1, 2, 3), (from_to("14:00", "21:00"),)),
        4: (from_to("14:00", "18:00"),),
    },
    holidays=((12, 8, "Holiday"), (12, 25, "Christmas"), (1, 1, "New Year"), (1, 6, "Epiphany")),
    team=(
        Person("Ane", "Urrutia", "ane@paso.example", "owner"),
        Person(
            "Amaia",
            "Lasa",
            "amaia@norte.example",
            "manager",
            ("First talk", "One hour", "Half a day"),
            is_only_here=True,
        ),
    ),
    services=(
        Service(
            "By video",
            "First talk",
            "Twenty minutes, free. Is this for us, and for you?",
            20,
            0,
            10,
            weight=3,
            questions=(
                Question(
                    "What should we talk about?",
                    (
                        "Our second clinic, in Queens.",
                        "Hiring two therapists before the money is in.",
                        "A bank that wants five years of numbers.",
                        "Whether to sell.",
                    ),
                    more={"is_required": True},
                ),
            ),
            more={"notice_min": 1440, "approval": "new_customers", "request_hours": 168, "horizon_days": 45},
        ),
        Service(
            "By video",
            "One hour",
            "Your pages read before, two pages of answers after.",
            60,
            14000,
            15,
            weight=6,
            terms="Paid hours",
            questions=(Question("A link to your pages", ("Comes by mail.", "In the shared folder.")),),
            more={
                "notice_min": 2880,
                "pay": "full",
                "hold_min": 60,
                "change_notice_min": 1440,
                "horizon_days": 60,
                "step_min": 30,
                "tax_category": "standard",
            },
        ),
        Service(
            "On site",
            "Half a day",
            "At your place or ours in Bilbao. Amaia accepts each one.",
            240,
            62000,
            30,
            weight=0.5,
            terms="Paid hours",
            more={"notice_min": 10080, "approval": "all", "request_hours": 240, "step_min": 60, "horizon_days": 90},
        ),
    ),
    terms={
        "Paid hours": {
            "tiers": [{"hours": 48, "percent": 0}, {"hours": 24, "percent": 50}],
            "no_show_percent": 100,
            "most_moves": 2,
        }
    },
    rhythm=Rhythm(
        week={0: 2.2, 1: 2.6, 2: 2.6, 3: 2.4, 4: 1},
        months=(1.1, 1.1, 1, 1, 1, 0.9, 0.5, 0.3, 1.2, 1.2, 1.1, 0.6),
        people=46,
        english=0.9,
        days_before=(3, 20),
        fades_after=14,
        no_shows=0.01,
    ),
    limits=({"per": "day", "most": 5},),
    codes=(Code("SPRING20", "Spring offer", 0.04, percent=20),),
    packages=(Package("Five hours", "One hour", 5, buyers=5),),
    customers=("Ander Goiri", "Itziar Zabala", "Pello Arrieta"),
    abroad=(
        *("Grace Okafor", "Daniel Weiss", "Priya Raman", "Tom Brennan", "Alice Chung", "Miguel Santos"),
        *("Hannah Stein", "Omar Farouk", "Julia Novak", "Ben Whitaker", "Lauren Diaz", "Kevin Park"),
        *("Rachel Levin", "Samuel Osei", "Nina Petrova", "David Kim", "Emily Ross", "Carlos Vega"),
    ),
    notes={"Grace Okafor": "New York, UTC−5. Never before 9:00 her time.", "Daniel Weiss": "Invoice to the LLC."},
    tags={"New York": ("Grace Okafor", "Daniel Weiss", "Priya Raman", "Alice Chung"), "Two clinics": ("Tom Brennan",)},
    remarks=("I am in New York.", "My partner will join.", "Camera off, please, I call from the car.", "Second round."),
)
