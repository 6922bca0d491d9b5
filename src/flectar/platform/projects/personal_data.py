from flectar.core.inventory import (
    ACCOUNT,
    CONTRACT,
    LEGITIMATE,
    NONE,
    NULL,
    OPERATE,
    PLATFORM,
    PROJECT,
    PROTECT,
    P,
    classify,
)
from flectar.platform.projects.models import (
    BusinessProfile,
    Domain,
    Export,
    Location,
    OpeningHours,
    PastAddress,
    Project,
    SpecialDay,
    Suspension,
    Transfer,
)

_WHILE_IT_EXISTS = "While the project exists."

classify(
    Project,
    subject="",
    controller=PLATFORM,
    purposes=(ACCOUNT,),
    basis=CONTRACT,
    retention=_WHILE_IT_EXISTS,
    fields={field.name: NONE for field in Project._meta.concrete_fields},
)
classify(
    PastAddress,
    subject="",
    controller=PLATFORM,
    purposes=(ACCOUNT,),
    basis=CONTRACT,
    retention="While the project exists; then the name alone, so that nobody inherits its links.",
    fields={field.name: NONE for field in PastAddress._meta.concrete_fields},
)
classify(
    Domain,
    subject="",
    controller=PLATFORM,
    purposes=(ACCOUNT,),
    basis=CONTRACT,
    retention="While the project uses it; 30 days more, so that nobody else can take it at once.",
    fields={field.name: NONE for field in Domain._meta.concrete_fields},
)
classify(
    Suspension,
    subject="appealed_by",
    controller=PLATFORM,
    purposes=(PROTECT,),
    basis=LEGITIMATE,
    retention=_WHILE_IT_EXISTS,
    note="Whoever closes a site must be able to show why, and hear the other side.",
    fields={
        **{field.name: NONE for field in Suspension._meta.concrete_fields},
        "suspended_by": P("user.unique_id", erase=NULL),
        "appealed_by": P("user.unique_id", erase=NULL),
        "notice": P("user.content"),
        "appeal": P("user.content"),
        "answer": P("user.content"),
    },
)
classify(
    Transfer,
    subject="",
    controller=PLATFORM,
    purposes=(ACCOUNT,),
    basis=CONTRACT,
    retention="90 days after the offer.",
    fields={
        **{field.name: NONE for field in Transfer._meta.concrete_fields},
        "email": P("user.contact.email"),
        "offered_by": P("user.unique_id", erase=NULL),
    },
)
classify(
    Export,
    subject="",
    controller=PLATFORM,
    purposes=(ACCOUNT,),
    basis=CONTRACT,
    retention="A week.",
    fields={
        **{field.name: NONE for field in Export._meta.concrete_fields},
        "asked_by": P("user.unique_id", erase=NULL),
    },
)
# A business may be one person: what names or reaches it is that person's data.
_PERSONAL = {
    "street": "user.contact.address.street",
    "postal_code": "user.contact.address.postal_code",
    "city": "user.contact.address.city",
    "region": "user.contact.address.state",
    "country": "user.contact.address.country",
    "latitude": "user.location.precise",
    "longitude": "user.location.precise",
    "phone": "user.contact.phone_number",
    "second_phone": "user.contact.phone_number",
    "email": "user.contact.email",
    "legal_name": "user.name",
    "tax_id": "user.government_id",
    "privacy_contact": "user.contact.email",
}
classify(
    BusinessProfile,
    subject="",
    controller=PLATFORM,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention=_WHILE_IT_EXISTS,
    fields={
        field.name: P(_PERSONAL[field.name]) if field.name in _PERSONAL else NONE
        for field in BusinessProfile._meta.concrete_fields
    },
)
classify(
    Location,
    subject="",
    controller=PLATFORM,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention=_WHILE_IT_EXISTS,
    fields={
        field.name: P(_PERSONAL[field.name]) if field.name in _PERSONAL else NONE
        for field in Location._meta.concrete_fields
    },
)
for model in (OpeningHours, SpecialDay):
    classify(
        model,
        subject="",
        controller=PROJECT,
        purposes=(OPERATE,),
        basis=CONTRACT,
        retention=_WHILE_IT_EXISTS,
        fields={field.name: NONE for field in model._meta.concrete_fields},
    )
