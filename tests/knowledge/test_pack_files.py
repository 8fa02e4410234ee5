"""Packs as a stranger may have written them."""

import pytest

from knowledge import KnowledgeError
from knowledge.loader import load
from knowledge.pack_files import LARGEST_FILE, MOST_FILES
from tests.knowledge.small import small, write_pack


def refusal(tmp_path, pack):
    with pytest.raises(KnowledgeError) as caught:
        load([pack], cache=tmp_path / "cache")
    return [str(problem) for problem in caught.value.problems]


def link(path, target):
    try:
        path.symlink_to(target)
    except OSError:
        pytest.skip("no links can be made here")


@pytest.mark.parametrize("what", ["a file", "a folder", "the manifest"])
def test_a_link_that_leads_out_of_the_pack_is_refused(what, tmp_path):
    outside = write_pack(tmp_path / "outside", small())
    pack = write_pack(tmp_path / "pack", {})
    if what == "a file":
        (pack / "sources").mkdir()
        link(pack / "sources" / "s9.yaml", outside / "sources" / "s9.yaml")
    elif what == "a folder":
        link(pack / "sources", outside / "sources")
    else:
        (pack / "pack.yaml").unlink()
        link(pack / "pack.yaml", outside / "pack.yaml")
    told = refusal(tmp_path, pack)
    assert all("expected a file inside the pack, found a link that leads out of it" in line for line in told)


def test_a_pack_may_itself_be_reached_by_a_link(tmp_path):
    write_pack(tmp_path / "pack", small())
    link(tmp_path / "other", tmp_path / "pack")
    assert "too_fast" in load([tmp_path / "other"], cache=tmp_path / "cache").causes


def test_links_that_go_in_a_circle_are_told(tmp_path):
    pack = write_pack(tmp_path / "pack", {})
    (pack / "causes").mkdir()
    link(pack / "causes" / "a.yaml", pack / "causes" / "b.yaml")
    link(pack / "causes" / "b.yaml", pack / "causes" / "a.yaml")
    (told,) = refusal(tmp_path, pack)
    assert "expected files that can be read, found: " in told


@pytest.mark.parametrize("name", ["pack.yaml", "causes/big.yaml"])
def test_a_file_that_is_too_large_is_refused_unread(name, tmp_path):
    pack = write_pack(tmp_path / "pack", {name: b"x" * (LARGEST_FILE + 1)})
    assert refusal(tmp_path, pack) == [f"error: {pack / name}: expected at most {LARGEST_FILE:,} bytes, found more"]


def test_very_many_files_are_refused(tmp_path):
    pack = write_pack(tmp_path / "pack", {f"causes/c{number}.yaml": "x: y\n" for number in range(MOST_FILES + 1)})
    (told,) = refusal(tmp_path, pack)
    assert f"expected at most {MOST_FILES:,} files" in told


LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)
)


@pytest.mark.parametrize("name", ["pack.yaml", "causes/laughs.yaml"])
def test_anchors_that_multiply_are_refused_at_the_first_alias(name, tmp_path):
    pack = write_pack(tmp_path / "pack", {name: LAUGHS})
    assert refusal(tmp_path, pack) == [
        f"error: {pack / name}:2: expected every value written out, found an alias (*name)"
    ]


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:os.system ['touch MARK']", "!!python/name:os.system ''", "!mine {a: b}"]
)
def test_a_tag_is_refused_and_runs_nothing(tag, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pack = write_pack(tmp_path / "pack", {"causes/x.yaml": f"id: x\ntitle: {tag}\n"})
    (told,) = refusal(tmp_path, pack)
    assert told.startswith(f"error: {pack / 'causes/x.yaml'}:2: expected YAML, found a mistake: could not determine")
    assert not (tmp_path / "MARK").exists()


def test_code_in_a_pack_is_not_looked_at(tmp_path):
    mark = tmp_path / "mark"
    code = f"open({str(mark)!r}, 'w')\n"
    pack = write_pack(tmp_path / "pack", {**small(), "__init__.py": code, "causes/__init__.py": code, "conf.py": code})
    assert "too_fast" in load([pack], cache=tmp_path / "cache").causes
    assert not mark.exists()
