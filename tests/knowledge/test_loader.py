import os
import shutil
import sys
from pathlib import Path

import pytest

import knowledge
from knowledge import KnowledgeError
from knowledge.content import read_content
from knowledge.loader import BUILT_IN, MOST_CACHED, base_of, load, read_built_in
from tests.knowledge.small import small, write_pack, written

SOURCE = "sources/a-paper.yaml"


def source(title="A paper", **more):
    return {**small()[SOURCE], "title": title, **more}


def refusal(packs, cache):
    """The problems for which the packs cannot be loaded."""
    with pytest.raises(KnowledgeError) as caught:
        load(packs, cache=cache)
    return caught.value.problems


@pytest.fixture(scope="module")
def built_in(tmp_path_factory):
    """A folder for the cache, with the built-in knowledge in it."""
    folder = tmp_path_factory.mktemp("built-in")
    load(cache=folder)
    return folder


@pytest.fixture
def cache(tmp_path, built_in):
    """The same of one test alone: to read the built-in knowledge from its files takes a second."""
    return Path(shutil.copytree(built_in, tmp_path / "cache"))


@pytest.fixture
def empty_cache(tmp_path):
    return tmp_path / "empty"


@pytest.fixture
def pack(tmp_path):
    return write_pack(tmp_path / "pack", {SOURCE: source()})


def cache_file(cache, base):
    return cache / f"knowledge-{base.hash}.json"


def test_the_package_loads_the_built_in_knowledge(empty_cache):
    base = knowledge.load(cache=empty_cache)
    content, problems = read_built_in()
    assert (base, []) == (base_of(content, base.hash), problems)
    assert base.version
    assert len(base.hash) == 32


def test_a_pack_is_merged_with_what_is_built_in(tmp_path, cache, real_base):
    base = load([write_pack(tmp_path / "pack", small())], cache=cache)
    assert base.cause("too_fast").title == "Steps too long"
    own = {name: base.causes[name] for name in ("too_fast", "bad_data")}
    assert {**base.causes} == {**real_base.causes, **own}
    assert base.sources.keys() == real_base.sources.keys() | {"a-paper", "s9"}
    assert base.hash != real_base.hash


def test_several_packs_are_merged_and_may_be_named_by_text(tmp_path, cache):
    first = write_pack(tmp_path / "first", {SOURCE: source()})
    second = write_pack(tmp_path / "second", {"sources/b-paper.yaml": source(id="b-paper")})
    base = load([str(first), second], cache=cache)
    assert {"a-paper", "b-paper"} <= base.sources.keys()


def test_a_pack_may_be_empty_and_hold_other_things(tmp_path, cache, real_base):
    pack = write_pack(tmp_path / "pack", {"notes/x.yaml": "{", "causes/notes.txt": "{", "README.md": "{"})
    (pack / "sources" / "folder.yaml").mkdir(parents=True)
    assert load([pack], cache=cache).causes == real_base.causes


def test_a_pack_that_is_not_there_is_named(tmp_path, cache):
    (problem,) = refusal([tmp_path / "nowhere"], cache)
    assert str(problem) == f"error: {tmp_path / 'nowhere'}: expected a folder of knowledge files, found none"


def test_a_pack_that_is_a_file_is_no_pack(tmp_path, cache):
    (tmp_path / "file").write_text("id: x\n")
    (problem,) = refusal([tmp_path / "file"], cache)
    assert problem.place == str(tmp_path / "file")


def test_an_unknown_key_in_a_pack_is_told_with_its_file_line_and_key(tmp_path, cache):
    pack = write_pack(tmp_path / "pack", {SOURCE: source(colour="red")})
    (problem,) = refusal([pack], cache)
    assert problem.place == f"{pack / SOURCE}:6"
    assert problem.message.startswith("colour: ")


def test_an_id_that_differs_from_the_name_of_its_file_is_an_error(tmp_path, cache):
    pack = write_pack(tmp_path / "pack", {"sources/other.yaml": source()})
    (problem,) = refusal([pack], cache)
    assert problem.place == f"{pack / 'sources/other.yaml'}:1"
    assert problem.message == "expected the id 'other' as in the file's name, found 'a-paper'"


