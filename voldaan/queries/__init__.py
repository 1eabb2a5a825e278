"""The questions: frozen dataclasses for page, API and command line alike. Nothing here changes anything."""
