"""Django's settings. Everything that differs between installations comes from the environment (docs/run/settings.md)
or from `installation.json`; importing this needs neither a database nor a data folder."""

import os
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from psycopg.conninfo import conninfo_to_dict

from flectar.config import installation
from flectar.core import logs
from flectar.core.tenancy.scope import forget_project

PACKAGE = Path(__file__).resolve().parents[1]


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, "") or default


def flag(name: str, default: bool = False) -> bool:
    text = env(name, "yes" if default else "no").lower()
    if text not in {"1", "0", "yes", "no", "true", "false", "on", "off"}:
        raise ImproperlyConfigured(f"{name}={text} is neither yes nor no; use e.g. {name}=yes")
    return text in {"1", "yes", "true", "on"}


def number(name: str, default: int) -> int:
    text = env(name, str(default))
    if not text.isdecimal():
        raise ImproperlyConfigured(f"{name}={text} is not a whole number; use e.g. {name}={default}")
    return int(text)


def together(*names: str) -> None:
    """All of them or none: with some of them nothing works, and nobody would know why."""
    missing = [name for name in names if not env(name)]
    if missing and len(missing) < len(names):
        raise ImproperlyConfigured(f"{', '.join(missing)} is missing beside {', '.join(set(names) - set(missing))}")


def proxies(name: str) -> list[str]:
    """How many proxies stand before us, or the networks they are in."""
    entries = [entry.strip() for entry in env(name).split(",") if entry.strip()]
    if len(entries) == 1 and entries[0].isdecimal():
        return entries
    for entry in entries:
        try:
            ip_network(entry, strict=False)
        except ValueError as error:
            raise ImproperlyConfigured(
                f"{name}={entry} is neither a count of proxies nor a network; use e.g. {name}=1 or {name}=10.0.0.0/8"
            ) from error
    return entries


def addresses(name: str, *, port: bool = False) -> list[str]:
    """IP addresses, those of IPv4 with a port if it may be one."""
    entries = [entry.strip() for entry in env(name).split(",") if entry.strip()]
    for entry in entries:
        host, colon, number_ = entry.partition(":") if port else (entry, "", "")
        try:
            ip_address(host)
        except ValueError:
            host = ""
        if not host or (colon and not number_.isdecimal()):
            example = "192.0.2.1:53" if port else "192.0.2.1,2001:db8::1"
            raise ImproperlyConfigured(f"{name}={entry} is not an IP address; use e.g. {name}={example}")
    return entries


# --- Where we are -------------------------------------------------------------------------------------------------
DATA_FOLDER = installation.data_folder()
PORT = installation.port()
DEMO = flag("FLECTAR_DEMO")
HTTPS = flag("FLECTAR_HTTPS")
PLATFORM_HOST = env("FLECTAR_PLATFORM_HOST", "localhost")
SITE_HOST = env("FLECTAR_SITE_HOST", "localhost")  # public pages live on <slug>.<site host>
FILES_HOST = env("FLECTAR_FILES_HOST", "files.localhost")  # private files: no cookie of ours ever goes there
PUBLIC_PORT = number("FLECTAR_PUBLIC_PORT", 443 if HTTPS else PORT)  # the port people type
FILES_ORIGIN = (
    f"https://{FILES_HOST}"
    if HTTPS and PUBLIC_PORT == 443
    else (f"{'https' if HTTPS else 'http'}://{FILES_HOST}:{PUBLIC_PORT}")
)
TRUSTED_PROXIES = proxies("FLECTAR_TRUSTED_PROXIES")  # a count, or CIDR ranges
# The header in which the proxy names the visitor's country (CF-IPCountry, X-Country-Code, …); believed of no one else.
COUNTRY_HEADER = env("FLECTAR_COUNTRY_HEADER")
OPERATOR_PORT = installation.operator_port()  # /metrics; 0: off
METRICS_FOLDER = installation.metrics_folder() if OPERATOR_PORT else None

