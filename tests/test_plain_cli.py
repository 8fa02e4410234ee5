"""The interview as a command: driven through a pipe, saved, resumed."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from triage.new_pack import write_pack

DATA = Path(__file__).parent / "data"


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state"


@pytest.fixture
def triage(state):
    def run(*arguments, lines=()):
        return subprocess.run(
            [sys.executable, "-m", "triage.cli", *arguments],
            input="".join(f"{line}\n" for line in lines),
            capture_output=True,
            text=True,
            encoding="utf-8",
            env={**os.environ, "XDG_STATE_HOME": str(state), "PYTHONIOENCODING": "utf-8"},
            check=False,
        )

    return run


def saved_id(output):
    return re.search(r"triage --resume (\S+)", output).group(1)


def test_an_interview_through_a_pipe_ends_with_a_report_and_a_status(triage):
    run = triage("--plain", "--log", str(DATA / "nan_in_input.csv"), lines=["1", "1", "q"])
    assert run.returncode == 1
    assert run.stderr == ""
    assert "Question 1" in run.stdout
    assert "What to check first" in run.stdout


def test_the_end_of_input_ends_the_interview(triage):
    run = triage("--plain", "--answer", "nan_onset=sudden")
    assert run.returncode == 1
    assert "Saved" in run.stdout


def test_how_to_go_on_names_the_packs_that_were_given(triage, tmp_path):
    pack = tmp_path / "our faults"
    write_pack(pack)
    told = triage("--plain", "--answer", "feature_cache=reused", "--pack", str(pack), "--no-packs", lines=["q"]).stdout
    command = next(line for line in told.splitlines() if "triage --resume" in line).partition("triage ")[2]
    assert shlex.split(command)[2:] == ["--pack", str(pack), "--no-packs"]
    again = triage(*shlex.split(command), lines=["q"])
    assert again.returncode == 1
    assert "1 answer counts already" in again.stdout


def test_a_session_goes_on_where_it_was_left(triage):
    first = triage("--plain", "--log", str(DATA / "nan_in_input.csv"), "--answer", "optimizer=adam", lines=["q"])
    second = triage("--resume", saved_id(first.stdout), "--answer", "precision=fp32", lines=["s", "q"])
    assert second.returncode == 1
    assert "Optimizer: Adam" in second.stdout
    assert "32" in second.stdout
    assert saved_id(second.stdout) == saved_id(first.stdout)
    third = triage("--resume", lines=["s", "q"])
    assert saved_id(third.stdout) == saved_id(first.stdout)


def test_an_interview_in_which_nothing_was_said_leaves_nothing_behind(triage):
    assert triage("--plain", lines=["q"]).returncode in (0, 1)
    assert triage("sessions").stdout.startswith("no saved sessions")


def test_saved_sessions_are_listed_the_last_one_first_and_removed(triage):
    older = saved_id(triage("--plain", "--answer", "nan_onset=sudden", lines=["q"]).stdout)
    newer = saved_id(triage("--plain", "--log", str(DATA / "nan_in_input.csv"), lines=["q"]).stdout)
    listed = triage("sessions").stdout.splitlines()
    assert [line.split()[0] for line in listed] == [newer, older]
    assert "1 answer" in listed[1]
    assert "nan_in_input.csv" in listed[0]
    assert triage("sessions", "--remove", older).returncode == 0
    assert [line.split()[0] for line in triage("sessions").stdout.splitlines()] == [newer]


def test_a_session_that_does_not_exist_is_one_line_and_status_two(triage):
    for arguments in (("--resume", "nothing"), ("--resume",), ("sessions", "--remove", "x"), ("why", "dead_relu")):
        run = triage(*arguments)
        assert run.returncode == 2
        assert run.stdout == ""
        assert len(run.stderr.splitlines()) == 1


def test_answers_cannot_come_from_where_the_log_comes_from(triage):
    run = triage("--plain", "--log", "-", lines=["step,loss", "1,2"])
    assert run.returncode == 2
    assert "standard input" in run.stderr


def test_a_report_is_written_beside_the_interview(triage, tmp_path):
    triage("--plain", "--answer", "nan_onset=sudden", "--format", "json", "--output", str(tmp_path / "r.json"))
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert report["findings"][0]["finding"] == "nan_onset"
    assert report["stopped"] == "user_stopped"


def test_where_nothing_can_be_saved_the_interview_says_so_and_goes_on(triage, state):
    state.write_text("a file where the folder should be")
    run = triage("--plain", "--answer", "nan_onset=sudden", lines=["q"])
    assert run.returncode == 1
    assert "not saved" in run.stdout
    assert "--resume" not in run.stdout


def test_what_was_answered_before_the_interview_was_killed_is_there(triage, state):
    process = subprocess.Popen(
        [sys.executable, "-m", "triage.cli", "--plain", "--answer", "nan_onset=sudden"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "XDG_STATE_HOME": str(state), "PYTHONIOENCODING": "utf-8"},
    )
    process.stdin.write("optimizer=adam\n")
    process.stdin.flush()
    questions = 0
    for line in process.stdout:
        questions += line.startswith("Question 1")
        if questions == 2:
            break
    process.send_signal(signal.SIGKILL)
    process.communicate()
    resumed = triage("--resume", lines=["s", "q"])
    assert "Optimizer: Adam" in resumed.stdout


def test_why_speaks_of_the_last_session_or_of_what_it_is_given(triage):
    saved = triage("--plain", "--answer", "nan_onset=sudden", lines=["q"])
    last = triage("why", "exploding_gradients")
    assert last.returncode == 0
    assert saved_id(saved.stdout) in last.stderr
    assert "NaN" in last.stdout
    given = triage("why", "exploding_gradients", "--answer", "nan_onset=none", "--format", "json")
    why = json.loads(given.stdout)
    assert why["schema_version"]
    assert given.stderr == ""
    assert triage("why", "exploding_gradient").stderr.count("exploding_gradients") == 1


def test_a_session_that_is_resumed_elsewhere_still_finds_its_log(triage, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    (tmp_path / "run.csv").write_text((DATA / "nan_in_input.csv").read_text())
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    monkeypatch.chdir(tmp_path)
    triage("--plain", "--log", "run.csv", lines=["q"])
    monkeypatch.chdir(tmp_path / "here")
    resumed = triage("--resume", lines=["q"])
    assert "is gone" not in resumed.stdout


def test_an_interrupted_interview_says_how_to_go_on(state):
    process = subprocess.Popen(
        [sys.executable, "-m", "triage.cli", "--plain", "--answer", "nan_onset=sudden"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "XDG_STATE_HOME": str(state), "PYTHONIOENCODING": "utf-8"},
    )
    for line in process.stdout:
        if line.startswith("Your answer"):
            break
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate()
    assert process.returncode == 130
    assert "triage --resume" in output
    assert errors == ""


def test_whoever_resumes_a_session_that_they_had_stopped_is_asked_on(triage):
    first = triage("--plain", "--answer", "nan_onset=sudden", lines=["q"])
    assert "You stopped here" in first.stdout
    resumed = triage("--resume", lines=["q"])
    assert "Question 1" in resumed.stdout


def test_what_stands_out_in_files_is_said_before_the_first_question(triage, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    script = Path("train.py")
    script.write_text("import random\nimport numpy as np\nimport keras\n\nx = np.load('x.npy')\nrandom.shuffle(x)\n")
    told = " ".join(triage("--plain", "--code", str(script), lines=["q"]).stdout.split())
    assert "training script." in told
    assert "train.py:6: random.shuffle" in told
