"""Django's settings, from the environment: `VOLDAAN_DATA` for the embedded default, `DATABASE_URL` for PostgreSQL."""

from __future__ import annotations

import os
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import dj_database_url
import platformdirs

from voldaan.config.keys import field_keys

DATA = Path(os.environ.get("VOLDAAN_DATA") or platformdirs.user_data_dir("voldaan")).absolute()
SERVER = os.environ.get("DATABASE_URL", "")

SECRET_KEY = "unused: nothing is signed before there are sessions"  # noqa: S105
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
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
]
if SERVER:
    INSTALLED_APPS += ["procrastinate.contrib.django"]  # its tables are only there where its workers are
AUTH_USER_MODEL = "records.User"
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
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *filter(None, os.environ.get("VOLDAAN_HOSTS", "").split(","))]
MIDDLEWARE = [
    "voldaan.config.middleware.headers",
    "django.middleware.common.CommonMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "voldaan.config.middleware.Entrance",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # nothing is gathered first: the files are served from where they lie
WHITENOISE_ALLOW_ALL_ORIGINS = False
TODAY_INSTEAD: datetime | None = None  # stands in for the clock; without a zone it is meant in that of the books

# A fault of ours shows no details on the page: they stand in the window where Voldaan was started.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"window": {"class": "logging.StreamHandler"}},
    "loggers": {"django.request": {"handlers": ["window"], "level": "ERROR", "propagate": False}},
}
