"""What a running program says in its window: trouble of the machine in one line, a fault of ours with all of it."""

from __future__ import annotations

import logging

from voldaan.cli import trouble


class InOneLine(logging.Filter):
    """Say what the machine did to us, and leave out where in the code it struck: nobody has to mend that."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the record, and let every one through."""
        record.msg, record.args = " ".join(record.getMessage().split()), ()
        error = record.exc_info[1] if record.exc_info else None
        while isinstance(error, Exception):
            if told := trouble.told(error):
                record.msg += f": {told[1] or 'not enough memory'}"
                record.exc_info = record.exc_text = None
                break
            error = error.__cause__
        return True
