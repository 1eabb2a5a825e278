"""Each verb at the command line: once done, once refused with one sentence; the exit codes, and the common words."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from django.db import connection

from tests.cli.conftest import INIT, LIST, STATEMENT, UNBALANCED
from tests.tools.vectors import FOLDER
from voldaan import countries as voldaan_countries
from voldaan.cli.calculations import RULES
from voldaan.cli.main import VERBS, voldaan
from voldaan.cli.reports import REPORTS
from voldaan.cli.shell import OUR_FAULT, REFUSED, USAGE, WAITING, WRONG

NOW = ("--today", "2027-03-03")
CLAIMED = ("--due", "2026-12-31", "--country", "NL", "--debtor", "consumer")
OWN = "NL91ABNA0417164300"
PAYER = "NL15INGB0001234560"
RATES = str(Path(voldaan_countries.__file__).with_name("rates.csv"))
# Verb: words that are done, words that are refused. {…} are ids of the story.
STOPS = ("--what", "demand", "--on", "2027-03-01", "--proof", "3S123")
DONE_AND_REFUSED: dict[str, tuple[list[str], list[str]]] = {
    "init": ([*INIT, "--slug", "tweede"], [*INIT]),
    "migrate": (["migrate"], []),
    "settings": (["settings", "payment_term_days", "14"], ["settings", "payment_term_days", "soon"]),
    "close": (["close", "2027-02-28", *NOW], ["close", "2027-03-31", *NOW]),
    "inspect": (["inspect", LIST], ["inspect", __file__]),
    "claim": (["claim", "--principal", "1250.00", *CLAIMED, *NOW], ["claim", "--principal", "0", *CLAIMED, *NOW]),
    "calculate": (["calculate", "be_damages", str(FOLDER / "be_damages.csv")], ["calculate", "be_damages", __file__]),
    "rates list": (["rates"], ["rates", "--as", "nobody@b.example"]),
    "rates add": (["rates", "add", RATES], ["rates", "add", LIST]),
    "rates take-back": ([], ["rates", "take-back", "NL", "consumer", "2027-01-01"]),
    "fetch": (["fetch"], ["fetch", "--as", "nobody@b.example"]),
    "import": (["import", STATEMENT, *NOW], ["import", UNBALANCED, *NOW]),
    "account add": (["account", "add", "BE68 5390 0754 7034"], ["account", "add", "BE68 5390 0754 7035"]),
    "account list": (["account", "list"], ["account", "list", "--as", "nobody@b.example"]),
    "account first": (["account", "first", OWN], ["account", "first", "BE68 5390 0754 7034"]),
    "account block": ([], ["account", "block", "BE68 5390 0754 7034"]),
    "account remove": ([], ["account", "remove", OWN]),
    "user add": (["user", "add", "a@b.example", "--role", "auditor"],
                 ["user", "add", "eigenaar@linde.example", "--role", "auditor"]),
    "user list": (["user", "list"], ["user", "list", "--as", "nobody@b.example"]),
    "user role": (["user", "role", "controller@linde.example", "--role", "auditor"],
                  ["user", "role", "eigenaar@linde.example", "--role", "auditor"]),
    "user remove": (["user", "remove", "controller@linde.example"], ["user", "remove", "eigenaar@linde.example"]),
    "user link": (["user", "link", "eigenaar@linde.example"], ["user", "link", "nobody@b.example"]),
    "debtor add": (["debtor", "add", "--name", "Nieuw"], ["debtor", "add", "--name", "Nieuw", "--number", "1001"]),
    "debtor set": (["debtor", "set", "1003", "--email", "cafe@b.example"], ["debtor", "set", "9999", "--city", "X"]),
    "debtor merge": (["debtor", "merge", "1003", "1002", *NOW], ["debtor", "merge", "1003", "1003", *NOW]),
    "debtor note": (["debtor", "note", "1003", "belde", *NOW], ["debtor", "note", "9999", "belde", *NOW]),
    "debtor list": (["debtor", "list", "jansen"], ["debtor", "list", "--as", "nobody@b.example"]),
    "invoice receive": (["invoice", "receive", "1003", "--number", "N1", "--date", "2027-03-01", "--amount", "10"],
                        ["invoice", "receive", "1003", "--number", "2026-0288", "--date", "2027-03-01", "--amount",
                         "1"]),
    "invoice credit": (["invoice", "credit", "1003", "--number", "C1", "--date", "2027-03-01", "--amount", "10", *NOW],
                       ["invoice", "credit", "1003", "--number", "C1", "--date", "2027-03-01", "--amount", "0", *NOW]),
    "invoice term": (["invoice", "term", "2026-0288", "--basis", "agreed", "--reason", "contract"],
                     ["invoice", "term", "nothing", "--basis", "agreed", "--reason", "x"]),
    "pay": (["pay", "2026-0288", "--amount", "10.00", "--date", "2027-03-01", *NOW],
            ["pay", "2026-0288", "--amount", "10,00", "--date", "2027-03-01", *NOW]),
    "proposals": (["proposals"], ["proposals", "--administration", "elders"]),
    "accept": (["accept", "{proposal}", *NOW], ["accept", "nothing", *NOW]),
    "reject": (["reject", "{proposal}", *NOW], ["reject", "nothing", *NOW]),
    "receipts payers": (["receipts", "payers"], ["receipts", "payers", "--as", "nobody@b.example"]),
    "receipts forget": (["receipts", "forget", "1001", PAYER, *NOW], ["receipts", "forget", "9999", PAYER, *NOW]),
    "receipts remember": ([], ["receipts", "remember", "9999", PAYER, *NOW]),
    "receipts days": (["receipts", "days"], ["receipts", "days", "--as", "nobody@b.example"]),
    "receipts pass-over": ([], ["receipts", "pass-over", OWN, "2027-03-01", "--reason", "rustig", *NOW]),
    "receipts ask-again": ([], ["receipts", "ask-again", OWN, "2027-03-01", *NOW]),
    "receipts by-itself": (["receipts", "by-itself", *NOW], ["receipts", "by-itself", "--as", "nobody@b.example"]),
    "receipts accept-all": (["receipts", "accept-all", "amount_only", *NOW],
                            ["receipts", "accept-all", "amount_only", "--as", "nobody@b.example"]),
    "receipts spread": (["receipts", "spread", "{unmatched}", "2026-0288=1", *NOW],
                        ["receipts", "spread", "{unmatched}", "nothing=1", *NOW]),
    "set-aside": (["set-aside", "{unmatched}", *NOW], ["set-aside", "nothing", *NOW]),
    "run": (["run", *NOW], ["run", "--administration", "elders"]),
    "worklist": (["worklist", *NOW], ["worklist", "--administration", "elders"]),
    "approve": (["approve", "{message}", *NOW], ["approve", "nothing", *NOW]),
    "skip": (["skip", "{message}", "--reason", "belde zelf", *NOW], ["skip", "nothing", "--reason", "x", *NOW]),
    "done": ([], ["done", "nothing", *NOW]),
    "later": ([], ["later", "nothing", "--until", "2027-03-08", "--reason", "x", *NOW]),
    "now": ([], ["now", "nothing", *NOW]),
    "message": (["message", "{message}", "--output", "{folder}", *NOW], ["message", "nothing", *NOW]),
    "send": ([], ["send", *NOW]),
    "print": ([], ["print", "--to", "{folder}", *NOW]),
    "stop": (["stop", *NOW], ["stop", "--administration", "elders"]),
    "resume-sending": ([], ["resume-sending", *NOW]),
    "resolve": ([], ["resolve", "{message}", "--sent", *NOW]),
    "received": ([], ["received", "nothing", "--on", "2027-03-01", "--proof", "x", *NOW]),
    "returned": ([], ["returned", "nothing", "--on", "2027-03-01", "--words", "x", *NOW]),
    "withdraw": ([], ["withdraw", "nothing", "--reason", "x", *NOW]),
    "interruption record": (["interruption", "record", "2026-0288", *STOPS, *NOW],
                            ["interruption", "record", "nothing", *STOPS, *NOW]),
    "interruption take-back": ([], ["interruption", "take-back", "nothing", "--reason", "x", *NOW]),
    "strategy": (["strategy", "14-dagen"], ["strategy", "nothing"]),
    "terms show": (["terms", "--kind", "consumer", *NOW], ["terms", "--as", "nobody@b.example"]),
    "terms set": (["terms", "set", "--kind", "business", "--days", "14", *NOW],
                  ["terms", "set", "--kind", "consumer", "--charge-fixed", "50", *NOW]),
    "wording": (["wording", "reminder"], ["wording", "reminder", "--write", LIST]),
    "status": ([], ["status", "--administration", "elders"]),
    "serve": ([], []),
    "web": ([], []),
    "worker": ([], []),
    "demo": ([], []),
    "why": (["why", "2026-0288", *NOW], ["why", "nothing", *NOW]),
    "pause": (["pause", "2026-0288", "--until", "2027-03-10", "--reason", "belt terug", *NOW],
              ["pause", "nothing", "--until", "2027-03-10", "--reason", "belt terug", *NOW]),
    "resume": (["resume", "2026-0288", *NOW], ["resume", "nothing", *NOW]),
    "allocate": (["allocate", "{unmatched}", "2026-0288", *NOW], ["allocate", "{unmatched}", "nothing", *NOW]),
    "undo": (["undo", "10", *NOW], ["undo", "1", *NOW]),
    "write-off": (["write-off", "2026-0288", "--reason", "oninbaar", *NOW],
                  ["write-off", "2026-0288", "--reason", "oninbaar", "--amount", "9999", *NOW]),
    "write-offs list": (["write-offs"], ["write-offs", "--as", "nobody@b.example"]),
    "write-offs approve": ([], ["write-offs", "approve", "nothing", *NOW]),
    "write-offs decline": ([], ["write-offs", "decline", "nothing", "--reason", "x", *NOW]),
    "write-offs withdraw": ([], ["write-offs", "withdraw", "nothing", *NOW]),
    "set-off": (["set-off", "2026-0288", "--reference", "A1", "--reason", "inkoop", *NOW],
                ["set-off", "2026-0288", "--reference", "A1", "--reason", "inkoop", "--amount", "9999", *NOW]),
    "pay-back": ([], ["pay-back", "1", *NOW]),
    "take-back": (["take-back", "7", "--reason", "vergissing", *NOW], ["take-back", "8", "--reason", "x", *NOW]),
    "backup": ([], ["backup", "--verify", __file__]),
    "restore": ([], ["restore", __file__]),
    "report": (["report", "open-items", *NOW], ["report", "open-items", "--administration", "elders"]),
    "dossier": (["dossier", "1003", "--output", "{folder}", *NOW], ["dossier", "--invoice", "nothing", *NOW]),
    "export payments": (["export", "payments", "--since", "2027-03-01"],
                        ["export", "payments", "--as", "nobody@b.example"]),
    "rests": (["rests", "--up-to", "0.50"], ["rests", "--give-up", "3"]),
    "export runs": (["export", "runs"], ["export", "runs", "--as", "nobody@b.example"]),
    "export again": ([], ["export", "again", "9"]),
    "check": (["check"], ["check", "--administration", "elders"]),
    "fingerprint": (["fingerprint"], ["fingerprint", "--administration", "elders"]),
}  # fmt: skip


def leaves(command: click.Command, words: str = "") -> list[str]:
    if isinstance(command, click.Group):
        return [leaf for name, below in command.commands.items() for leaf in leaves(below, f"{words} {name}".strip())]
    return [words]


def loaded() -> dict[str, click.Command]:
    context = click.Context(voldaan, obj=type("Loaded", (), {"prepare": lambda *_: None})())
    context.meta["data"] = None
    return {verb: command for verb in VERBS if (command := voldaan.get_command(context, verb))}


def test_every_verb_has_its_row():
    there = {leaf for verb, command in loaded().items() for leaf in leaves(command, verb)}
    assert there == set(DONE_AND_REFUSED), "give a new verb its row: words that are done, words that are refused"


@pytest.mark.parametrize("verb", [verb for verb, (done, _) in DONE_AND_REFUSED.items() if done])
def test_a_verb_is_done_without_a_complaint(typed, story, verb):
    if verb == "resume":
        typed("pause", "2026-0288", "--until", "2027-03-10", "--reason", "belt terug", *NOW)
    words = [word.format(**story) for word in DONE_AND_REFUSED[verb][0]]
    result = typed(*words, *([] if verb == "init" else ["--administration", "drukkerij-de-linde"]), exits=None)
    assert result.exit_code in (0, WAITING), result.output
    assert result.exit_code == 0 or verb == "inspect"


@pytest.mark.one_engine  # how it is said
@pytest.mark.parametrize("verb", [verb for verb, (_, refused) in DONE_AND_REFUSED.items() if refused])
def test_a_refusal_is_said_on_stderr_in_words_and_nothing_on_stdout_but_the_answer(typed, story, verb):
    words = [word.format(**story) for word in DONE_AND_REFUSED[verb][1]]
    result = typed(*words, exits=REFUSED)
    assert result.stderr.strip()
    assert "{" not in result.stderr
    assert "Traceback" not in result.stderr
    assert not result.stdout or verb in ("inspect", "import"), "they answer per file, and one file is refused"


@pytest.mark.parametrize(
    "words",
    [["nope"], ["init"], ["backup"], ["close", "2027-13-01"], ["report", "nope"], ["pay", "x", "--amount"],
     ["allocate", "x"], ["settings", "--today", "soon"], ["settings", "--format", "xml"], ["inspect", "absent.csv"],
     ["settings", "--data"], ["settings", "--nope"]],
    ids=" ".join,
)  # fmt: skip
def test_wrong_words_are_usage_and_say_so_in_the_language_of_the_reader(typed, words):
    english = typed(*words, exits=USAGE)
    dutch = typed(*words, exits=USAGE, language="nl")
    assert english.stdout == dutch.stdout == ""
    assert "Error: " in english.stderr
    assert "Fout: " in dutch.stderr
    assert "Error" not in dutch.stderr
    assert "Usage" not in dutch.stderr


def test_the_exit_codes_are_those_of_the_contract():
    assert (WRONG, USAGE, REFUSED, WAITING, OUR_FAULT) == (1, 2, 3, 4, 70)


def test_no_words_at_all_show_the_help(typed):
    assert "Commands" in typed(exits=USAGE).output


def test_a_check_that_finds_something_exits_with_1_and_names_the_row(typed, asked, story):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE records_receivable SET open_cents = open_cents - 1 WHERE open_cents = 48400")
    answer = asked("check", exits=WRONG)
    assert not answer["ok"]
    broken = {one["name"]: one["found"] for one in answer["checks"] if not one["ok"]}
    assert broken["receivables_open"] == 1
    assert "receivables_open" in typed("check", exits=WRONG).stdout


def test_questions_of_an_import_exit_with_4_on_stderr(typed):
    typed(*INIT)
    result = typed("import", LIST, exits=WAITING)
    assert "row 7" in result.stderr
    assert "row 7" not in result.stdout


@pytest.mark.parametrize("verb", list(VERBS))
def test_every_help_is_dutch(typed, verb):
    """Nothing of the help stays English; its own words stay, and so do names of programs and codes."""
    helped = typed(verb, "--help", language="nl")
    english = typed(verb, "--help")
    assert "Gebruik:" in helped.stdout
    same = {line for line in helped.stdout.splitlines() if line.strip() and line in english.stdout.splitlines()}
    columns = {
        *RULES,
        *REPORTS,
        "id",
        *(column for rule in RULES.values() for column in rule.asks),
    }  # of files: names too
    assert {line for line in same if len(line.split()) > 3 and not {*line.replace(",", "").split()} <= columns} == set()


def test_the_list_of_verbs_is_dutch_and_no_line_is_cut(typed):
    helped = typed("--help", language="nl").stdout
    assert "..." not in helped.replace("[ARGUMENTEN]...", "")
    assert "Bankafschriften" in helped
    assert all(verb in helped for verb in VERBS)


@pytest.mark.parametrize("where", ["before", "behind"])
def test_the_common_words_may_stand_before_or_behind_the_verb(typed, asked, story, where):
    typed("user", "add", "kijker@linde.example", "--role", "auditor")
    common = ["--as", "kijker@linde.example", "--administration=drukkerij-de-linde", "--today", "2027-03-31"]
    verb = ["report", "open-items"]
    rows = asked(*([*common, *verb] if where == "before" else [*verb, *common]))
    assert rows[0]["days_overdue"] == 101


def test_behind_two_dashes_every_word_is_an_argument(typed, story):
    assert "--today" in typed("why", "--", "--today", exits=REFUSED).stderr


def test_as_email_narrows_to_the_role_of_that_person(typed, story):
    typed("user", "add", "kijker@linde.example", "--role", "auditor")
    as_auditor = ["--as", "kijker@linde.example"]
    typed("report", "aging", *as_auditor)
    refused = typed("write-off", "2026-0288", "--reason", "weg", *as_auditor, exits=REFUSED)
    assert "write off" in refused.stderr
    assert "afboeken" in typed("write-off", "2026-0288", "--reason", "weg", *as_auditor, exits=3, language="nl").stderr
    typed("user", "add", "beller@linde.example", "--role", "caller")
    typed("report", "aging", "--as", "beller@linde.example", exits=REFUSED)


def test_with_several_administrations_one_must_be_named(typed, story):
    typed(*INIT, "--slug", "tweede")
    assert "drukkerij-de-linde, tweede" in typed("report", "aging", exits=REFUSED).stderr
    assert "Nothing is open" in typed("report", "aging", "--administration", "tweede").stdout


def test_a_place_that_cannot_be_written_is_refused_and_no_crash(typed, story, tmp_path):
    refused = typed("report", "aging", "--output", str(tmp_path / "absent" / "x.xlsx"), exits=REFUSED)
    assert "absent" in refused.stderr


@pytest.mark.parametrize("words", [["--dry-run"], [], ["--explain"]])
def test_the_run_answers_in_json_as_the_contract_says(typed, asked, words):
    typed(*INIT)
    typed("settings", "bank_freshness_days", "off")
    typed("debtor", "add", "--name", "Bakker", "--number", "1", "--email", "a@bakker.example")
    for number, due in (("F1", "2027-03-15"), ("F2", "2027-06-15")):
        said = ("--number", number, "--date", "2027-03-01", "--amount", "121.00", "--due", due)
        typed("invoice", "receive", "1", *said, "--today", "2027-03-01")
    answer = asked("run", *words, "--today", "2027-03-16")
    assert set(answer) >= {"today", "decided", "booked_to", "counts", "messages", "tasks"}
    assert (answer["decided"], answer["counts"]) == (2, {"due": 1, "not_yet": 1})
    (message,) = answer["messages"]
    assert (message["step"], message["channel"], message["invoices"], message["total_cents"], message["state"]) == (
        "reminder", "email", ["F1"], 12_100, "planned"
    )  # fmt: skip
    assert ("waiting" in answer) == bool(words)
    if words:
        assert [(row["invoice"], row["reason"]) for row in answer["waiting"]] == [("F2", "not_yet")]


def test_what_is_above_the_limit_is_asked_and_an_owner_decides(typed, asked, story):
    typed("settings", "write_off_limit", "10.00")
    clerk = ("--as", "controller@linde.example", *NOW)
    said = ("write-off", "2026-0288", "--reason", "failliet")
    refused = typed(*said, *clerk, exits=REFUSED).stderr
    assert ("Ask an owner" in refused, "--ask" in refused) == (True, True)
    request = typed(*said, "--ask", *clerk).stdout.strip()
    assert typed(*said, "--ask", *clerk).stdout.strip() == request
    assert "yourself" in typed(*said, "--ask", *NOW, exits=REFUSED).stderr
    (waits,) = asked("write-offs")
    assert (waits["id"], waits["invoice"], waits["asked_by"]) == (request, "2026-0288", "controller@linde.example")
    assert "an owner was asked" in asked("why", "2026-0288", *NOW)["in_words"]
    typed("write-offs", "approve", request, *clerk, exits=REFUSED)
    typed("write-offs", "decline", request, "--reason", "bel eerst", *NOW)
    second = typed(*said, "--ask", *clerk).stdout.strip()
    typed("write-offs", "approve", second, *NOW)
    assert "approved" in typed("write-offs", "approve", second, *NOW, exits=REFUSED).stderr
    assert "2026-0288" not in [row["invoice"] for row in asked("report", "open-items", *NOW)]
    assert "No write-off waits" in typed("write-offs").stdout


def test_a_set_off_above_the_limit_says_who_makes_it_and_what_he_types_works(typed, asked, story):
    typed("settings", "write_off_limit", "10.00")
    clerk = ("--as", "controller@linde.example", *NOW)
    said = ("set-off", "2026-0288", "--reference", "INK-77", "--reason", "verrekend", "--amount", "20.00")
    refused = typed(*said, *clerk, exits=REFUSED).stderr
    assert "20,00 of 2026-0288 would be set off" in refused
    for advice in ("voldaan user list", "voldaan settings write_off_limit"):
        assert advice in " ".join(refused.split())
    owners = [
        one["email"] for one in asked("user", "list", "--as", "controller@linde.example") if one["role"] == "owner"
    ]
    typed(*said, "--as", owners[0], *NOW)
    typed("settings", "write_off_limit", "50.00", "--as", owners[0])
    typed(*said, *clerk)


def test_accounts_are_listed_and_put_in_order(typed, asked, story):
    typed("account", "add", "be68 5390 0754 7034")
    typed("account", "first", "BE68539007547034")
    assert [row["account"] for row in asked("account", "list")] == ["BE68 5390 0754 7034", "NL91 ABNA 0417 1643 00"]
    typed("account", "remove", OWN)
    assert [row["account"] for row in asked("account", "list")] == ["BE68 5390 0754 7034"]


def test_the_text_that_comes_along_is_taken_back(typed, story, tmp_path):
    own = tmp_path / "own.txt"
    own.write_text("{total} voor {invoices}\n\nBetaal {total}.\n---\nGroet, {sender}\n", encoding="utf-8")
    before = typed("wording", "reminder").stdout
    typed("wording", "reminder", "--write", str(own))
    assert typed("wording", "reminder").stdout != before
    typed("wording", "reminder", "--shipped")
    assert typed("wording", "reminder").stdout == before
    typed("wording", "reminder", "--shipped", exits=REFUSED)
