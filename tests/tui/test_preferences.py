"""What a person set for themselves: read with notes instead of errors, saved for the next time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import TriageError
from triage.own_settings import settings_folder
from tui.preferences import LARGEST_FILE, MOST_NOTES, Preferences, read_preferences, save_preferences

IDS = {"why", "undo", "attach.cancel"}


@pytest.fixture(autouse=True)
def moving(monkeypatch):
    monkeypatch.delenv("NO_MOTION", raising=False)
    monkeypatch.delenv("TEXTUAL_ANIMATIONS", raising=False)


def keymap(folder, text):
    (folder / "keymap.yaml").write_text(text)
    return read_preferences(folder, IDS)


def preferences(folder, text):
    (folder / "preferences.yaml").write_text(text)
    return read_preferences(folder, IDS)


def test_without_files_everything_has_its_default(tmp_path):
    assert read_preferences(tmp_path / "nowhere", IDS) == Preferences({}, "dark", "full", ())


def test_the_folder_is_the_persons_own(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert settings_folder() == tmp_path / "loss-triage"
    save_preferences(None, theme="light")
    assert read_preferences(None, IDS).theme == "light"


def test_keys_are_taken_by_the_id_of_their_binding(tmp_path):
    read = keymap(tmp_path, 'why: "ctrl+g, f9"\nundo: u\nattach.cancel: alt+shift+left,question_mark,pagedown\n')
    assert read.keymap == {"why": "ctrl+g,f9", "undo": "u", "attach.cancel": "alt+shift+left,question_mark,pagedown"}
    assert read.notes == ()


def test_an_unknown_id_is_named_with_the_nearest_and_the_rest_counts(tmp_path):
    read = keymap(tmp_path, "unod: ctrl+u\nwhy: f1\n")
    assert read.keymap == {"why": "f1"}
    assert len(read.notes) == 1
    assert "unod" in read.notes[0]
    assert "undo" in read.notes[0]


@pytest.mark.parametrize(
    "keys", ["ctrl+frob", "contrl+a", "'ctrl+'", "'a,,b'", "f25x", "[a, b]", "7", "~", "{a: b}", '"\\e[31m"', "' '"]
)
def test_what_is_no_key_is_a_note_of_one_line(tmp_path, keys):
    read = keymap(tmp_path, f"why: {keys}\n")
    assert read.keymap == {}
    assert len(read.notes) == 1
    assert "\x1b" not in read.notes[0]
    assert "\n" not in read.notes[0]


def test_theme_and_motion_are_read_and_other_values_named(tmp_path):
    assert preferences(tmp_path, "theme: terminal\nmotion: reduced\n") == Preferences({}, "terminal", "reduced", ())
    read = preferences(tmp_path, "theme: pink\nmotoin: full\n")
    assert (read.theme, read.motion) == ("dark", "full")
    assert "dark, light, terminal" in read.notes[0]
    assert "motion" in read.notes[1]


@pytest.mark.parametrize(
    ("name", "value"), [("NO_MOTION", "1"), ("TEXTUAL_ANIMATIONS", "none"), ("TEXTUAL_ANIMATIONS", "NONE")]
)
def test_the_environment_can_ask_for_less_motion(tmp_path, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert preferences(tmp_path, "motion: full\n").motion == "reduced"


@pytest.mark.parametrize(
    "text",
    ["why: [", "- a\n- b\n", "why: a\nwhy: b\n", "a: !!python/object:os.system x", "[" * 5000, "just words", "why: \0"],
)
def test_a_broken_file_is_a_note_and_no_error(tmp_path, text):
    for read in (keymap(tmp_path, text), preferences(tmp_path, text)):
        assert read.keymap == {}
        assert read.notes
        assert all("\n" not in note for note in read.notes)


def test_a_little_text_that_means_an_endless_list_is_a_note(tmp_path):
    lines = ["a: &a0 [x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40))]
    read = keymap(tmp_path, "\n".join(lines) + "\nwhy: *a39\n? *a39\n: x\n" + f"undo: 0x{'f' * 9000}\n")
    assert read.keymap == {}
    assert all(len(note) < 1000 for note in read.notes)


def test_bytes_that_are_no_text_a_folder_and_a_large_file_are_notes(tmp_path):
    (tmp_path / "keymap.yaml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "preferences.yaml").mkdir()
    assert len(read_preferences(tmp_path, IDS).notes) == 2
    assert "characters" in keymap(tmp_path, "#" * (LARGEST_FILE + 1)).notes[0]


def test_notes_are_bounded(tmp_path):
    read = keymap(tmp_path, "".join(f"frob{number}: a\n" for number in range(100)))
    assert len(read.notes) == MOST_NOTES
    assert "81 more" in read.notes[-1]


def test_an_empty_file_sets_nothing(tmp_path):
    assert keymap(tmp_path, "# nothing yet\n") == Preferences()


def test_saving_one_setting_keeps_the_other_and_the_keys(tmp_path, monkeypatch):
    keymap(tmp_path, "why: f1\n")
    save_preferences(tmp_path, theme="light")
    save_preferences(tmp_path, motion="reduced")
    assert read_preferences(tmp_path, IDS) == Preferences({"why": "f1"}, "light", "reduced", ())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["keymap.yaml", "preferences.yaml"]


def test_less_motion_by_the_environment_is_not_saved(tmp_path, monkeypatch):
    monkeypatch.setenv("NO_MOTION", "1")
    save_preferences(tmp_path, theme="light")
    monkeypatch.delenv("NO_MOTION")
    assert read_preferences(tmp_path, IDS).motion == "full"


def test_a_place_where_nothing_can_be_written_is_one_clear_line(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(TriageError, match="expected a file that can be written") as caught:
        save_preferences(tmp_path / "file", theme="light")
    assert "\n" not in str(caught.value)


@given(st.text(max_size=200))
def test_any_file_is_read(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("settings")
    for name in ("keymap.yaml", "preferences.yaml"):
        (folder / name).write_bytes(text.encode("utf-8", "surrogatepass"))
    read = read_preferences(folder, IDS)
    assert set(read.keymap) <= IDS
