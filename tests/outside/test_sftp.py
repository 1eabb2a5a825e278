"""A folder on a real SFTP server: only of the server we know, only plain files that are whole, put aside there."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncssh
import pytest

from tests.tools.sftp_server import PASSWORD, USER, Manners, SftpServer
from voldaan.outside.banks import sftp
from voldaan.outside.banks.sftp import place as files
from voldaan.outside.banks.sftp import server as lines
from voldaan.outside.banks.sftp.place import Sftp
from voldaan.rules.bank_places import FileMoved, PlaceTrouble, RefusedUnread
from voldaan.usecases import fetching


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SftpServer]:
    folder = tmp_path_factory.mktemp("sftp") / "served"
    folder.mkdir()
    with SftpServer(folder) as server:
        yield server


@pytest.fixture
def server(running: SftpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SftpServer:
    """Give a server that behaves, with the folder of nobody yet."""
    running.manners = Manners()
    (running.folder / "bank").mkdir(exist_ok=True)
    (running.folder / "bank").rename(running.folder / f"was-{time.monotonic_ns()}")
    (running.folder / "bank").mkdir()
    monkeypatch.setattr(files, "SETTLED", 0)
    return running


@pytest.fixture
def hart(server: SftpServer) -> Path:
    """Give the folder of a firm, as its bank sees it."""
    (server.folder / "bank" / "hart").mkdir()
    return server.folder / "bank" / "hart"


def opened(server: SftpServer, **other: str) -> Sftp:
    found = sftp.of("hart", server.surroundings | other)
    assert isinstance(found, Sftp)
    return found


def lying(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


def trouble(server: SftpServer, **other: str) -> PlaceTrouble:
    with pytest.raises(PlaceTrouble) as found, opened(server, **other):
        pass
    assert PASSWORD not in f"{found.value.says}{found.value.facts}"
    return found.value


def test_without_an_address_there_is_no_such_place():
    assert sftp.of("hart", {}) is None
    assert sftp.of("hart", {"VOLDAAN_SFTP": "sftp://a@b/c", "VOLDAAN_SFTP_FOR": "ander"}) is None


def test_the_folder_is_made_and_the_one_above_it_never(server):
    with opened(server) as place:
        assert place.waiting() == ([], 0)
        assert place.where == "sftp://127.0.0.1/bank/hart"
    assert (server.folder / "bank" / "hart").is_dir()
    address = server.surroundings["VOLDAAN_SFTP"].replace("bank", "weg")
    assert "is not there" in trouble(server, VOLDAAN_SFTP=address).says
    assert not (server.folder / "weg").exists()


def test_files_are_given_the_oldest_first_read_whole_and_put_aside(server, hart):
    for age, name in ((1, "b.sta"), (3, "a.sta"), (2, "ï.sta")):
        (hart / name).write_text(name * 100_000)
        os.utime(hart / name, (time.time() - age, time.time() - age))
    with opened(server) as place:
        found, arriving = place.waiting()
        assert ([file.name for file in found], arriving) == (["a.sta", "ï.sta", "b.sta"], 0)
        for _ in range(2):  # only read, it is given again
            with place.reading(found[0]) as source:
                assert source.read().decode() == "a.sta" * 100_000
        place.put_taken(found[0])
        place.put_refused(found[1], "omdat")
        assert [file.name for file in place.waiting()[0]] == ["b.sta"]
    assert set(lying(hart / "taken")) == {"a.sta"}
    assert lying(hart / "refused")["ï.sta.why.txt"] == "omdat"


def test_nothing_is_written_over(server, hart):
    (hart / "taken").mkdir()
    (hart / "taken" / "a.sta").write_text("nul")
    (hart / "taken" / "a (2).sta.why.txt").write_text("van een ander")
    (hart / "a.sta").write_text("een")
    with opened(server) as place:
        place.put_taken(place.waiting()[0][0])
    assert lying(hart / "taken") == {"a.sta": "nul", "a (2).sta.why.txt": "van een ander", "a (3).sta": "een"}


def test_a_file_that_grows_is_still_arriving_and_an_old_one_is_not_waited_for(server, hart, monkeypatch):
    (hart / "a.sta").write_text("half")
    pauses = []

    def grows(seconds: float) -> None:
        pauses.append(seconds)
        (hart / "a.sta").write_text("half en heel")

    monkeypatch.setattr(time, "sleep", grows)
    with opened(server) as place:
        assert place.waiting() == ([], 1)
        os.utime(hart / "a.sta", (1_000_000, 1_000_000))
        assert [file.name for file in place.waiting()[0]] == ["a.sta"]
    assert len(pauses) == 1


def test_hidden_and_unfinished_files_folders_links_and_names_that_lead_elsewhere_are_left_alone(server, hart):
    (server.folder / "secret").write_text("geheim")
    for name in (".a.sta", "a.sta.part", "B.TMP", "regel\neinde.sta", "..\\a.sta"):
        (hart / name).write_text("x")
    (hart / "map").mkdir()
    (hart / "link.sta").symlink_to("../../secret")
    server.manners.names = [b"../../secret", b"/secret", b"..", b"a/../../../secret", b"a\0.sta"]
    with opened(server) as place:
        assert place.waiting() == ([], 0)


def test_a_folder_that_is_a_link_is_refused(server, hart):
    (server.folder / "bank" / "elders").mkdir()
    (hart / "a.sta").write_text("x")
    (hart / "taken").symlink_to("../elders")
    with opened(server) as place, pytest.raises(PlaceTrouble, match="is a link"):
        place.put_taken(place.waiting()[0][0])
    hart.rename(server.folder / "bank" / "was")
    hart.symlink_to("elders")
    assert "is a link" in trouble(server).says
    assert list((server.folder / "bank" / "elders").iterdir()) == []


def test_another_file_by_the_same_name_is_neither_read_nor_moved(server, hart):
    (hart / "a.sta").write_text("een")
    with opened(server) as place:
        (file,), _ = place.waiting()
        (hart / "a.sta").write_text("twee, dat niemand las")
        for way in (
            place.put_taken,
            lambda file: place.put_refused(file, "x"),
            lambda file: place.reading(file).__enter__(),
        ):
            with pytest.raises(FileMoved):
                way(file)
        with pytest.raises(FileMoved), place.reading(file):
            pass
        (hart / "a.sta").unlink()
        with pytest.raises(FileMoved), place.reading(file):
            pass
        with pytest.raises(FileMoved):
            place.put_taken(file)


def test_a_file_that_takes_the_place_in_the_blink_of_an_eye_is_put_back(server, hart, monkeypatch):
    (hart / "a.sta").write_text("een")
    rename = Sftp._rename

    def late(place: Sftp, name: str, to: str) -> None:
        monkeypatch.setattr(Sftp, "_rename", rename)
        (hart / "a.sta").write_text("twee, dat niemand las")
        rename(place, name, to)

    with opened(server) as place:
        (file,), _ = place.waiting()
        monkeypatch.setattr(Sftp, "_rename", late)
        with pytest.raises(FileMoved):
            place.put_taken(file)
    assert lying(hart) == {"a.sta": "twee, dat niemand las"}


def test_two_at_once_do_no_harm(server, hart):
    (hart / "a.sta").write_text("een")
    with opened(server) as one, opened(server) as other:
        (file,), _ = one.waiting()
        assert other.waiting()[0] == [file]
        one.put_taken(file)
        with pytest.raises(FileMoved):
            other.put_taken(file)
        with pytest.raises(FileMoved):
            other.put_refused(file, "x")
    assert lying(hart / "taken") == {"a.sta": "een"}
    assert not (hart / "refused").exists()


def test_a_file_that_is_too_large_is_refused_unread(server, hart, monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", 1 << 20)
    (hart / "a.sta").write_bytes(b"x" * ((1 << 20) + 1))
    with opened(server) as place:
        (file,), _ = place.waiting()
        with pytest.raises(RefusedUnread, match="larger than"), place.reading(file):
            pass


def test_it_works_where_the_caller_has_a_loop_that_runs(server, hart):
    (hart / "a.sta").write_text("een")

    async def inside() -> list[str]:
        with opened(server) as place:
            return [file.name for file in place.waiting()[0]]

    before = threading.active_count()
    with ThreadPoolExecutor(1) as elsewhere:  # a loop may run here already
        assert elsewhere.submit(lambda: asyncio.run(inside())).result() == ["a.sta"]
    assert threading.active_count() == before


def test_a_file_that_drips_is_given_up_before_the_place_is_anothers(server, hart, monkeypatch):
    assert fetching.HELD.total_seconds() > files.LONGEST_READING + lines.STEP
    monkeypatch.setattr(files, "LONGEST_READING", 0.0)
    (hart / "a.sta").write_text("een")
    with opened(server) as place:
        (file,), _ = place.waiting()
        with pytest.raises(PlaceTrouble, match="did not come in within"), place.reading(file):
            pass
    assert (hart / "a.sta").exists()


def test_a_server_that_lets_us_read_only_says_so(server, hart):
    (hart / "a.sta").write_text("een")
    (hart / "taken").mkdir()
    server.manners.moves = False
    with opened(server) as place:
        (file,), _ = place.waiting()
        with place.reading(file) as source:
            assert source.read() == b"een"
        for way in (place.put_taken, lambda file: place.put_refused(file, "x")):
            with pytest.raises(PlaceTrouble, match="does not let Voldaan move it") as found:
                way(file)
            assert found.value.facts == {"path": "sftp://127.0.0.1/bank/hart/a.sta", "why": "Permission denied"}


def test_a_server_that_goes_away_in_the_middle_says_so(server, hart):
    (hart / "a.sta").write_text("x" * 5_000_000)
    server.manners.hangs_up_at = 2_000_000
    with opened(server) as place:
        (file,), _ = place.waiting()
        with pytest.raises(PlaceTrouble, match="cannot be reached"), place.reading(file):
            pass
        with pytest.raises(PlaceTrouble, match="cannot be reached"):
            place.put_taken(file)
    assert (hart / "a.sta").exists()


def test_a_server_that_is_silent_is_not_waited_for(server, monkeypatch):
    monkeypatch.setattr(lines, "STEP", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"sftp://{USER}@127.0.0.1:{listener.getsockname()[1]}/{{slug}}"
        assert "did not answer" in trouble(server, VOLDAAN_SFTP=address).says
    assert "cannot be reached" in trouble(server, VOLDAAN_SFTP=address).says


def test_a_server_whose_key_nobody_vouched_for_gets_no_password_and_its_key_is_shown(server):
    shown = server.host_key.get_fingerprint()
    for pinned, says in (("", "nobody has vouched"), ("SHA256:" + "A" * 43, "is not the one")):
        found = trouble(server, VOLDAAN_SFTP_HOST_KEY=pinned, VOLDAAN_SFTP_PASSWORD="fout")
        assert (says in found.says, found.facts["fingerprint"]) == (True, shown)
    assert server.refused == 0


def test_one_of_several_keys_of_a_server_is_enough(server, hart, tmp_path):
    pinned = f"256 {server.host_key.get_fingerprint()} sftp (ED25519), SHA256:{'B' * 43}"
    with opened(server, VOLDAAN_SFTP_HOST_KEY=pinned) as place:
        assert place.waiting() == ([], 0)


def test_a_server_with_another_kind_of_key_is_known_too(tmp_path):
    (tmp_path / "served" / "bank").mkdir(parents=True)
    with SftpServer(tmp_path / "served", "ecdsa-sha2-nistp256") as other:
        with opened(other) as place:
            assert place.waiting() == ([], 0)
        assert trouble(other, VOLDAAN_SFTP_HOST_KEY="").facts["fingerprint"] == other.host_key.get_fingerprint()


def test_a_key_signs_in_and_a_wrong_password_does_not(server, hart, tmp_path):
    with opened(server, VOLDAAN_SFTP_PASSWORD="", VOLDAAN_SFTP_KEY=str(server.key_file)) as place:
        assert place.waiting() == ([], 0)
    assert trouble(server, VOLDAAN_SFTP_PASSWORD="fout").facts == {"host": "127.0.0.1", "user": USER}
    server.refused = 0
    other = tmp_path / "ander"
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(str(other))
    assert "does not let" in trouble(server, VOLDAAN_SFTP_PASSWORD="", VOLDAAN_SFTP_KEY=str(other)).says
    for path in (tmp_path / "weg", tmp_path / "tekst"):
        (tmp_path / "tekst").write_text("geen sleutel")
        assert "cannot be read" in trouble(server, VOLDAAN_SFTP_PASSWORD="", VOLDAAN_SFTP_KEY=str(path)).says


@pytest.mark.parametrize(
    ("name", "said", "says"),
    [
        ("", "ftp://a@b/{slug}", "no address"), ("", "sftp://b/{slug}", "no address"),
        ("", "sftp://a@b", "whose files"),
        ("", "sftp://a@b:hoi/{slug}", "no address"), ("", "sftp://a@b/../{slug}", "no address"),
        ("", "sftp://a%0a@b/{slug}", "no address"),
        ("", f"sftp://a:{PASSWORD}@b/{{slug}}", "has a password in it"),
        ("", "sftp://a@b/map", "whose files"), ("_PASSWORD", "", "how to sign in"),
        ("_HOST_KEY", "hoi", "no fingerprint"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_used_are_said_before_anything_is_done(server, name, said, says):
    assert says in trouble(server, **{f"VOLDAAN_SFTP{name}": said}).says


def test_a_folder_for_one_administration_needs_no_short_name(server, hart):
    address = server.surroundings["VOLDAAN_SFTP"].replace("{slug}", "hart")
    with opened(server, VOLDAAN_SFTP=address, VOLDAAN_SFTP_FOR="hart") as place:
        assert place.where == "sftp://127.0.0.1/bank/hart"


def test_the_password_is_in_no_log_and_no_sign_of_the_place(server, hart, caplog):
    caplog.set_level(logging.DEBUG)
    with opened(server) as place:
        assert PASSWORD not in f"{place!r}{place._account!r}{place._account}"
    assert PASSWORD not in caplog.text
