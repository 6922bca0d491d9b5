from flectar.core.inventory import CONTRACT, NONE, OPERATE, PROJECT, classify
from flectar.presence.sites.models import Artifact, Edition, Logo, Site

# What a business publishes about itself is classified where it is written: in its profile, services and staff.
for model in (Site, Edition, Artifact, Logo):
    classify(
        model,
        subject="",
        controller=PROJECT,
        purposes=(OPERATE,),
        basis=CONTRACT,
        retention="While the project exists.",
        fields={field.name: NONE for field in model._meta.concrete_fields},
    )
