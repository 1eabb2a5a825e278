"""Where files of banks come from by themselves: one file each, and one line here.

Each gives, for the administration with this slug and in these surroundings, its place; or None where there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from voldaan.outside.banks import folder, mailbox, sftp
from voldaan.rules.bank_places import BankPlace

PLACES: tuple[Callable[[str, Mapping[str, str]], BankPlace | None], ...] = (folder.of, sftp.of, mailbox.of)
