"""A letter as the page of an e-mail: one column, its styles beside each element, readable on light and dark screens."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from voldaan.formats.shared.shown import Row, Shown, particulars, unbroken
from voldaan.rules.letters import Letter, one_line
from voldaan.rules.tongues import tongue
from voldaan.rules.wording import put

_FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_INK, _QUIET, _ACCENT, _HAIR, _TINT = "#15201b", "#5f6b64", "#0f6b4f", "#d5dbd7", "#f1f5f3"
# A mail program that knows no dark screens, or no style sheets, shows the light colours that stand with each element.
_DARK = """\
:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){
body,.page{background:#101513!important}
.ink{color:#e9efeb!important}
.quiet{color:#93a099!important}
.accent{color:#5cc79d!important}
.tint{background:#1d2521!important}
.hair{border-color:#2b3530!important}
}
@media (max-width:480px){.stack{display:block!important;width:auto!important}.code{padding-top:0!important}}
"""


def page(letter: Letter, seen: Shown, names: Sequence[str], picture: str) -> str:
    """Write the page: what to pay and how stand in the first lines, right below what is asked."""
    paragraphs = [_paragraph(words) for words in seen.words.paragraphs]
    sender = escape(one_line(letter.sender.name))
    parts = [
        f'<p class="accent" style="margin:0 0 24px;font-size:20px;font-weight:600;color:{_ACCENT}">{sender}</p>',
        *paragraphs[:2],
        _pay(seen, picture),
        *paragraphs[2:],
        _items(seen),
        *map(_paragraph, seen.words.closing),
        _attached(seen, names),
        _foot(letter, seen),
    ]
    return (
        f'<!doctype html>\n<html lang="{seen.language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="supported-color-schemes" content="light dark">\n'
        f"<title>{escape(seen.words.subject)}</title>\n<style>\n{_DARK}</style>\n</head>\n"
        '<body style="margin:0;padding:0;background:#ffffff">\n'
        '<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" '
        'style="background:#ffffff">\n<tr>\n<td align="center" style="padding:24px 16px">\n'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px">\n'
        f'<tr>\n<td class="ink" align="left" style="{_FONT};font-size:16px;line-height:24px;color:{_INK};'
        'overflow-wrap:anywhere">\n' + "\n".join(filter(None, parts)) + "\n</td>\n</tr>\n</table>\n"
        "</td>\n</tr>\n</table>\n</body>\n</html>\n"
    )


def _paragraph(words: str) -> str:
    lines = escape(unbroken(words)).replace("\u00a0", "&nbsp;").splitlines()
    return f'<p style="margin:0 0 16px">{"<br>".join(lines)}</p>'


def _pay(seen: Shown, picture: str) -> str:
    (name, amount), *rest = seen.pay
    lines = [
        f'<p class="quiet" style="margin:0;font-size:14px;line-height:20px;color:{_QUIET}">{escape(name)}</p>',
        f'<p style="margin:0 0 12px;font-size:24px;line-height:32px;font-weight:600">{_figure(amount)}</p>',
    ]
    lines += [
        f'<p style="margin:0 0 8px;font-size:15px;line-height:20px">'
        f'<span class="quiet" style="font-size:13px;color:{_QUIET}">{escape(label)}</span><br>'
        f"<strong>{escape(words)}</strong></p>"
        for label, words in rest
    ]
    code = ""
    if seen.code:
        code = (
            '\n<td class="stack code" width="148" valign="top" style="padding:16px;width:148px">\n'
            f'<img src="cid:{picture}" width="148" height="148" alt="{escape(seen.labels["code_in_words"])}" '
            'style="display:block;width:148px;height:148px;border:0;background:#ffffff">\n'
            f'<p class="quiet" style="margin:6px 0 0;font-size:13px;line-height:18px;color:{_QUIET}">'
            f"{escape(seen.labels['scan'])}</p>\n</td>"
        )
    return (
        '<table role="presentation" class="tint" width="100%" cellpadding="0" cellspacing="0" border="0" '
        f'style="margin:8px 0 24px;background:{_TINT};border-radius:6px">\n<tr>\n'
        f'<td class="ink stack" valign="top" style="padding:16px;{_FONT};color:{_INK}">\n'
        + "\n".join(lines)
        + f"\n</td>{code}\n</tr>\n</table>"
    )


def _figure(words: str) -> str:
    return f'<span style="white-space:nowrap">{escape(words)}</span>'


def _items(seen: Shown) -> str:
    labels = seen.labels
    names = (labels["invoice"], labels["due_date"], labels["open"])
    head = "".join(
        f'<th scope="col" class="quiet hair" align="{"right" if name == names[2] else "left"}" '
        f'style="padding:6px {0 if name == names[2] else 12}px 6px 0;border-bottom:1px solid {_HAIR};font-size:13px;'
        f'font-weight:400;color:{_QUIET}">{escape(name)}</th>'
        for name in names
    )
    body = "\n".join(_item(row, seen) for row in seen.rows)
    foot = "\n".join(_total(name, amount, last=(name, amount) == seen.totals[-1]) for name, amount in seen.totals)
    return (
        '<table width="100%" cellpadding="0" cellspacing="0" border="0" '
        'style="margin:8px 0 24px;border-collapse:collapse;font-size:15px;line-height:20px">\n'
        f'<caption class="accent" style="text-align:left;font-weight:600;color:{_ACCENT};padding:0 0 4px">'
        f"{escape(labels['overview'])}</caption>\n"
        f"<tr>{head}</tr>\n{body}\n{foot}\n</table>"
    )


def _item(row: Row, seen: Shown) -> str:
    labels = seen.labels
    of_amount = put(labels["of_amount"], {"amount": row.amount})
    cell = f'class="ink hair" valign="top" style="padding:8px 12px 8px 0;border-bottom:1px solid {_HAIR};color:{_INK}'
    small = f'<br><span class="quiet" style="font-size:13px;color:{_QUIET}">'
    description = f"{small}{escape(row.description)}</span>" if row.description else ""
    return (
        f'<tr>\n<td {cell}">{escape(row.invoice)}{description}'
        f"{small}{_figure(put(labels['dated'], {'day': row.issue_date}))}</span></td>\n"
        f'<td {cell}">{_figure(row.due_date)}</td>\n'
        f'<td align="right" {cell};padding-right:0">{_figure(row.open)}'
        f"{small}{_figure(of_amount)}</span></td>\n</tr>"
    )


def _total(name: str, amount: str, *, last: bool) -> str:
    weight = "600" if last else "400"
    style = f'style="padding:8px 0 0;font-weight:{weight};color:{_INK}"'
    return (
        f'<tr>\n<td class="ink" colspan="2" align="right" {style}>{escape(name)}</td>\n'
        f'<td class="ink" align="right" {style}>{_figure(amount)}</td>\n</tr>'
    )


def _attached(seen: Shown, names: Sequence[str]) -> str:
    if not names:
        return ""
    listed = "<br>".join(map(escape, names))
    return _quiet(f"{escape(seen.labels['attachments'])}:<br>{listed}")


def _foot(letter: Letter, seen: Shown) -> str:
    lines = [one_line(letter.sender.name), *particulars(letter.sender, tongue(seen.language))]
    return (
        f'<div class="hair" style="margin:24px 0 0;padding:16px 0 0;border-top:1px solid {_HAIR}">'
        f"{_quiet('<br>'.join(map(escape, lines)))}</div>"
    )


def _quiet(html: str) -> str:
    return f'<p class="quiet" style="margin:0;font-size:13px;line-height:20px;color:{_QUIET}">{html}</p>'
