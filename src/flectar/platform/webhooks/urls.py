"""`dashboard` is mounted under /<project>/settings/webhooks/."""

from django.urls import path

from flectar.platform.webhooks import views

dashboard = [
    path("", views.index, name="index"),
    path("new", views.new, name="new"),
    path("<uuid:endpoint_id>", views.endpoint, name="endpoint"),
    path("<uuid:endpoint_id>/change", views.change, name="change"),
    path("<uuid:endpoint_id>/switch", views.switch, name="switch"),
    path("<uuid:endpoint_id>/secret", views.secret, name="secret"),
    path("<uuid:endpoint_id>/test", views.test, name="test"),
    path("<uuid:endpoint_id>/removal", views.removal, name="removal"),
    path("<uuid:endpoint_id>/deliveries/<uuid:delivery_id>", views.delivery, name="delivery"),
    path("<uuid:endpoint_id>/deliveries/<uuid:delivery_id>/replay", views.replay, name="replay"),
]
