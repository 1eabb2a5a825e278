"""The watched folder, on a real disk: what is taken, what is left alone, and that nobody leads us out of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from voldaan.outside.banks import folder
from voldaan.outside.banks.folder import Folder
from voldaan.rules.bank_places import FileMoved, PlaceBusy, PlaceTrouble


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "bank").mkdir()
    return tmp_path / "bank"


@pytest.fixture
def place(root: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """Give the folder of a firm, in which a file is whole at once."""
    monkeypatch.setattr(folder, "SETTLED", 0)
    found = folder.of("hart", {"VOLDAAN_DROP": str(root)})
    assert found is not None
    (root / "hart").mkdir()
    return found


def names(place: Folder) -> list[str]:
    with place:
        return [file.name for file in place.waiting()[0]]


def test_without_a_root_nothing_is_watched():
    assert folder.of("hart", {}) is None


def test_the_folder_is_made_and_the_root_never(root):
    with Folder(root / "hart") as place:
        assert place.waiting() == ([], 0)
    assert (root / "hart").is_dir()
    with pytest.raises(PlaceTrouble, match="is not there"), Folder(root / "weg" / "hart"):
        pass
    assert not (root / "weg").exists()


def test_a_file_that_changed_a_moment_ago_is_still_arriving(place, root, monkeypatch):
    monkeypatch.setattr(folder, "SETTLED", 10)
    (root / "hart" / "a.sta").write_text("x")
    os.utime(root / "hart" / "a.sta", (0, 0))  # a program that copies says when it was written: that proves nothing
    with place:
        assert place.waiting() == ([], 1)


def test_hidden_and_unfinished_files_folders_and_links_are_left_alone(place, root, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("geheim")
    for name in (".a.sta", "a.sta.part", "B.TMP", "c.filepart", "d.crdownload"):
        (root / "hart" / name).write_text("x")
    (root / "hart" / "map").mkdir()
    (root / "hart" / "link.sta").symlink_to(secret)
    os.mkfifo(root / "hart" / "pipe.sta")
    assert names(place) == []


def test_the_oldest_comes_first(place, root):
    for age, name in ((1, "b"), (3, "a"), (2, "c")):
        (root / "hart" / name).write_text(name)
        os.utime(root / "hart" / name, (1_000_000 - age, 1_000_000 - age))
    assert names(place) == ["a", "c", "b"]


def test_a_file_is_put_aside_and_nothing_is_written_over(place, root):
    for content in ("een", "twee"):
        (root / "hart" / "a.sta").write_text(content)
        with place:
            place.put_taken(place.waiting()[0][0])
    taken = root / "hart" / "taken"
    assert {path.name: path.read_text() for path in taken.iterdir()} == {"a.sta": "een", "a (2).sta": "twee"}


def test_a_refused_file_has_its_reason_beside_it(place, root):
    (root / "hart" / ("é" * 120 + ".sta")).write_text("x")
    (root / "hart" / "a.sta").write_text("x")
    with place:
        for file in place.waiting()[0]:
            place.put_refused(file, "omdat")
    refused = root / "hart" / "refused"
    assert (refused / "a.sta.why.txt").read_text() == "omdat"
    assert sorted(path.name for path in refused.iterdir()) == [
        "a.sta", "a.sta.why.txt", "é" * 50 + ".sta", "é" * 50 + ".sta.why.txt",
    ]  # fmt: skip
    assert names(place) == []


def test_another_file_by_the_same_name_is_neither_read_nor_moved(place, root):
    there = root / "hart" / "a.sta"
    there.write_text("een")
    with place:
        (file,), _ = place.waiting()
        (root / "hart" / ".new").write_text("twee, dat niemand las")
        (root / "hart" / ".new").rename(there)
        with pytest.raises(FileMoved), place.reading(file):
            pass
        with pytest.raises(FileMoved):
            place.put_taken(file)
    assert there.read_text() == "twee, dat niemand las"


def test_a_file_that_became_a_link_is_not_followed(place, root, tmp_path):
    (tmp_path / "secret").write_text("geheim")
    there = root / "hart" / "a.sta"
    there.write_text("een")
    with place:
        (file,), _ = place.waiting()
        there.unlink()
        there.symlink_to(tmp_path / "secret")
        with pytest.raises((FileMoved, PlaceTrouble)), place.reading(file):
            pass
        with pytest.raises(FileMoved):
            place.put_taken(file)
    assert (tmp_path / "secret").read_text() == "geheim"


@pytest.mark.parametrize("name", ["hart", "hart/taken"])
def test_a_folder_that_is_a_link_is_refused(root, tmp_path, place, name):
    elsewhere = tmp_path / "elders"
    elsewhere.mkdir()
    (root / "hart" / "a.sta").write_text("x")
    if name == "hart":
        (root / "hart").rename(root / "was")
    (root / name).symlink_to(elsewhere)
    with pytest.raises(PlaceTrouble, match="is a link"), place:
        place.put_taken(place.waiting()[0][0])
    assert list(elsewhere.iterdir()) == []


def test_one_at_a_time_takes_files(place, root):
    with place:
        with pytest.raises(PlaceBusy), Folder(root / "hart"):
            pass
        assert place.waiting() == ([], 0)
    assert names(Folder(root / "hart")) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may do everything")
def test_a_folder_without_rights_says_so(place, root):
    (root / "hart").chmod(0o500)
    try:
        with pytest.raises(PlaceTrouble) as trouble, place:
            pass
    finally:
        (root / "hart").chmod(0o700)
    assert trouble.value.facts["path"] == str(root / "hart")


def test_a_full_disk_says_so(place, root, monkeypatch):
    (root / "hart" / "a.sta").write_text("x")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with place:
        (file,), _ = place.waiting()
        monkeypatch.setattr(os, "mkdir", full)
        with pytest.raises(PlaceTrouble, match="is full"):
            place.put_taken(file)
    assert names(place) == ["a.sta"]
