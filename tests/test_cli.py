import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from triage import __version__
from triage.cli import main

GOOD_ANSWERS = ["--answer", "nan_onset=sudden", "--answer", "scan_inputs_for_nan=found"]


@pytest.fixture
def healthy(tmp_path):
    random = np.random.default_rng(3)
    loss = 0.15 + 2.2 * np.exp(-np.arange(400) / 50) + 0.01 * random.normal(size=400)
    rows = "\n".join(f"{step},{value:.5f},{value * 1.05 + 0.01:.5f}" for step, value in enumerate(loss))
    path = tmp_path / "healthy.csv"
    path.write_text(f"step,train_loss,val_loss\n{rows}\n")
    return str(path)


@pytest.fixture
def broken(tmp_path):
    loss = [2.3 - 0.01 * step for step in range(150)]
    rows = [f"{step},{value:.4f},0.01" for step, value in enumerate(loss)] + [f"{150 + i},nan,0.01" for i in range(50)]
    path = tmp_path / "broken.csv"
    path.write_text("step,loss,lr\n" + "\n".join(rows) + "\n")
    return str(path)


def test_a_healthy_run_ends_with_status_0_and_says_so_first(healthy, capsys):
    assert main(["--log", healthy]) == 0
    assert capsys.readouterr().out.splitlines()[0].lower().startswith("no fault")


def test_a_broken_run_ends_with_status_1_and_names_the_step(broken, capsys):
    assert main(["--log", broken]) == 1
    assert "step 150" in capsys.readouterr().out


def test_the_text_report_fits_100_columns(broken, healthy, capsys):
    for arguments in (["--log", broken], ["--log", healthy], GOOD_ANSWERS):
        main(arguments)
        assert max(map(len, capsys.readouterr().out.splitlines())) <= 100


def test_every_question_is_printed_with_the_flag_that_answers_it_and_the_flag_works(broken, capsys):
    main(["--log", broken, "--format", "json"])
    diagnosis = json.loads(capsys.readouterr().out)
    main(["--log", broken])
    text = capsys.readouterr().out
    assert len(diagnosis["next_questions"]) == 3
    for question in diagnosis["next_questions"]:
        assert question["answer_with"].startswith("--answer ")
        assert f"--answer {question['finding']}=" in text
        state = question["choices"][0]["state"]
        assert main(["--log", broken, "--answer", f"{question['finding']}={state}", "--quiet"]) in (0, 1)


def test_the_json_has_exactly_the_fields_of_the_contract(broken, capsys):
    main(["--log", broken, "--format", "json"])
    output = capsys.readouterr()
    diagnosis = json.loads(output.out)
    assert output.err == ""
    assert set(diagnosis) == {
        "schema_version", "language", "knowledge", "history", "files", "findings", "disagreements", "hypotheses",
        "causes", "not_listed", "no_fault", "conflict",
        "plan", "next_questions", "stopped",
    }  # fmt: skip
    assert set(diagnosis["knowledge"]) == {"version", "hash", "packs"}
    assert set(diagnosis["history"]) == {"format", "files", "steps", "columns", "warnings", "ignored"}
    assert set(diagnosis["findings"][0]) == {
        "finding", "state", "probability", "origin", "steps", "message", "place", "pack", "changed_by",
    }  # fmt: skip
    assert set(diagnosis["hypotheses"][0]) == {"causes", "probability"}
    cause = diagnosis["causes"][0]
    assert set(cause) == {
        "id", "title", "probability", "evidence_for", "evidence_against", "checks", "remedies", "sources",
        "pack", "changed_by",
    }  # fmt: skip
    assert set(cause["evidence_for"][0]) == {"finding", "state", "decibans"}
    assert set(cause["checks"][0]) == {"id", "title", "minutes", "instructions", "snippets", "pack", "changed_by"}
    assert set(cause["remedies"][0]) == {"id", "title", "change", "values", "snippets", "pack", "changed_by"}
    assert set(diagnosis["conflict"]) == {"score", "banner"}
    question = diagnosis["next_questions"][0]
    assert set(question) == {
        "finding", "prompt", "why", "how", "choices", "gain_bits", "minutes", "answer_with", "pack", "changed_by",
    }  # fmt: skip
    assert set(question["choices"][0]) == {"state", "label"}


