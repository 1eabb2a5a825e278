"""Second floor: what we remember. The one Django app with models and migrations."""
