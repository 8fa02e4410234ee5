"""``triage watch`` as it is run: on files that grow, come late, are rotated, broken and mended while it looks."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.watching.test_log import events_of
from triage.cli import main

QUICK = ["--interval", "0.05"]


def rows(first, last, loss=lambda i: 2.3 * math.exp(-i / 80) + 0.05 * math.sin(1.7 * i)):
    return "".join(f"{i},{loss(i):.6f}\n" for i in range(first, last))


def nan(i):
    return math.nan


def flat_then_grows(i):
    return 0.5 * 1.2 ** min(i - 99, 200)


class Watching:
    """The command in a process of its own; what it says comes in as it says it."""

    def __init__(self, *arguments, cwd):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "triage.cli", "watch", *QUICK, "--format", "jsonl", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        )
        self.said = []
        self._arrived = threading.Condition()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self):
        for line in self.process.stdout:
            with self._arrived:
                self.said.append(json.loads(line))
                self._arrived.notify_all()
        with self._arrived:
            self.said.append({"event": "closed"})
            self._arrived.notify_all()

    def until(self, **wanted):
        """The first thing said that has these values."""
        deadline = time.monotonic() + 60
        with self._arrived:
            while time.monotonic() < deadline:
                for item in self.said:
                    if all(item.get(name) == value for name, value in wanted.items()):
                        return item
                self._arrived.wait(1.0)
        raise AssertionError(f"expected {wanted}, found {self.said}")

    def close(self):
        self.process.kill()
        self.process.wait(60)
        self._thread.join(60)
        self.process.stdout.close()
        self.process.stderr.close()

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)
        self.until(event="closed")
        return self.process.wait(60)


@pytest.fixture
def watching(tmp_path):
    started = []

    def start(*arguments):
        started.append(Watching(*arguments, cwd=tmp_path))
        return started[-1]

    yield start
    for one in started:
        one.close()


def test_a_file_that_is_not_there_yet_comes_grows_and_breaks(watching, tmp_path):
    watch = watching("run.csv", "--fail-on", "nan_onset")
    assert "waiting" in watch.until(event="note", file="run.csv")["message"]
    file = tmp_path / "run.csv"
    file.write_text("step,loss\n" + rows(0, 50))
    with file.open("a") as stream:
        for start in range(50, 120, 7):
            stream.write(rows(start, start + 7))
            stream.flush()
            time.sleep(0.02)
        stream.write("127,n")
        stream.flush()
        time.sleep(0.3)
        assert not [item for item in watch.said if item["event"] == "appeared" and item["finding"] == "nan_onset"]
        stream.write("an\n" + rows(128, 140, nan))
        stream.flush()
        assert watch.until(event="appeared", finding="nan_onset")["state"] == "sudden"
    watch.until(event="failed", finding="nan_onset")
    assert watch.until(event="summary")["message"].startswith("followed 1 run for ")
    watch.until(event="closed")
    assert watch.process.wait(60) == 1
    assert watch.process.stderr.read() == ""


def test_a_log_that_is_rotated_goes_on_and_one_that_begins_anew_is_told(watching, tmp_path):
    file = tmp_path / "run.csv"
    file.write_text("step,loss\n" + rows(0, 100))
    watch = watching("run.csv", "--sure", "0.001", "--exec", f"{sys.executable} -c pass")
    watch.until(event="cause")
    file.rename(tmp_path / "run.csv.1")
    time.sleep(0.2)
    file.write_text("step,loss\n" + rows(100, 110) + rows(110, 140, nan))
    found = watch.until(event="appeared", finding="nan_onset")
    assert "after 110 finite values" in found["message"]
    file.write_text("step,loss\n" + rows(0, 60, lambda i: 7 - i / 100))
    assert "another run" in watch.until(event="note")["message"]
    assert watch.interrupt() == 130
    assert watch.until(event="summary")


def test_runs_that_appear_in_a_folder_are_followed_and_other_files_are_not_complained_of(watching, tmp_path):
    (tmp_path / "runs").mkdir()
    watch = watching("runs")
    (tmp_path / "runs" / "notes.txt").write_text("buy milk\n")
    (tmp_path / "runs" / "a.csv").write_text("step,loss\n" + rows(0, 80))
    (tmp_path / "runs" / "deep").mkdir()
    (tmp_path / "runs" / "deep" / "b.csv").write_text("step,loss\n" + rows(0, 80) + rows(80, 100, nan))
    watch.until(event="appeared", finding="nan_onset", file=str(Path("runs", "deep", "b.csv")))
    with (tmp_path / "runs" / "a.csv").open("a") as stream:
        stream.write(rows(80, 100, nan))
    watch.until(event="appeared", finding="nan_onset", file=str(Path("runs", "a.csv")))
    assert not [item for item in watch.said if item["event"] == "note"]
    assert watch.interrupt() == 130


def test_what_cannot_be_read_is_told_once_and_that_it_can_be_again(watching, tmp_path):
    file = tmp_path / "run.csv"
    file.write_text("this is a letter\nand no log\n")
    watch = watching("run.csv")
    assert "does not look like a training history" in watch.until(event="note")["message"]
    for _ in range(5):
        with file.open("a") as stream:
            stream.write("another line of it\n")
        time.sleep(0.15)
    assert len([item for item in watch.said if item["event"] == "note"]) == 1
    file.write_text("step,loss\n" + rows(0, 40) + rows(40, 60, nan))
    watch.until(event="note", message="can be read now")
    watch.until(event="appeared", finding="nan_onset")
    assert watch.interrupt() == 130


def test_a_command_gets_what_is_new(tmp_path, capsys):
    file = tmp_path / "run.csv"
    file.write_text("step,loss\n" + rows(0, 100) + rows(100, 120, nan))
    out = tmp_path / "out"
    script = tmp_path / "tell.py"
    script.write_text(
        "import os\n"
        f"with open({str(out)!r}, 'a', encoding='utf-8') as out:\n"
        "    print(*(os.environ['TRIAGE_' + n] for n in ('EVENT', 'FINDING', 'STATE', 'STEP', 'FILE')), file=out)\n"
    )
    assert main(["watch", str(file), "--once", "--exec", f"{sys.executable} -I {script}"]) == 1
    told = out.read_text().splitlines()
    assert f"appeared nan_onset sudden 119 {file}" in told
    assert told[-1].startswith("cause ")


def test_one_look_ends_with_the_status_of_what_it_saw(tmp_path, capsys):
    assert main(["watch", "tests/data/nan_in_input.csv", "--once"]) == 1
    assert main(["watch", "tests/data/healthy_classifier.csv", "--once"]) == 0
    assert main(["watch", "tests/data/nan_in_input.csv", "--once", "--fail-on", "labels_wrong"]) == 0
    assert main(["watch", "tests/data/nan_in_input.csv", "--once", "--fail-on", "nan_onset=sudden"]) == 1
    assert main(["watch", "tests/data/learning_rate_schedule_broken.csv", "--once", "--threshold", "0.9",
                 "--fail-on", "learning_rate_schedule_broken"]) == 0  # fmt: skip
    assert main(["watch", "tests/data/learning_rate_schedule_broken.csv", "--once",
                 "--fail-on", "learning_rate_schedule_broken"]) == 1  # fmt: skip
    assert main(["watch", str(tmp_path / "nothing.csv"), "--once"]) == 2


def said_by(capsys, *arguments):
    status = main(["watch", *arguments, "--format", "jsonl"])
    return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_what_made_the_watching_fail_is_said_with_what_was_seen_of_it(capsys):
    log = "tests/data/nan_in_input.csv"
    names = ["any", "nan_onset", "nan_onset=sudden", "nan_in_input"]
    flags = [word for name in names for word in ("--fail-on", name)]
    _, said = said_by(capsys, log, "--once", "--threshold", "0.01", *flags)
    failed = {item["message"].split(": ")[0]: item for item in said if item["event"] == "failed"}
    assert list(failed) == [f"--fail-on {name}" for name in names]
    assert failed["--fail-on any"]["message"].startswith("--fail-on any: something is wrong (")
    assert failed["--fail-on nan_onset"]["state"] == failed["--fail-on nan_onset=sudden"]["state"] == "sudden"
    assert failed["--fail-on nan_in_input"]["cause"] == "nan_in_input"
    assert all(0.01 <= item["probability"] <= 1 for item in failed.values())


def test_a_single_look_never_says_that_it_waits(tmp_path, capsys):
    (tmp_path / "empty.csv").touch()
    (tmp_path / "nothing").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name, told in {
        "empty.csv": "empty",
        "missing.csv": "not there",
        "pipe": "not an ordinary file",
        "nothing": f"no log of a run found in {tmp_path / 'nothing'}",
        "*.json": f"no log of a run found in {tmp_path / '*.json'}",
    }.items():
        status, said = said_by(capsys, str(tmp_path / name), "--once")
        assert (status, [item["message"] for item in said[:-1]]) == (2, [told])


def test_waiting_for_a_file_or_for_a_run_in_a_folder_is_said_once(watching, tmp_path):
    (tmp_path / "runs").mkdir()
    (tmp_path / "empty.csv").touch()
    watch = watching("empty.csv")
    assert watch.until(event="note")["message"] == "empty; waiting for it to be written"
    assert watch.interrupt() == 130
    watch = watching("runs", "--until-idle", "0.5")
    assert watch.until(event="note")["message"] == "no log of a run found in runs; waiting for one"
    watch.until(event="closed")
    assert len([item for item in watch.said if item["event"] == "note"]) == 1


def test_a_chosen_column_that_is_not_there_is_said(capsys):
    _, said = said_by(capsys, "tests/data/nan_in_input.csv", "--once", "--column", "val_loss=vall")
    (note,) = [item["message"] for item in said if item["event"] == "note"]
    assert note.startswith("--column val_loss=vall: expected a column 'vall', found ")


def test_a_run_that_is_gone_counts_in_the_end_and_is_told_once_when_it_comes_back(watching, tmp_path):
    place = tmp_path / "runs"
    place.mkdir()
    log = place / "a.csv"
    log.write_text("step,loss\n" + rows(0, 40) + rows(40, 60, nan))
    (place / "b.csv").write_text("step,loss\n" + rows(0, 60))
    watch = watching("runs", "--until-idle", "2")
    watch.until(event="appeared", finding="nan_onset")
    log.rename(tmp_path / "elsewhere")
    time.sleep(0.5)
    (tmp_path / "elsewhere").rename(log)
    time.sleep(0.5)
    log.unlink()
    assert watch.until(event="summary")["message"].startswith("followed 2 runs for ")
    assert len([item for item in watch.said if item.get("finding") == "nan_onset"]) == 1
    assert watch.process.wait(60) == 1


def test_all_that_is_new_reaches_a_command_that_is_slower_than_the_watching(tmp_path, capsys):
    script = tmp_path / "tell.py"
    script.write_text(
        "import os, time\n"
        "time.sleep(0.4)\n"
        f"print(os.environ['TRIAGE_EVENT'], file=open({str(tmp_path / 'out')!r}, 'a'))\n"
    )
    command = f"{sys.executable} -I {script}"
    _, said = said_by(
        capsys, "tests/data/nan_in_input.csv", "--once", "--fail-on", "any", "--exec", command, "--exec-timeout", "1"
    )
    told = (tmp_path / "out").read_text().split()
    assert told == [item["event"] for item in said if item["event"] in ("appeared", "cause", "failed")]
    assert len(told) >= 3


def test_a_healthy_run_is_quiet_but_for_the_summary(capsys):
    main(["watch", "tests/data/healthy_warmup_cosine.csv", *QUICK, "--until-idle", "0.3", "--format", "jsonl"])
    events = [json.loads(line)["event"] for line in capsys.readouterr().out.splitlines()]
    assert "cause" not in events
    assert events[-1] == "summary"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["-"],
        ["a", "--interval", "0"],
        ["a", "--fail-on", "nonsense"],
        ["a", "--exec", ""],
        ["a", "--exec", "no_such_program"],
        ["a", "--once", "--until-idle", "3"],
        ["a", "--threshold", "2"],
        ["a", "--answer", "optimizer"],
    ],
)
def test_bad_usage_is_one_line(arguments, capsys):
    assert main(["watch", *arguments]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1


def test_several_runs_in_one_file_are_followed_each(tmp_path, capsys):
    lines = [json.dumps({"run": name, "step": i, "loss": loss}) for i in range(60)
             for name, loss in (("good", 2.0 - i / 60), ("bad", math.nan if i > 40 else 2.0 - i / 60))]  # fmt: skip
    (tmp_path / "both.jsonl").write_text("\n".join(lines) + "\n")
    assert main(["watch", str(tmp_path / "both.jsonl"), "--once", "--format", "jsonl"]) == 1
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {item["run"] for item in said if item.get("finding") == "nan_onset"} == {"bad"}
    assert said[-1]["message"].startswith("followed 2 runs for ")


def test_event_files_that_grow_and_come_later_are_one_run(watching, tmp_path):
    folder = tmp_path / "tb"
    folder.mkdir()
    healthy = [(i, 2.0 - i / 60, None) for i in range(60)]
    (folder / "events.out.tfevents.1700000000.host.1.0").write_bytes(events_of(healthy))
    watch = watching("tb")
    time.sleep(1.0)
    later = [(i, math.nan, None) for i in range(60, 90)]
    (folder / "events.out.tfevents.1700000900.host.1.0").write_bytes(events_of(later))
    found = watch.until(event="appeared", finding="nan_onset")
    assert found["file"] == "tb"
    assert "after 60 finite values" in found["message"]
    assert watch.interrupt() == 130


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_for_a_while_is_told_once(watching, tmp_path):
    file = tmp_path / "run.csv"
    file.write_text("step,loss\n" + rows(0, 40))
    file.chmod(0)
    watch = watching("run.csv")
    assert "Permission denied" in watch.until(event="note")["message"]
    file.chmod(0o600)
    watch.until(event="note", message="can be read now")
    assert watch.interrupt() == 130


def test_a_folder_in_place_of_a_file_and_a_file_in_place_of_a_folder_do_no_harm(watching, tmp_path):
    place = tmp_path / "run"
    watch = watching("run")
    watch.until(event="note")
    place.mkdir()
    (place / "a.csv").write_text("step,loss\n" + rows(0, 40) + rows(40, 60, nan))
    watch.until(event="appeared", finding="nan_onset", file=str(Path("run", "a.csv")))
    (place / "a.csv").unlink()
    place.rmdir()
    place.write_text("step,loss\n" + rows(0, 40) + rows(40, 60, nan))
    watch.until(event="appeared", finding="nan_onset", file="run")
    assert watch.interrupt() == 130
