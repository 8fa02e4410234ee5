from __future__ import annotations

import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from triage.errors import TriageError
from triage.watching.command import Commands, split_command
from triage.watching.news import News

WRITE = (
    "import os, sys\n"
    "with open(sys.argv[1], 'w', encoding='utf-8') as out:\n"
    "    print(os.environ['TRIAGE_MESSAGE'], os.environ['TRIAGE_FILE'], sep='\\n', file=out)"
)


def news(text="words"):
    return News("appeared", datetime.now().astimezone(), text, f"{text}.csv", "", 3.0, "step", "nan_onset", "sudden")


def ran(words, limit=20.0, count=1, text="words"):
    said = []
    commands = Commands(words, limit, said.append)
    for _ in range(count):
        commands.submit(news(text))
    commands.finish(60.0)
    return said


def python(*words):
    return [sys.executable, "-I", "-c", *words]


@pytest.mark.parametrize(
    "text", ["words", "$(touch evil) `touch evil`; touch evil", "\"' && || > evil", "--flag", "é\u202e"]
)
def test_what_a_log_says_reaches_the_command_as_a_value_and_never_as_a_word(tmp_path, text, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert ran(python(WRITE, "out"), text=text) == []
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]
    message, file = Path("out").read_text(encoding="utf-8").splitlines()
    assert (message, file) == (text.replace("\u202e", "\\u202e"), f"{text}.csv")


def test_a_command_is_given_to_no_shell():
    command = f"""'{sys.executable}' "a b" $HOME 'c; d' | x"""
    assert split_command(command) == [sys.executable, "a b", "$HOME", "c; d", "|", "x"]


@pytest.mark.parametrize("text", ["", "  ", "a 'b", "no_such_program now", "./no_such_program"])
def test_what_is_no_command_is_refused(text):
    with pytest.raises(TriageError, match="--exec: expected a command"):
        split_command(text)


def test_one_runs_at_a_time_and_all_do(tmp_path):
    lock = "import os, sys, time; os.mkdir(sys.argv[1]); time.sleep(.05); os.rmdir(sys.argv[1])"
    assert ran(python(lock, str(tmp_path / "lock")), count=5) == []


def test_a_command_that_fails_or_cannot_be_run_is_told():
    assert ran(python("raise SystemExit(3)")) == ["--exec: expected the command to end well, found status 3"]
    (said,) = ran(["/no/such/command"])
    assert said == "--exec: expected a command that can be run, found '/no/such/command': No such file or directory"


def test_a_command_that_takes_too_long_is_ended_with_what_it_started(tmp_path):
    pids = tmp_path / "pids"
    code = (
        "import subprocess, sys, os, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(pids)!r}, 'w').write(str(child.pid))\n"
        "time.sleep(60)"
    )
    said = []
    commands = Commands(python(code), 3.0, said.append)
    commands.submit(news())
    while not pids.exists() or not pids.read_text():
        time.sleep(0.01)
    commands.finish(60.0)
    assert said == ["--exec: expected the command to end within 3 s, ended it"]
    state = Path(f"/proc/{pids.read_text()}/stat")
    deadline = time.monotonic() + 10
    while state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z" and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z"


def test_a_storm_of_news_is_cut_short_and_told():
    said = []
    commands = Commands(python("import time; time.sleep(60)"), 600.0, said.append)
    for _ in range(103):
        commands.submit(news())
    commands.finish(0.1)
    assert said[:2] == ["--exec: 100 runs of the command are waiting; left out that of appeared"] * 2
    assert said[2:] == [
        "--exec: ended the command that was under way", "--exec: 100 runs of the command were left out",
    ]  # fmt: skip
    assert not commands.is_busy