SECRET_KEY = installation.secret_key() or "only-good-for-importing-settings"
FLECTAR_KEYS = installation.keys()
DEBUG = False
# The host check is ours (core/border): unknown hosts get 421 and never reach a view.
ALLOWED_HOSTS = ["*"]

# Who is asked whether a domain is really its project's ("127.0.0.1:53"); empty: this machine's own resolvers.
RESOLVERS = [server if ":" in server else f"{server}:53" for server in addresses("FLECTAR_RESOLVERS", port=True)]
# What owners point a domain at that cannot be an alias.
SITE_ADDRESSES = addresses("FLECTAR_SITE_ADDRESSES")
# Who runs this installation: named on its legal pages, and written to by whoever has a question or a complaint.
OPERATOR_NAME = env("FLECTAR_OPERATOR_NAME", PLATFORM_HOST)
OPERATOR_ADDRESS = env("FLECTAR_OPERATOR_ADDRESS")
OPERATOR_EMAIL = env("FLECTAR_OPERATOR_EMAIL", f"postmaster@{PLATFORM_HOST}")
# Whether a business takes in data of visitors only after an owner has accepted the data agreement.
AGREEMENT_REQUIRED = flag("FLECTAR_AGREEMENT_REQUIRED")
# A page on which nobody pays takes the place of a payment provider: for the demo and for trying things out.
TEST_PAYMENTS = flag("FLECTAR_TEST_PAYMENTS", DEMO and not HTTPS)
if TEST_PAYMENTS and HTTPS:
    raise ImproperlyConfigured("FLECTAR_TEST_PAYMENTS=yes lets customers pay without money; unset it where https is on")

# --- Apps ---------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "flectar.config",
    "flectar.demo",
    "flectar.oversight.operations",
    "flectar.oversight.home",
    "flectar.offers.booking",
    "flectar.presence.sites",
    "flectar.money.payments",
    "flectar.people.customers",
    "flectar.platform.integrations",
    "flectar.platform.notifications",
    "flectar.platform.webhooks",
    "flectar.platform.webapi",
    "flectar.platform.lists",
    "flectar.platform.projects",
    "flectar.platform.organizations",
    "flectar.platform.accounts",
    "flectar.platform.legal",
    "flectar.platform.outbox",
    "flectar.platform.audit",
    "flectar.ui",
    "flectar.core",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",  # the exclusion constraint that keeps claims apart
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "procrastinate.contrib.django",
    "anymail",
]


def _exists(app: str) -> bool:
    """Apps of ours that are not part of this installation are left out."""
    inside = PACKAGE.joinpath(*app.split(".")[1:])
    return not app.startswith("flectar.") or (inside / "apps.py").exists() or app == "flectar.config"


INSTALLED_APPS = [app for app in INSTALLED_APPS if _exists(app)]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",  # outermost, so that refusals carry the headers too
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "flectar.config.middleware.Border",  # request id, host, route, bad text
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "flectar.config.middleware.RateLimits",
    "flectar.config.middleware.SameOrigin",
    "flectar.config.middleware.WholeText",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "flectar.config.middleware.Language",  # after it is known whose language
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "flectar.platform.accounts.activity.Activity",
    "flectar.platform.projects.drafts.Drafts",  # outside of the transaction, inside of the messages
    "flectar.config.middleware.NewTerms",  # after it is known who, before anything is served
    "flectar.platform.webapi.gate.ApiGate",  # who calls the API; counted before a transaction is open
    "flectar.config.middleware.ServedProject",  # opens the project's scope; it sees every exception
    "flectar.config.middleware.Framed",  # what stands on other websites; inside of the scope
]
if OPERATOR_PORT:
    MIDDLEWARE.insert(0, "flectar.config.measuring.Measured")
