"""Numbers of bank accounts: one name for one account, whichever way a bank writes it."""

from __future__ import annotations

import re

BELGIAN = re.compile(r"[0-9]{12}", re.ASCII)  # a number from before IBAN: bank, account, two check digits


def known_as(number: str) -> str:
    """Give the IBAN of a Belgian number from before IBAN, if its own check digits hold; any other as it stands.

    Source: Febelfin, structure of the Belgian bank account number (check digits: modulo 97, 97 for 0); ISO 13616.
    """
    if BELGIAN.fullmatch(number) and int(number[:10]) and (int(number[:10]) % 97 or 97) == int(number[10:]):
        return f"BE{98 - int(f'{number}111400') % 97:02}{number}"
    return number
