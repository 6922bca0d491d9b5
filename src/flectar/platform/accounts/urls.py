"""Everything under /account/: django-allauth's flows with our pages, and views of ours."""

from allauth.account import views as account
from allauth.socialaccount import views as elsewhere
from django.urls import include, path

from flectar.platform.accounts import google, views

urlpatterns = [
    path("", views.profile, name="account_profile"),
    path("two-step/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
    path("sessions/<int:session_id>/ending", views.ending, name="account_session_ending"),
    path("google/", google.leads_to_google(elsewhere.connections), name="socialaccount_connections"),
    path("google/start/", google.start, name="google_login"),
    path("google/callback/", google.callback, name="google_callback"),
    path("google/signup/", elsewhere.signup, name="socialaccount_signup"),
    path("google/cancelled/", elsewhere.login_cancelled, name="socialaccount_login_cancelled"),
    path("login/", google.leads_to_google(account.login), name="account_login"),
    path("signup/", google.leads_to_google(account.signup), name="account_signup"),
    path("", include("allauth.account.urls")),
]
