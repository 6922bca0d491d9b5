from django.utils.translation import gettext_lazy as _

PERMISSIONS = {
    "bookings.read": _("See the calendar and the bookings"),
    "bookings.write": _("Book, move and cancel"),
    "bookings.manage": _("Book over what is taken, with a reason"),
    "bookings.export": _("Export bookings"),
    "services.read": _("See the services"),
    "services.write": _("Change services and prices"),
    "staff.read": _("See who works when"),
    "staff.write": _("Change people, hours and closures, import calendars"),
}