def test_the_json_ranks_causes_and_holds_all_above_a_thousandth(broken, capsys):
    main(["--log", broken, "--format", "json", "--top", "1"])
    diagnosis = json.loads(capsys.readouterr().out)
    probabilities = [cause["probability"] for cause in diagnosis["causes"]]
    assert probabilities == sorted(probabilities, reverse=True)
    assert len(probabilities) > 5
    assert min(probabilities) > 0.001
    total = sum(item["probability"] for item in diagnosis["hypotheses"]) + diagnosis["not_listed"]
    assert total <= 1.0 + 1e-9


def test_answers_without_a_log_are_enough(capsys):
    assert main([*GOOD_ANSWERS, "--format", "json"]) == 1
    diagnosis = json.loads(capsys.readouterr().out)
    assert diagnosis["history"] is None
    assert diagnosis["causes"][0]["id"] == "nan_in_input"


def test_answers_come_from_yaml_and_json_files_and_the_command_line_wins(tmp_path, capsys):
    (tmp_path / "a.yaml").write_text("nan_onset: sudden\noptimizer: adam\n")
    (tmp_path / "a.json").write_text('{"nan_onset": "sudden", "optimizer": "adam"}')
    found = []
    for name in ("a.yaml", "a.json"):
        main(["--answers", str(tmp_path / name), "--answer", "optimizer=sgd", "--format", "json"])
        found.append({item["finding"]: item["state"] for item in json.loads(capsys.readouterr().out)["findings"]})
    assert found == [{"nan_onset": "sudden", "optimizer": "sgd"}] * 2


def test_not_knowing_changes_no_probability_and_is_not_asked_again(broken, capsys):
    main(["--log", broken, "--format", "json"])
    before = json.loads(capsys.readouterr().out)
    asked = before["next_questions"][0]["finding"]
    main(["--log", broken, "--format", "json", "--answer", f"{asked}=unknown"])
    after = json.loads(capsys.readouterr().out)
    assert after["causes"] == before["causes"]
    assert asked not in {question["finding"] for question in after["next_questions"]}


def test_several_files_of_one_run_are_read_together(tmp_path, capsys):
    (tmp_path / "loss.csv").write_text("step,loss\n" + "\n".join(f"{i},{2 - i / 100}" for i in range(100)))
    (tmp_path / "rate.csv").write_text("step,lr\n" + "\n".join(f"{i},0.1" for i in range(100)))
    main(["--log", str(tmp_path / "loss.csv"), "--log", str(tmp_path / "rate.csv"), "--format", "json"])
    columns = json.loads(capsys.readouterr().out)["history"]["columns"]
    assert columns == {"train_loss": "loss", "learning_rate": "lr"}


def test_a_column_can_be_named(tmp_path, capsys):
    (tmp_path / "odd.csv").write_text("step,penalty\n" + "\n".join(f"{i},{2 - i / 100}" for i in range(100)))
    assert main(["--log", str(tmp_path / "odd.csv")]) == 2
    assert "--column train_loss=NAME" in capsys.readouterr().err
    main(["--log", str(tmp_path / "odd.csv"), "--column", "train_loss=penalty", "--format", "json"])
    assert json.loads(capsys.readouterr().out)["history"]["columns"] == {"train_loss": "penalty"}


@pytest.fixture
def several(tmp_path):
    """A folder with the logs of two runs: one that breaks and one that does not."""
    for version, last in (("version_0", "nan"), ("version_1", "0.1")):
        folder = tmp_path / "lightning_logs" / version
        folder.mkdir(parents=True)
        rows = [f"{epoch},{epoch},{2 / (1 + epoch)}" for epoch in range(60)] + [f"60,60,{last}"] * 3
        (folder / "metrics.csv").write_text("epoch,step,train_loss\n" + "\n".join(rows) + "\n")
    return str(tmp_path)