ROOT_URLCONF = "flectar.config.urls"
SITE_URLCONF = "flectar.config.site_urls"
FILES_URLCONF = "flectar.config.files_urls"
WSGI_APPLICATION = "flectar.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "flectar.config.context.shell",
                "flectar.presence.sites.context.theme",
            ],
        },
    }
]

# --- Database -----------------------------------------------------------------------------------------------------
AS_OWNER = env("FLECTAR_DATABASE_ROLE") == "owner"  # migrations, backup and restore only


def database(url: str, *, pooled: bool) -> dict[str, Any]:
    parts = conninfo_to_dict(url) if url else {}
    named = {"host", "port", "user", "password", "dbname"}
    options: dict[str, Any] = {key: value for key, value in parts.items() if key not in named}
    # A statement that comes again is planned once for a connection (docs/decisions/0013).
    options |= {
        "server_side_binding": True,
        "prepare_threshold": 5 if flag("FLECTAR_PREPARED_STATEMENTS", True) else None,
    }
    if pooled and url:
        options["pool"] = {
            "min_size": 1,
            "max_size": number("FLECTAR_POOL_SIZE", 6),
            "timeout": 2.5,  # then the answer is 503: a page that hangs is worse than one that says so
            "reset": forget_project,
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": parts.get("host", ""),
        "PORT": parts.get("port", ""),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "NAME": parts.get("dbname", "flectar"),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


DATABASES = {
    "default": database(
        installation.owner_database_url() if AS_OWNER else installation.database_url(), pooled=not AS_OWNER
    )
}
LISTEN_DATABASE_URL = installation.listen_database_url()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        "OPTIONS": {"MAX_ENTRIES": 20000},
    }
}

