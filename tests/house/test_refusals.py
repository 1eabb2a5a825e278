"""Every refusal of the house, wherever it stands: a code of its own, and a sentence that ends."""

import importlib
import pkgutil

import voldaan
from voldaan.rules.refusals import Refusal


def test_refusals_have_a_code_and_a_sentence_of_their_own():
    for module in pkgutil.walk_packages(voldaan.__path__, "voldaan."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found: dict[str, type[Refusal]] = {}
    waiting = [Refusal]
    while waiting:
        for refusal in waiting.pop().__subclasses__():
            waiting.append(refusal)
            if not refusal.__module__.startswith("voldaan."):
                continue
            assert refusal.code not in found, f"{refusal} and {found[refusal.code]} share a code"
            assert refusal.says.endswith((".", "…")), refusal
            found[refusal.code] = refusal
    assert len(found) > 40