def test_one_of_several_runs_is_chosen_by_its_name(several, capsys):
    assert main(["--log", several]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "found 2: 'version_0', 'version_1'; choose one with --run NAME" in told
    assert main(["--log", several, "--run", "version_0", "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["history"]["files"][0].endswith("version_0/metrics.csv")
    assert main(["--log", several, "--run", "version_2"]) == 2
    assert "a run that is called 'version_2'" in capsys.readouterr().err


def test_a_run_is_one_of_a_log(capsys):
    assert main(["--run", "version_0", "--answer", "optimizer=adam"]) == 2
    assert "expected --log FILE beside --run" in capsys.readouterr().err


def test_a_run_is_not_chosen_as_a_column(broken, capsys):
    assert main(["--log", broken, "--column", "run=a"]) == 2
    assert "expected --run NAME" in capsys.readouterr().err


def test_what_was_not_used_is_told_with_why(tmp_path, capsys):
    path = tmp_path / "log.csv"
    path.write_text("step,loss,fps,note\n" + "".join(f"{step},{1 / (1 + step)},30,good\n" for step in range(50)))
    main(["--log", str(path)])
    assert "not used: fps (not a quantity that is looked at); note (no numbers)" in capsys.readouterr().out
    main(["--log", str(path), "--format", "json"])
    assert json.loads(capsys.readouterr().out)["history"]["ignored"] == {
        "fps": "not a quantity that is looked at",
        "note": "no numbers",
    }


def test_output_goes_to_the_file_and_quiet_prints_nothing(broken, tmp_path, capsys):
    target = tmp_path / "report.json"
    assert main(["--log", broken, "--format", "json", "--output", str(target)]) == 1
    assert main(["--log", broken, "--quiet"]) == 1
    assert capsys.readouterr().out == ""
    assert json.loads(target.read_text())["schema_version"]


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json"])
def test_every_format_ends_with_a_line_end_and_holds_no_ansi_code_when_it_is_no_terminal(form, broken, capsys):
    main(["--log", broken, "--format", form])
    output = capsys.readouterr().out
    assert output.endswith("\n")
    assert "\x1b" not in output


def bad_inputs(folder):
    (folder / "empty.csv").write_bytes(b"")
    (folder / "header.csv").write_text("step,loss\n")
    (folder / "binary.csv").write_bytes(bytes(range(256)) * 20)
    (folder / "no_loss.csv").write_text("step,speed\n1,2\n")
    (folder / "words.txt").write_text("it went wrong\nand then worse\n")
    (folder / "long.csv").write_bytes(b"a" * 3_000_000)
    (folder / "list.yaml").write_text("- nan_onset\n")
    (folder / "broken.yaml").write_text("a: [1,\n")
    good = folder / "good.csv"
    good.write_text("step,loss\n1,2\n2,1\n")
    yield "no such file", ["--log", str(folder / "missing.csv")], "no such file"
    (folder / "nothing").mkdir()
    yield "a folder of nothing", ["--log", str(folder / "nothing")], "expected a history in the folder"
    yield "an empty file", ["--log", str(folder / "empty.csv")], "empty file"
    yield "a header alone", ["--log", str(folder / "header.csv")], "expected rows"
    yield "binary data", ["--log", str(folder / "binary.csv")], "binary"
    yield "no loss column", ["--log", str(folder / "no_loss.csv")], "--column train_loss=NAME"
    yield "prose", ["--log", str(folder / "words.txt")], "words.txt"
    yield "one long line", ["--log", str(folder / "long.csv")], "line 1"
    yield "an unknown finding", ["--log", str(good), "--answer", "optimiser=adam"], "optimizer"
    yield "an unknown state", ["--log", str(good), "--answer", "optimizer=adamm"], "adam, adamw"
    yield "half an answer", ["--answer", "optimizer"], "FINDING=STATE"
    yield "an unknown flag", ["--frob"], "--frob"
    yield "an unknown format", ["--log", str(good), "--format", "xml"], "xml"
    yield "no cause to list", ["--log", str(good), "--top", "0"], "--top"
    yield "an unknown column", ["--log", str(good), "--column", "train_loss=x"], "'x'"
    yield "an unknown canonical name", ["--log", str(good), "--column", "los=loss"], "los"
    yield "a list of answers", ["--answers", str(folder / "list.yaml")], "mapping"
    yield "broken answers", ["--answers", str(folder / "broken.yaml")], "broken.yaml:2:"
    yield "an unwritable report", ["--log", str(good), "--output", str(folder / "no" / "where")], "written"
    yield "an unknown id", ["knowledge", "show", "learning_rate_to_high"], "learning_rate_too_high"
    yield "no command", ["knowledge"], "COMMAND"


def test_bad_input_is_one_line_on_standard_error_and_status_2(tmp_path, capsys):
    for name, arguments, expected in bad_inputs(tmp_path):
        status = main(arguments)
        output = capsys.readouterr()
        assert status == 2, name
        assert output.out == "", name
        assert output.err.count("\n") == 1, name
        assert output.err.startswith("triage: "), name
        assert expected in output.err, (name, output.err)


def test_hostile_names_are_shown_escaped(tmp_path, capsys):
    path = tmp_path / "hostile.csv"
    path.write_text('step,loss,"\x1b[31m<script>alert(1)</script>"\n' + "\n".join(f"{i},{i},1" for i in range(30)))
    for form in ("text", "markdown", "html"):
        main(["--log", str(path), "--format", form, "--column", "val_loss=\x1b[31m<script>alert(1)</script>"])
        output = capsys.readouterr()
        assert "\x1b" not in output.out + output.err
        if form == "html":
            assert "<script" not in output.out


def run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "triage.cli", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )


def test_standard_input_is_read_from_a_dash(broken):
    with Path(broken).open() as file:
        process = subprocess.run(
            [sys.executable, "-m", "triage.cli", "--log", "-"], stdin=file, capture_output=True, text=True, check=False
        )
    assert process.returncode == 1
    assert "step 150" in process.stdout


@pytest.mark.parametrize("flag", ["--version", "--help"])
def test_version_and_help_import_nothing_heavy(flag):
    code = (
        "import sys; from triage.cli import main\n"
        "try: main([sys.argv[1]])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('pandas', 'networkx', 'textual', 'numpy', 'pydantic') if name in sys.modules])"
    )
    process = subprocess.run([sys.executable, "-c", code, flag], capture_output=True, text=True, check=True)
    assert process.stdout.splitlines()[-1] == "[]"


def test_the_version_is_printed():
    assert run("--version").stdout == f"triage {__version__}\n"


def test_no_arguments_without_a_terminal_are_one_line_that_says_what_works_without():
    process = run()
    assert process.returncode == 2
    assert process.stdout == ""
    assert process.stderr.count("\n") == 1
    assert "terminal" in process.stderr
    assert "--log" in process.stderr
    assert "--plain" in process.stderr


def test_a_closed_pipe_is_no_traceback(broken):
    process = subprocess.run(
        f"{sys.executable} -m triage.cli --log {broken} --format json | head -c 10",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in process.stderr


def test_colour_needs_a_terminal_and_yields_to_no_color(broken):
    pty = pytest.importorskip("pty")

    def on_terminal(*flags, **environment):
        master, slave = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "triage.cli", "--log", broken, *flags],
            stdout=slave,
            env={**os.environ, **environment},
        )
        os.close(slave)
        chunks = []
        while True:
            try:
                chunk = os.read(master, 65536)
            except OSError:
                break
            if not chunk:
                break
            chunks.append(chunk)
        process.wait()
        os.close(master)
        return b"".join(chunks)

    assert b"\x1b[" in on_terminal()
    assert b"\x1b[" not in on_terminal(NO_COLOR="1")
    assert b"\x1b[" not in on_terminal("--no-color")
