"""How a reader wants the pages on this computer: language, light or dark, keys or none."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from voldaan.web.entered import KEYS, LANGUAGE, THEME
from voldaan.web.frame import THEMES
from voldaan.web.refused import back

A_YEAR = 365 * 86_400  # seconds


def choose(request: HttpRequest) -> HttpResponse:
    """Keep a choice in a cookie, and go back to where it was made."""
    answer = HttpResponseRedirect(back(request))
    choices = ((LANGUAGE, "language", dict(settings.LANGUAGES)), (THEME, "theme", THEMES), (KEYS, "keys", ("off",)))
    for cookie, name, known in choices:
        value = request.POST.get(name)
        if value and value in known:
            answer.set_cookie(cookie, value, max_age=A_YEAR, httponly=True, samesite="Lax",
                              secure=settings.SESSION_COOKIE_SECURE)  # fmt: skip
        elif value == "":
            answer.delete_cookie(cookie, samesite="Lax")
    return answer