def test_an_id_that_the_built_in_knowledge_has_is_an_error(tmp_path, cache):
    target = tmp_path / "pack" / "causes" / "overfitting.yaml"
    target.parent.mkdir(parents=True)
    write_pack(tmp_path / "pack", {})
    shutil.copy(BUILT_IN / "causes" / "overfitting.yaml", target)
    (problem,) = refusal([tmp_path / "pack"], cache)
    assert problem.place == f"{target}:2"
    assert "'overfitting', which the built-in knowledge has; to change it, say what in overrides" in problem.message


def test_an_id_that_two_packs_have_is_an_error(tmp_path, cache):
    packs = [write_pack(tmp_path / name, {SOURCE: source()}) for name in ("first", "second")]
    (problem,) = refusal(packs, cache)
    assert problem.place == f"{packs[1] / SOURCE}:1"


@pytest.mark.parametrize(
    ("first", "second"), [("symptoms", "settings"), ("settings", "checks"), ("symptoms", "checks")]
)
def test_a_symptom_a_setting_and_a_check_cannot_share_an_id(first, second):
    examples = {"symptoms": "loss_course", "settings": "optimizer_kind", "checks": "scan_data"}
    files = {
        f"{kind}/same.yaml": {**small()[f"{kind}/{examples[kind]}.yaml"], "id": "same"} for kind in (first, second)
    }
    _, problems = read_content(written(files))
    assert [str(problem) for problem in problems] == ["error: same: expected one finding of this id, found 2"]


def test_a_check_and_a_remedy_may_share_an_id():
    files = {
        "checks/same.yaml": {**small()["checks/scan_data.yaml"], "id": "same"},
        "remedies/same.yaml": {**small()["remedies/clean_data.yaml"], "id": "same"},
    }
    assert read_content(written(files))[1] == []


def test_two_sources_cannot_make_the_same_claim(tmp_path, cache):
    pack = write_pack(tmp_path / "pack", {SOURCE: source(claims={"S1.3": "Something else altogether."})})
    (problem,) = refusal([pack], cache)
    assert problem.place == f"{pack / SOURCE}:7"
    assert problem.message == "expected a claim of its own, found S1.3, which s1 makes"


def test_a_file_that_is_not_utf_8_is_told_with_the_byte_and_its_place(tmp_path, cache):
    pack = write_pack(tmp_path / "pack", {SOURCE: b"id: a-paper\ntitle: Caf\xe9\n"})
    (problem,) = refusal([pack], cache)
    assert str(problem) == f"error: {pack / SOURCE}:2: expected UTF-8, found byte 0xe9 at 22"


def test_all_problems_of_all_files_are_told_and_the_message_counts_them(tmp_path, cache):
    files = {SOURCE: source(colour="red", year=3), "sources/b-paper.yaml": source(), "sources/c-paper.yaml": "["}
    pack = write_pack(tmp_path / "pack", files)
    with pytest.raises(KnowledgeError) as caught:
        load([pack], cache=cache)
    assert len(caught.value.problems) == 4
    assert str(caught.value).endswith("(and 3 more)")
    assert "\n" not in str(caught.value)


def test_what_is_valid_beside_a_broken_file_is_still_read():
    content, problems = read_content(written({SOURCE: source(), "sources/b-paper.yaml": "["}))
    assert len(problems) == 1
    assert list(content.sources) == ["a-paper"]


def test_nothing_is_cached_of_what_cannot_be_loaded(tmp_path, empty_cache):
    pack = write_pack(tmp_path / "pack", {SOURCE: "["})
    refusal([pack], empty_cache)
    assert [path.name for path in empty_cache.iterdir()] == [cache_file(empty_cache, load(cache=empty_cache)).name]


# The cache


def test_the_cache_gives_what_reading_afresh_gives(pack, empty_cache):
    fresh = load([pack], cache=empty_cache)
    from_cache = load([pack], cache=empty_cache)
    assert fresh == from_cache
    for kind in ("causes", "findings", "remedies", "pairs", "sources"):
        assert list(getattr(from_cache, kind)) == list(getattr(fresh, kind))


def test_a_second_loading_reads_the_cache_and_does_not_write_it_anew(pack, cache):
    base = load([pack], cache=cache)
    before = cache_file(cache, base).stat().st_ino
    load([pack], cache=cache)
    assert cache_file(cache, base).stat().st_ino == before


def test_a_changed_file_is_never_served_stale_even_with_its_old_size_and_time(pack, cache):
    path = pack / SOURCE
    assert load([pack], cache=cache).sources["a-paper"].title == "A paper"
    times = path.stat()
    path.write_bytes(path.read_bytes().replace(b"A paper", b"B paper"))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert path.stat().st_size == times.st_size
    assert load([pack], cache=cache).sources["a-paper"].title == "B paper"


