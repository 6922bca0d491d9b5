"""The project itself."""

from uuid import UUID

from ninja import Router, Schema

from flectar.platform.projects.models import BusinessProfile
from flectar.platform.webapi.kit import ApiRequest, needs

router = Router(tags=["Project"])


class Place(Schema):
    street: str
    postal_code: str
    city: str
    region: str
    country: str


class ProjectOut(Schema):
    id: UUID
    slug: str
    name: str
    kind: str
    locale: str
    time_zone: str
    currency: str
    modules: list[str]
    address: Place
    phone: str
    email: str


@router.get("/projects/{slug:project}", response=ProjectOut, operation_id="get_project", summary="Get the project")
@needs("project.read")
def get_project(request: ApiRequest, project: str) -> ProjectOut:
    here = request.project
    profile = BusinessProfile.objects.first() or BusinessProfile()
    return ProjectOut(
        id=here.pk,
        slug=here.slug,
        name=here.name,
        kind=profile.kind,
        locale=here.locale,
        time_zone=here.zone,
        currency=here.currency,
        modules=list(here.modules),
        address=Place(
            street=profile.street,
            postal_code=profile.postal_code,
            city=profile.city,
            region=profile.region,
            country=profile.country,
        ),
        phone=profile.phone,
        email=profile.email,
    )
