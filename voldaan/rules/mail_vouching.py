"""Whether the mail server that took a mail in vouches for its sender (RFC 8601): a sender alone can be forged.

What is in doubt is no proof: other servers, other words, several results of one kind.
"""

from __future__ import annotations

LONGEST = 10_000  # characters


def vouches(results: str, *, server: str, sender: str) -> bool:
    """Tell whether this server says that a mail came from the domain of its sender.

    `results` is the topmost Authentication-Results of the mail. DMARC decides where the server tried it; else a DKIM
    signature of the sender's own domain does. SPF says nothing of the sender that a person sees.
    """
    said, *parts = _bare(results).split(";")
    domain = sender.rpartition("@")[2].lower()
    if not domain or said.split()[:1] != [server.lower()]:
        return False
    tried = [(method, result, facts) for part in parts for method, result, facts in [_result(part)]]
    dmarc = [(result, facts.get("header.from")) for method, result, facts in tried if method == "dmarc"]
    if dmarc:
        return dmarc == [("pass", domain)]
    return any(
        method == "dkim" and result == "pass" and _is_of(domain, facts.get("header.d", facts.get("header.i", "")))
        for method, result, facts in tried
    )


def _result(part: str) -> tuple[str, str, dict[str, str]]:
    (method, result), *facts = [word.partition("=")[::2] for word in part.split()] or [("", "")]
    return method.partition("/")[0], result, dict(facts)


def _is_of(domain: str, signed: str) -> bool:
    """Tell whether a domain is the one that signed, or lies under it."""
    signed = signed.rpartition("@")[2]
    return "." in signed and f".{domain}".endswith(f".{signed}")


def _bare(text: str) -> str:
    """Leave out remarks and what stands in quotes, which strangers may fill; what is not closed says nothing."""
    found: list[str] = []
    depth, is_quoted, is_escaped = 0, False, False
    for char in text[: LONGEST + 1].lower():
        if is_escaped:
            is_escaped = False
        elif char == "\\" and (is_quoted or depth):
            is_escaped = True
        elif char == '"' and not depth:
            is_quoted = not is_quoted
        elif is_quoted:
            continue
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth < 0:
                return ""
            found.append(" ")
        elif not depth:
            found.append(char)
    return "" if depth or is_quoted or len(text) > LONGEST else "".join(found)
