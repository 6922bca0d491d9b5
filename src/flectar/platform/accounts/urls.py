"""Everything under /account/: django-allauth's flows with our pages, and two views of ours."""

from django.urls import include, path

from flectar.platform.accounts import views

urlpatterns = [
    path("", views.profile, name="account_profile"),
    path("two-step/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
    path("sessions/<int:session_id>/ending", views.ending, name="account_session_ending"),
    path("", include("allauth.account.urls")),
]
