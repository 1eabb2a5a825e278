"""Django's settings, from the environment: `VOLDAAN_DATA` for the embedded default, `DATABASE_URL` for PostgreSQL."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
import platformdirs
from django.utils.functional import SimpleLazyObject

from voldaan.config.keys import field_keys, signing_key

DATA = Path(os.environ.get("VOLDAAN_DATA") or platformdirs.user_data_dir("voldaan")).absolute()
SERVER = os.environ.get("DATABASE_URL", "")

BEHIND_PROXY = os.environ.get("VOLDAAN_BEHIND_PROXY") == "1"  # which speaks https to the outside

# Where the pages are seen from outside: links are built from it, never from what a request says.
BASE_URL = os.environ.get("VOLDAAN_URL", "http://127.0.0.1:8000").rstrip("/")
SECRET_KEY = SimpleLazyObject(partial(signing_key, DATA))  # made when something is signed first
FIELD_KEYS = partial(field_keys, DATA)  # made when the first credential is stored
DEBUG = False
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
LANGUAGE_CODE = said if (said := os.environ.get("VOLDAAN_LANGUAGE")) in dict(LANGUAGES) else "nl"
LOCALE_PATHS = [Path(__file__).parents[1] / "locale"]

INSTALLED_APPS = [
    "voldaan.records.apps.Records",
    "voldaan.look",
    "voldaan.web",
    "allauth",  # below ours: our templates stand before its own
    "allauth.account",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",  # for the pages of allauth
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "lucide",
]
if SERVER:
    INSTALLED_APPS += ["procrastinate.contrib.django"]  # its tables are only there where its workers are
AUTH_USER_MODEL = "records.User"

# Who is there: a password and, where the person wants it, a second step or a passkey. Nobody signs himself up.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ["email", "name"]}},
]  # fmt: skip
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "administrations"
ACCOUNT_ADAPTER = "voldaan.config.accounts.ByInvitation"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # a link was handed over in person
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"calculator": "120/m/ip", "login": "50/h/ip", "login_failed": "10/15m/key,50/h/ip",
                       "reauthenticate": "10/15m/user", "start": "20/h/ip"}  # fmt: skip
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600  # seconds; so long one need not confirm again that it is oneself
ACCOUNT_USER_DISPLAY = "voldaan.config.accounts.shown"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Voldaan"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not BEHIND_PROXY  # without one, only this machine itself can be here
SESSION_COOKIE_NAME = "__Host-session" if BEHIND_PROXY else "voldaan-session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_PROXY
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
LONGEST_SESSION = timedelta(hours=12)
# Nobody touched a page for so long: whoever sits there now signs in again.
LONGEST_PAUSE = timedelta(minutes=int(os.environ.get("VOLDAAN_IDLE_MINUTES") or (30 if BEHIND_PROXY else 480)))
CSRF_COOKIE_NAME = "__Host-csrf" if BEHIND_PROXY else "voldaan-csrf"
CSRF_COOKIE_HTTPONLY = True  # a form carries it
CSRF_FAILURE_VIEW = "voldaan.web.refused.forged"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# What is counted to slow down guessing is counted for all processes together.
CACHES: dict[str, Any] = {
    "default": {
        **(
            {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "voldaan_counts"}
            if SERVER
            else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
        ),
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # or who guesses at many would have his tries forgotten
    }
}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# One writer at a time that says so at its first word (IMMEDIATE), or two readers that both want to write would wait
# for each other; and every commit on disk (FULL), or a mail may leave and its record vanish at a power cut.
SQLITE: dict[str, Any] = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": DATA / "voldaan.sqlite3",
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 60,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-20000;"
        "PRAGMA mmap_size=134217728; PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=27103364;"
        # Or a REPLACE would delete behind the back of the guards.
        "PRAGMA recursive_triggers=ON;",
    },
    "TEST": {"NAME": DATA / "test.sqlite3"},
}
DATABASE: dict[str, Any] = dict(dj_database_url.parse(SERVER)) if SERVER else SQLITE
DATABASES = {
    "default": DATABASE,
    # For a backup: everything at one moment, while others write.
    "snapshot": DATABASE
    | {
        "TEST": {"MIRROR": "default"},
        "OPTIONS": DATABASE.get("OPTIONS", {}) | ({} if SERVER else {"transaction_mode": "DEFERRED"}),
    },
}
STORAGES = {
    "default": {"BACKEND": "voldaan.config.storage.ByContent", "OPTIONS": {"location": DATA / "files"}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

ROOT_URLCONF = "voldaan.config.urls"
WSGI_APPLICATION = "voldaan.config.wsgi.application"
# Under these names alone, so that no other site can borrow one; behind a proxy, VOLDAAN_HOSTS adds its own.
ALLOWED_HOSTS = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    urlsplit(BASE_URL).hostname or "",
    *filter(None, os.environ.get("VOLDAAN_HOSTS", "").split(",")),
]
MIDDLEWARE = [
    "voldaan.config.middleware.headers",
    "django.middleware.common.CommonMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "voldaan.config.middleware.in_words",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "voldaan.config.middleware.Entrance",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request", "voldaan.web.frame.around"]},
    }
]
DATA_UPLOAD_MAX_NUMBER_FILES = 1000  # as many as a zip may hold
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # nothing is gathered first: the files are served from where they lie
WHITENOISE_ALLOW_ALL_ORIGINS = False
TODAY_INSTEAD: datetime | None = None  # stands in for the clock; without a zone it is meant in that of the books

# A fault of ours shows no details on the page: they stand in the window where Voldaan was started.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"in one line": {"()": "voldaan.config.logs.InOneLine"}},
    "handlers": {"window": {"class": "logging.StreamHandler", "filters": ["in one line"]}},
    "loggers": {
        "django.request": {"handlers": ["window"], "level": "ERROR", "propagate": False},
        # The engine of the workers, and what it stands on.
        "asyncio": {"handlers": ["window"], "level": "WARNING"},
        "procrastinate": {"handlers": ["window"], "level": "WARNING"},
        "psycopg": {"handlers": ["window"], "level": "WARNING"},
        "voldaan": {"handlers": ["window"], "level": "WARNING"},
    },
}
