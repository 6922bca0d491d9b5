"""Addresses: `dashboard` hangs under /<project>/, `site` on the project's public host, `platform` on the platform's."""

from django.urls import path

from flectar.offers.booking.views import (
    bookings,
    calendar,
    calendars,
    closures,
    flow,
    imports,
    lists,
    own,
    services,
    staff,
)

app_name = "booking"

dashboard = [
    path("calendar", calendar.calendar, name="calendar"),
    path("bookings", lists.index, name="bookings"),
    path("bookings/cancellations", lists.cancellations, name="cancellations"),
    path("bookings/exports", lists.exports, name="exports"),
    path("bookings/new", bookings.new, name="new"),
    path("bookings/<uuid:booking_id>", bookings.booking, name="booking"),
    path("bookings/<uuid:booking_id>/time", bookings.time, name="time"),
    path("bookings/<uuid:booking_id>/cancellation", bookings.cancellation, name="cancellation"),
    path("bookings/<uuid:booking_id>/restoration", bookings.restoration, name="restoration"),
    path("services", services.index, name="services"),
    path("services/on", services.on_sale, name="services_on"),
    path("services/off", services.off_sale, name="services_off"),
    path("services/new", services.new, name="new_service"),
    path("services/<uuid:service_id>", services.service, name="service"),
    path("services/<uuid:service_id>/removal", services.removal, name="service_removal"),
    path("staff", staff.index, name="staff"),
    path("staff/new", staff.new, name="new_staff"),
    path("staff/places/new", staff.new_place, name="new_place"),
    path("staff/<uuid:resource_id>", staff.person, name="person"),
    path("staff/<uuid:resource_id>/hours", staff.hours, name="hours"),
    path("staff/<uuid:resource_id>/days", staff.days, name="days"),
    path("staff/<uuid:resource_id>/days/<str:day>/removal", staff.day_removal, name="day_removal"),
    path("staff/<uuid:resource_id>/removal", staff.removal, name="staff_removal"),
    path("staff/calendars", calendars.every, name="every_calendar"),
    path("staff/calendars/mine", calendars.mine, name="my_calendars"),
    path("staff/calendars/addresses/new", calendars.new_feed_of_all, name="new_feed_of_all"),
    path("staff/<uuid:resource_id>/calendars", calendars.index, name="calendars"),
    path("staff/<uuid:resource_id>/calendars/new", calendars.new, name="new_subscription"),
    path("staff/<uuid:resource_id>/calendars/addresses/new", calendars.new_feed, name="new_feed"),
    path("calendars/<uuid:subscription_id>", calendars.subscription, name="subscription"),
    path("calendars/<uuid:subscription_id>/edit", calendars.edit, name="edit_subscription"),
    path("calendars/<uuid:subscription_id>/reading", calendars.reading, name="subscription_reading"),
    path("calendars/<uuid:subscription_id>/removal", calendars.removal, name="subscription_removal"),
    path("calendars/addresses/<uuid:feed_id>/rolling", calendars.rolling, name="feed_rolling"),
    path("calendars/addresses/<uuid:feed_id>/revocation", calendars.revocation, name="feed_revocation"),
    path("closures", closures.index, name="closures"),
    path("closures/new", closures.new, name="new_closure"),
    path("closures/<uuid:closure_id>/removal", closures.removal, name="closure_removal"),
    path("calendar/import", imports.upload, name="import"),
    path("calendar/import/<uuid:import_id>", imports.report, name="import_report"),
    path("calendar/import/<uuid:import_id>/start", imports.bring_in, name="import_start"),
    path("calendar/import/<uuid:import_id>/repetition", imports.repetition, name="import_repetition"),
    path("calendar/sources/<uuid:source_id>/removal", imports.removal, name="source_removal"),
]

site = [
    path("book", flow.choose_service, name="book"),
    path("book/<slug:service>", flow.choose_time, name="book_time"),
    path("book/<slug:service>/details", flow.details, name="book_details"),
    path("booking/<str:token>", own.manage, name="manage"),
    path("booking/<str:token>/time", own.time, name="own_time"),
    path("booking/<str:token>/cancellation", own.cancellation, name="own_cancellation"),
    path("booking/<str:token>/calendar.ics", own.calendar_file, name="own_calendar_file"),
]

platform = [
    path("feeds/<uuid:project_id>/<str:token>.ics", calendars.read, name="read"),
]
