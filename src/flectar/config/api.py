"""The API put together: every app's operations under /api/v1."""

from flectar.config.modules import PERMISSIONS
from flectar.offers.booking import api as booking
from flectar.offers.booking.coupons_api import router as coupons
from flectar.people.customers.api import router as customers
from flectar.platform.webapi import project_api, schema, scopes
from flectar.platform.webapi.kit import Api
from flectar.platform.webhooks.api import router as webhooks

api = Api(title="Flectar Base API", version="1", urls_namespace="api-1")
api.add_router("", project_api.router)
api.add_router("", customers)
api.add_router("", booking.services)
api.add_router("", booking.bookings)
api.add_router("", coupons)
api.add_router("", webhooks)

schema.connect(api)
scopes.connect(
    {
        permission: PERMISSIONS[permission]
        for permission in dict.fromkeys(operation.view_func.needs.permission for _path, operation in api.operations())  # type: ignore[attr-defined]  # the mark of @needs
    }
)
