"""Our own icons: lines on a field of 20 by 20, drawn in the colour of the words beside them."""

from __future__ import annotations

from collections.abc import Mapping

ICONS: Mapping[str, tuple[str, ...]] = {
    "bank": ("M3 8l7-4.5L17 8z", "M5 8.5v6M10 8.5v6M15 8.5v6M3 16.5h14"),
    "bars": ("M4 16.5v-6M10 16.5v-13M16 16.5v-8",),
    "books": ("M4 17V4.5A1.5 1.5 0 0 1 5.5 3h6A1.5 1.5 0 0 1 13 4.5V17M13 8h2a1 1 0 0 1 1 1v8M2 17h16M7 6.5h3M7 10h3",),
    "check": ("M4 10.5l4 4 8-9",),
    "clock": ("M10 3a7 7 0 1 0 0 14a7 7 0 1 0 0-14", "M10 6.5v4l2.5 1.5"),
    "cross": ("M5 5l10 10M15 5L5 15",),
    "fork": ("M10 17v-5.5L5 6M10 11.5L15 6", "M5 9.5V6h3.5M15 9.5V6h-3.5"),
    "letter": ("M5 2.5h6.5l4 4v11H5z", "M11.5 2.5v4h4M7.5 10.5h5M7.5 13.5h5"),
    "mail": ("M4 4.5h12A1.5 1.5 0 0 1 17.5 6v8a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 14V6A1.5 1.5 0 0 1 4 4.5z",
             "M3 6l7 5 7-5"),
    "minus": ("M5 10h10",),
    "pause": ("M7 4.5v11M13 4.5v11",),
    "people": ("M8 4a3 3 0 1 0 0 6a3 3 0 1 0 0-6", "M2.5 17a5.5 5.5 0 0 1 11 0",
               "M13 4.3a3 3 0 0 1 0 5.4M15 12.4a5.5 5.5 0 0 1 2.5 4.6"),
    "phone": ("M6.5 3l2 4-1.7 1.6a10 10 0 0 0 4.6 4.6L13 11.5l4 2V16a1.5 1.5 0 0 1-1.6 1.5",
              "M15.4 17.5A13.5 13.5 0 0 1 2.5 4.6A1.5 1.5 0 0 1 4 3h2.5"),
    "question": ("M7 7.5a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.1-1.5 2.4", "M10 15.8v.01"),
    "tick": ("M3 6l1.5 1.5L7 5M3 14l1.5 1.5L7 13", "M10 6h7M10 14h7"),
    "warning": ("M10 3l7.5 13.5h-15z", "M10 8v4M10 14.3v.01"),
}  # fmt: skip
