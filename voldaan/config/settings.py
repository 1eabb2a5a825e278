"""Django's settings, from the environment: `VOLDAAN_DATA` for the embedded default, `DATABASE_URL` for PostgreSQL."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import dj_database_url
import platformdirs

DATA = Path(os.environ.get("VOLDAAN_DATA") or platformdirs.user_data_dir("voldaan")).absolute()
SERVER = os.environ.get("DATABASE_URL", "")

SECRET_KEY = "unused: nothing is signed before there are sessions"  # noqa: S105
DEBUG = False
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).parents[1] / "locale"]

INSTALLED_APPS = ["voldaan.records.apps.Records", "django.contrib.auth", "django.contrib.contenttypes"]
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
STORAGES = {"default": {"BACKEND": "voldaan.config.storage.ByContent", "OPTIONS": {"location": DATA / "files"}}}
