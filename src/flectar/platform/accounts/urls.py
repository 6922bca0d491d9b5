"""Everything under /account/: django-allauth's flows with our pages, and views of ours."""

from allauth.account import views as account
from allauth.account.decorators import reauthentication_required
from allauth.socialaccount import views as elsewhere
from django.urls import include, path

from flectar.platform.accounts import google
from flectar.platform.accounts.views import activity, again, data, devices, entrance, phone, picture, profile, several

urlpatterns = [
    path("", profile.profile, name="account_profile"),
    path("pictures/", picture.picture, name="account_picture"),
    path("pictures/removal", picture.removal, name="account_picture_removal"),
    path("phone/", phone.phone, name="account_phone"),
    path("phone/code", phone.code, name="account_phone_code"),
    path("phone/removal", phone.removal, name="account_phone_removal"),
    path("reauthenticate/code/", again.ByCode.as_view(), name="account_reauthenticate_by_code"),
    path("activity/", activity.activity, name="account_activity"),
    path("data/", data.data, name="account_data"),
    path("data/copy/", data.copy, name="account_copy"),
    path("data/copy/asking", data.asking, name="account_copy_asking"),
    path("data/closing/", data.close, name="account_close"),
    path("two-step/trust/", devices.Trust.as_view(), name="mfa_trust"),
    path("two-step/", include("allauth.mfa.urls")),
    path("sessions/", devices.sessions, name="usersessions_list"),
    path("sessions/<int:session_id>/ending", devices.ending, name="account_session_ending"),
    path("devices/<uuid:device_id>/distrust", devices.distrust, name="account_device_distrust"),
    path("others/addition", several.addition, name="account_addition"),
    path("others/ending", several.ending_all, name="account_ending_all"),
    path("others/<uuid:user_id>/switch", several.switch, name="account_switch"),
    path("others/<uuid:user_id>/ending", several.ending, name="account_other_ending"),
    path("google/", google.leads_to_google(elsewhere.connections), name="socialaccount_connections"),
    path("google/start/", google.start, name="google_login"),
    path("google/callback/", google.callback, name="google_callback"),
    path("google/signup/", elsewhere.signup, name="socialaccount_signup"),
    path("google/cancelled/", elsewhere.login_cancelled, name="socialaccount_login_cancelled"),
    path("login/", google.leads_to_google(entrance.SignIn.as_view()), name="account_login"),
    path("login/link/<slug:token>/", entrance.by_link, name="account_login_by_link"),
    path("signup/", google.leads_to_google(account.signup), name="account_signup"),
    path("password/set/", reauthentication_required(account.password_set), name="account_set_password"),
    path("", include("allauth.account.urls")),
]