# --- People -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "flectar.platform.accounts.passwords.LongEnough"},
    {"NAME": "flectar.platform.accounts.passwords.NotCommon"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
# Beside allauth's own: five wrong passwords for one address, whoever types them, wait five minutes.
ACCOUNT_RATE_LIMITS = {
    "login_failed_on_known_device": "10/300s/key",
    "request_login_code_on_known_device": "3/m/key",
}
ACCOUNT_ADAPTER = "flectar.platform.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None  # the person says so with a tick
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
# Offering to change the address right after sign-up would tell whether it had an account before.
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = False
_FORMS = "flectar.platform.accounts.forms."
ACCOUNT_FORMS = {
    "login": _FORMS + "LoginForm",
    "signup": _FORMS + "SignupForm",
    "add_email": _FORMS + "AddEmailForm",
    "change_password": _FORMS + "ChangePasswordForm",
    "set_password": _FORMS + "SetPasswordForm",
    "reset_password": _FORMS + "ResetPasswordForm",
    "reset_password_from_key": _FORMS + "ResetPasswordKeyForm",
    "reauthenticate": _FORMS + "ReauthenticateForm",
    "request_login_code": _FORMS + "RequestLoginCodeForm",
    "confirm_login_code": _FORMS + "ConfirmLoginCodeForm",
    "confirm_email_verification_code": _FORMS + "ConfirmEmailForm",
    "confirm_password_reset_code": _FORMS + "ConfirmPasswordResetCodeForm",
}
MFA_ADAPTER = "flectar.platform.accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Flectar Base"
MFA_TRUST_ENABLED = True
MFA_TRUST_COOKIE_AGE = 30 * 24 * 3600  # for the words of the page; the list of devices is ours (devices.py)
MFA_FORMS = {
    "authenticate": _FORMS + "AuthenticateForm",
    "reauthenticate": _FORMS + "ReauthenticateByCodeForm",
    "activate_totp": _FORMS + "ActivateTOTPForm",
    "add_webauthn": _FORMS + "AddPasskeyForm",
    "authenticate_webauthn": _FORMS + "AuthenticateByPasskeyForm",
    "reauthenticate_webauthn": _FORMS + "ReauthenticateByPasskeyForm",
    "login_webauthn": _FORMS + "LoginByPasskeyForm",
    "edit_webauthn": _FORMS + "RenamePasskeyForm",
}


@dataclass(frozen=True, slots=True)
class OpenID:
    """The addresses of a sign-in elsewhere."""

    issuer: str
    authorize: str
    token: str
    certs: str


def google(url: str) -> OpenID:
    """Google's own, as its discovery document has them; or all on one host, for a local Google."""
    if url:
        base = url.rstrip("/")
        if HTTPS and not base.startswith("https://"):
            raise ImproperlyConfigured(
                f"FLECTAR_GOOGLE_URL={url} is a local Google; leave it out of a real installation"
            )
        return OpenID(base, f"{base}/o/oauth2/v2/auth", f"{base}/token", f"{base}/oauth2/v3/certs")
    return OpenID(
        "https://accounts.google.com",
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
        "https://www.googleapis.com/oauth2/v3/certs",
    )


GOOGLE_CLIENT_ID = env("FLECTAR_GOOGLE_CLIENT_ID")
GOOGLE_CLIENT_SECRET = env("FLECTAR_GOOGLE_CLIENT_SECRET")
together("FLECTAR_GOOGLE_CLIENT_ID", "FLECTAR_GOOGLE_CLIENT_SECRET")
GOOGLE = google(env("FLECTAR_GOOGLE_URL"))
SOCIALACCOUNT_PROVIDERS = {"google": {"APPS": [{"client_id": GOOGLE_CLIENT_ID, "secret": GOOGLE_CLIENT_SECRET}]}}
SOCIALACCOUNT_ADAPTER = "flectar.platform.accounts.google.GoogleSignInAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = False  # nobody has said yet that they are old enough
SOCIALACCOUNT_FORMS = {"signup": _FORMS + "GoogleSignupForm"}
SOCIALACCOUNT_STORE_TOKENS = False
USERSESSIONS_TRACK_ACTIVITY = True  # shown in the list of devices; written by platform/accounts/activity.py

# --- Cookies: `__Host-` and Secure whenever the site is https; plain names on loopback http --------------------------
_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{_PREFIX}session"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_NAME = f"{_PREFIX}csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "flectar.config.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
THEME_COOKIE = f"{_PREFIX}theme"
DEVICE_COOKIE = f"{_PREFIX}device"
ACCOUNTS_COOKIE = f"{_PREFIX}accounts"
DRAFT_COOKIE = f"{_PREFIX}draft"
WRITER_COOKIE = f"{_PREFIX}writer"
HOLD_COOKIE = f"{_PREFIX}hold"
VISITOR_COOKIE = f"{_PREFIX}visitor"

# --- Headers ------------------------------------------------------------------------------------------------------
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", "blob:", FILES_ORIGIN],  # people's pictures, on the files' own host
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "worker-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 63072000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
X_FRAME_OPTIONS = "DENY"

# --- Limits -------------------------------------------------------------------------------------------------------
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- Languages and time -------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [PACKAGE / "locale"]
LANGUAGE_COOKIE_NAME = f"{_PREFIX}language"
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True

# --- Files --------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
_FILES = env("FLECTAR_FILES", str(DATA_FOLDER / "files"))
S3_URL = env("FLECTAR_S3_URL")  # https://key:secret@host/bucket: files go there, and FLECTAR_FILES is not used


def files(kind: str) -> dict[str, Any]:
    """Where public or private files are kept. Nobody is sent there: we serve both ourselves, on the files' host."""
    if not S3_URL:
        folder = {"location": f"{_FILES}/{kind}", "base_url": None}
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": folder}
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {"location": kind, **s3_options(S3_URL)}}


