"""Addresses under /<project>/customers/."""

from django.urls import path

from flectar.people.customers import consent_views, import_views, merge_views, privacy_views, tag_views, views

dashboard = [
    path("", views.index, name="index"),
    path("new", views.new, name="new"),
    path("export", views.export, name="export"),
    path("archivals", views.archivals, name="archivals"),
    path("restorations", views.restorations, name="restorations"),
    path("exports", views.exports, name="exports"),
    path("duplicates", merge_views.duplicates, name="duplicates"),
    path("merges/<uuid:merge_id>/reversal", merge_views.reversal, name="merge_reversal"),
    path("imports", import_views.imports, name="imports"),
    path("imports/<uuid:import_id>", import_views.import_page, name="import"),
    path("imports/<uuid:import_id>/approval", import_views.approval, name="import_approval"),
    path("imports/<uuid:import_id>/repetition", import_views.repetition, name="import_repetition"),
    path("imports/<uuid:import_id>/leftovers", import_views.leftovers, name="import_leftovers"),
    path("imports/<uuid:import_id>/reversal", import_views.reversal, name="import_reversal"),
    path("<uuid:customer_id>", views.customer_page, name="customer"),
    path("<uuid:customer_id>/edit", views.edit, name="edit"),
    path("<uuid:customer_id>/notes", views.notes, name="notes"),
    path("<uuid:customer_id>/tags", tag_views.tags, name="tags"),
    path("<uuid:customer_id>/tags/<uuid:tag_id>/removal", tag_views.removal, name="tag_removal"),
    path("<uuid:customer_id>/consents", consent_views.consents, name="consents"),
    path("<uuid:customer_id>/merge/<uuid:other_id>", merge_views.merge, name="merge"),
    path("<uuid:customer_id>/difference/<uuid:other_id>", merge_views.difference, name="difference"),
    path("<uuid:customer_id>/restriction", privacy_views.restriction, name="restriction"),
    path("<uuid:customer_id>/restriction/end", privacy_views.lifting, name="lifting"),
    path("<uuid:customer_id>/copy", privacy_views.copy, name="copy"),
    path("<uuid:customer_id>/copy.json", privacy_views.copy_file, name="copy_file"),
    path("<uuid:customer_id>/erasure", privacy_views.erasure, name="erasure"),
    path("<uuid:customer_id>/archival", views.archival, name="archival"),
    path("<uuid:customer_id>/restoration", views.restoration, name="restoration"),
]
