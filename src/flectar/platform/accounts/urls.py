"""Everything under /account/: django-allauth's flows with our pages."""

from django.urls import include, path

urlpatterns = [
    path("two-step/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
    path("", include("allauth.account.urls")),
]