def s3_options(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    bucket = parts.path.strip("/")
    if parts.scheme not in {"http", "https"} or not (parts.username and parts.password and bucket) or "/" in bucket:
        raise ImproperlyConfigured("FLECTAR_S3_URL is not an address such as https://key:secret@s3.example.com/bucket")
    port = f":{parts.port}" if parts.port else ""
    return {
        "endpoint_url": f"{parts.scheme}://{parts.hostname}{port}",
        "bucket_name": bucket,
        "access_key": unquote(parts.username),
        "secret_key": unquote(parts.password),
        "addressing_style": "path",
        "default_acl": None,  # the bucket is private; nothing in it is open to the world
        "file_overwrite": False,
    }


STORAGES: dict[str, dict[str, Any]] = {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "default": files("private"),
    "public": files("public"),
}
# The front end's build names each file by its content and lays .br and .gz beside it: nothing is collected at the
# start, and what carries a hash may be kept for ever.
WHITENOISE_USE_FINDERS = True
WHITENOISE_IMMUTABLE_FILE_TEST = r"-[A-Z0-9]{8}\."

# --- Mail ---------------------------------------------------------------------------------------------------------
MAIL_FROM = env("FLECTAR_MAIL_FROM", "Flectar Base <no-reply@mail.localhost>")
DEFAULT_FROM_EMAIL = MAIL_FROM
SERVER_EMAIL = MAIL_FROM
RESEND_API_KEY = env("FLECTAR_RESEND_API_KEY")
RESEND_API_URL = env("FLECTAR_RESEND_API_URL", "https://api.resend.com/")
RESEND_WEBHOOK_SECRET = env("FLECTAR_RESEND_WEBHOOK_SECRET")
SMTP_URL = env("FLECTAR_SMTP_URL")  # smtp://user:password@host:587 (STARTTLS with a password) or smtps://…:465
MAIL_PROVIDER = "resend" if RESEND_API_KEY else "smtp" if SMTP_URL else ""


def mailers() -> dict[str, dict[str, Any]]:
    """Empty without a provider: mail then waits in the outbox and says why."""
    if MAIL_PROVIDER == "resend":
        options: dict[str, Any] = {"api_key": RESEND_API_KEY, "api_url": RESEND_API_URL, "timeout": (5, 20)}
        return {"default": {"BACKEND": "flectar.platform.integrations.resend.backend.EmailBackend", "OPTIONS": options}}
    if MAIL_PROVIDER == "smtp":
        return {
            "default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": smtp_options(SMTP_URL)}
        }
    return {}


def smtp_options(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured(
            "FLECTAR_SMTP_URL is not an address such as smtp://user:password@mail.example.com:587"
        )
    secure = parts.scheme == "smtps"
    return {
        "host": parts.hostname,
        "port": parts.port or (465 if secure else 587),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": secure,
        # A password never travels in clear.
        "use_tls": not secure and bool(parts.password),
        "timeout": 20,
    }


MAILERS = mailers()

# --- Text messages ------------------------------------------------------------------------------------------------
TWILIO_ACCOUNT = env("FLECTAR_TWILIO_ACCOUNT")
TWILIO_TOKEN = env("FLECTAR_TWILIO_TOKEN")
TWILIO_FROM = env("FLECTAR_TWILIO_FROM")  # one of the account's numbers, +34…
TWILIO_URL = env("FLECTAR_TWILIO_URL", "https://api.twilio.com")
together("FLECTAR_TWILIO_ACCOUNT", "FLECTAR_TWILIO_TOKEN", "FLECTAR_TWILIO_FROM")
# Without a provider no page asks for a code by text message.
TEXT_PROVIDER = "twilio" if TWILIO_ACCOUNT else ""
TEXT_SENDER = "flectar.platform.integrations.twilio.client.send" if TEXT_PROVIDER else ""
# Without a provider nothing is lost: mail waits in the outbox, which says why, and so does `flectar doctor`.
SILENCED_SYSTEM_CHECKS = [] if MAILERS else ["mail.W001"]

# --- Jobs and logs ------------------------------------------------------------------------------------------------
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
LOGGING = logs.LOGGING
logs.configure()
