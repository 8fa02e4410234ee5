"""Pasted text: the forms in which terminals paste files that are dropped on them, and prose."""

import os
import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.pasted import (
    LONGEST_TEXT,
    files_named,
    folder_in,
    folder_named,
    paths_in,
    split_run,
    words_of,
    written,
)

NAMES = st.text(st.characters(exclude_characters="/\0\n\r", exclude_categories=["Cs"]), min_size=1, max_size=20).filter(
    lambda name: name.strip() == name and name not in (".", "..") and len(name.splitlines()) == 1
)


@pytest.fixture
def run(tmp_path):
    path = tmp_path / "my run (2).csv"
    path.touch()
    return path


@pytest.fixture
def other(tmp_path):
    path = tmp_path / "it's.log"
    path.touch()
    return path


@pytest.mark.parametrize(
    ("text", "files", "run"),
    [
        ("runs.csv", "runs.csv", ""),
        ("my runs.csv --run calm-sea 4", "my runs.csv", "calm-sea 4"),
        ("a.csv b.csv --run='calm sea'", "a.csv b.csv", "calm sea"),
        ("a--run b", "a--run b", ""),
        ("a.csv --run", "a.csv --run", ""),
    ],
)
def test_the_run_that_is_chosen_stands_behind_the_files(text, files, run):
    assert split_run(text) == (files, run)


def test_a_plain_path_with_blanks_is_one_file(run):
    assert paths_in(str(run)) == (run,)
    assert paths_in(f"  {run}\n") == (run,)


@pytest.mark.parametrize("form", ["'{}'", '"{}"', "& '{}'"])
def test_a_quoted_path_is_a_file(run, form):
    assert paths_in(form.format(run)) == (run,)


def test_backslashes_escape_as_iterm_pastes_them(run, other):
    def escaped(path):
        return "".join(f"\\{char}" if char in " ()'" else char for char in str(path))

    assert paths_in(escaped(run) + " ") == (run,)
    assert paths_in(f"{escaped(run)} {escaped(other)} ") == (run, other)


def test_several_quoted_paths_are_several_files(run, other):
    assert paths_in(f"{shlex.quote(str(run))} {shlex.quote(str(other))}") == (run, other)
    assert paths_in(f'"{run}" "{other}"') == (run, other)


def test_file_addresses_are_decoded(run, tmp_path):
    assert paths_in(run.as_uri()) == (run,)
    assert paths_in("file://localhost" + run.as_uri().removeprefix("file://")) == (run,)
    odd = tmp_path / "50%20#?é.csv"
    odd.touch()
    assert paths_in(f"{odd.as_uri()}\r\n{run.as_uri()}\r\n") == (odd, run)


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_an_address_may_hold_a_name_that_is_no_text(tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/run\xff.csv"))
    try:
        path.touch()
    except OSError:
        pytest.skip("the file system wants text")
    assert paths_in(f"file://{tmp_path}/run%FF.csv") == (path,)


def test_lines_are_files_each_in_its_own_form(run, other):
    assert paths_in(f"{run}\n{other}\n") == (run, other)
    assert paths_in(f"{run.as_uri()}\n{shlex.quote(str(other))}") == (run, other)


def test_a_file_named_twice_is_one(run):
    assert paths_in(f"{run}\n{run}") == (run,)


def test_the_home_folder_is_expanded(run, monkeypatch):
    monkeypatch.setenv("HOME", str(run.parent))
    assert paths_in(f"~/{run.name}") == (run,)
    assert paths_in("~nobody-is-called-so/run.csv") == ()


def test_prose_is_no_path(run, monkeypatch):
    monkeypatch.chdir(run.parent)
    Path("loss").touch()
    assert paths_in("loss") == ()
    assert paths_in("the loss is NaN since step 150, and I don't know why.") == ()
    assert paths_in(f"look at {run}") == ()
    assert paths_in("") == paths_in(" \n ") == ()
    assert files_named("loss") == (Path("loss"),)


def test_one_missing_file_makes_it_no_list_of_files(run):
    assert paths_in(f"'{run}' '{run}.gone'") == ()


def test_folders_and_devices_are_no_files(run):
    assert paths_in(str(run.parent)) == ()
    assert paths_in(os.devnull) == ()


def test_a_long_text_is_no_path(run):
    assert paths_in(str(run) + " " * LONGEST_TEXT) == ()


def test_relative_paths_begin_at_the_folder_that_is_given(run):
    assert files_named(run.name, run.parent) == (run,)


@given(st.text(st.characters(), max_size=300))
def test_any_text_is_taken(text):
    assert isinstance(paths_in(text), tuple)
    assert isinstance(words_of(text), list)


@given(st.text(alphabet="/~'\"\\ \n%:file0a\0&", max_size=60))
def test_any_text_that_nearly_is_a_path_is_taken(text):
    assert isinstance(paths_in(text), tuple)


@pytest.mark.skipif(os.sep == "\\", reason="the rule is that of a POSIX shell")
@given(st.lists(NAMES, min_size=1, max_size=3))
def test_what_is_written_as_words_reads_as_the_same_words(names):
    assert words_of(" ".join(map(written, names))) == names


@given(NAMES)
def test_a_file_of_any_name_is_found(tmp_path_factory, name):
    folder = tmp_path_factory.mktemp("names")
    path = folder / name
    path.touch()
    assert paths_in(str(path)) == (path,)
    assert paths_in(written(str(path))) == (path,)
    assert paths_in(path.as_uri()) == (path,)


def test_a_folder_is_named_by_its_path_and_in_prose_by_no_bare_word(tmp_path, monkeypatch):
    (tmp_path / "run 1").mkdir()
    (tmp_path / "loss").mkdir()
    (tmp_path / "a.csv").touch()
    assert folder_named("'./run 1'", tmp_path) == tmp_path / "run 1"
    assert folder_named(f"{tmp_path}/loss/") == tmp_path / "loss"
    assert folder_named("loss", tmp_path) == tmp_path / "loss"
    monkeypatch.chdir(tmp_path)
    assert folder_in("loss") is None
    assert folder_in(f"{tmp_path}/loss") == tmp_path / "loss"
    assert folder_named("./a.csv", tmp_path) is None
    assert folder_named("./run ./loss", tmp_path) is None