def test_files_that_came_went_or_were_renamed_are_never_served_stale(pack, cache):
    load([pack], cache=cache)
    write_pack(pack, {"sources/b-paper.yaml": source(id="b-paper")})
    assert {"a-paper", "b-paper"} <= load([pack], cache=cache).sources.keys()
    (pack / SOURCE).unlink()
    assert "a-paper" not in load([pack], cache=cache).sources
    (pack / "sources/b-paper.yaml").rename(pack / "sources/c-paper.yaml")
    assert "'c-paper'" in refusal([pack], cache)[0].message


def test_the_cache_without_a_pack_is_not_the_cache_with_it(pack, cache):
    assert "a-paper" in load([pack], cache=cache).sources
    assert "a-paper" not in load(cache=cache).sources
    assert "a-paper" in load([pack], cache=cache).sources


def empty(raw):
    return b""


def cut(raw):
    return raw[: len(raw) // 2]


def garbage(raw):
    return bytes(range(256)) * 100


def another_word(raw):
    assert raw.count(b"A paper") == 1
    return raw.replace(b"A paper", b"B paper")


def foreign_json(raw):
    return b"{}"


def foreign_json_with_the_seal(raw):
    return raw.partition(b"\n")[0] + b"\n{}"


def json_of_nothing(raw):
    return b"\n{}"


@pytest.mark.parametrize(
    "spoil", [empty, cut, garbage, another_word, foreign_json, foreign_json_with_the_seal, json_of_nothing]
)
def test_a_cache_that_is_corrupt_or_foreign_is_ignored_and_made_anew(spoil, pack, cache):
    base = load([pack], cache=cache)
    file = cache_file(cache, base)
    sound = file.read_bytes()
    file.write_bytes(spoil(sound))
    assert load([pack], cache=cache) == base
    assert file.read_bytes() == sound


def test_the_cache_of_another_knowledge_under_this_ones_name_is_ignored(pack, cache, tmp_path):
    other = load(cache=tmp_path / "other")
    base = load([pack], cache=cache)
    shutil.copy(cache_file(tmp_path / "other", other), cache_file(cache, base))
    assert load([pack], cache=cache) == base


def test_a_cache_folder_that_cannot_be_written_is_no_error(pack, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        assert "a-paper" in load([pack], cache=folder).sources
    assert (tmp_path / "file").read_text() == "not a folder"


def test_a_folder_in_the_place_of_the_cache_file_is_no_error(pack, cache):
    base = load([pack], cache=cache)
    file = cache_file(cache, base)
    file.unlink()
    (file / "something").mkdir(parents=True)
    assert load([pack], cache=cache) == base


def test_packs_that_take_turns_keep_their_caches(pack, tmp_path, cache):
    other = write_pack(tmp_path / "other", {"sources/b-paper.yaml": source(id="b-paper")})
    files = {cache_file(cache, load(packs, cache=cache)) for packs in ([], [pack], [other], [pack, other])}
    before = {file: file.stat().st_ino for file in files}
    assert len(before) == 4
    for packs in ([pack], [other], [], [pack, other], [pack]):
        load(packs, cache=cache)
    assert {file: file.stat().st_ino for file in files} == before


def test_caches_that_were_not_used_for_longest_are_cleared_away_and_other_files_are_not(pack, cache):
    used = cache_file(cache, load(cache=cache))
    (cache / "mine.txt").write_text("mine")
    first = cache_file(cache, load([pack], cache=cache))
    os.utime(first, (1, 1))
    for number in range(MOST_CACHED):
        (pack / SOURCE).write_bytes((pack / SOURCE).read_bytes() + b"\n")
        last = cache_file(cache, load([pack], cache=cache))
        os.utime(last, (number + 2, number + 2))
    assert used.is_file()
    assert last.is_file()
    assert not first.exists()
    assert len(list(cache.glob("knowledge-*.json"))) == MOST_CACHED
    assert (cache / "mine.txt").read_text() == "mine"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep their caches elsewhere")
def test_the_cache_stands_in_the_folder_for_caches():
    base = load()
    assert (Path(os.environ["XDG_CACHE_HOME"]) / "loss-triage" / f"knowledge-{base.hash}.json").is_file()
