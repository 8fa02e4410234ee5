"""When the terminal UI starts, and when it does not."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from triage.cli import main

pty = pytest.importorskip("pty", reason="no pseudo terminals here")

DATA = Path(__file__).parent / "data"
COMMAND = [sys.executable, "-m", "triage.cli"]
WEB = {"TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver"}


@pytest.fixture
def front(tmp_path):
    """An environment with a front of its own before the real one; it says what it was given and ends with status 7."""
    site = tmp_path / "site"
    (site / "other_front-1.0.dist-info").mkdir(parents=True)
    (site / "other_front-1.0.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: other-front\nVersion: 1.0\n"
    )
    (site / "other_front-1.0.dist-info" / "entry_points.txt").write_text("[triage.front]\nterminal = other_front:run\n")
    (site / "other_front.py").write_text(
        "import sys\ndef run(options):\n    sys.stdout.write(f'the front: {options.resume!r}\\n')\n    return 7\n"
    )
    return environment(tmp_path, PYTHONPATH=f"{site}{os.pathsep}{Path(__file__).parents[1]}")


def environment(folder, **more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TEXTUAL", "NO_COLOR"))}
    own = {"XDG_STATE_HOME": str(folder / "state"), "XDG_CONFIG_HOME": str(folder / "config"), "TERM": "xterm"}
    return {**kept, **own, **more}


def on_terminal(*arguments, env, stdin=None, stdout=None):
    """Run to the end with a terminal at both ends, or something else where that is given; status and output."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        stdin=slave if stdin is None else stdin,
        stdout=slave if stdout is None else stdout,
        stderr=slave,
        env=env,
    )
    os.close(slave)
    if stdin is None:
        os.write(master, b"q\n")
    chunks = []
    while True:
        try:
            chunk = os.read(master, 65536)
        except OSError:
            break
        if not chunk:
            break
        chunks.append(chunk)
    status = process.wait()
    os.close(master)
    return status, b"".join(chunks).decode().replace("\r\n", "\n")


def through_pipes(*arguments, env):
    return subprocess.run(
        [*COMMAND, *arguments], input="q\n", capture_output=True, text=True, encoding="utf-8", env=env, check=False
    )


@pytest.mark.parametrize(
    ("arguments", "resume"),
    [([], "None"), (["--resume"], "''"), (["--resume", "abc"], "'abc'"), (["--resume=abc"], "'abc'")],
)
def test_on_a_terminal_the_ui_starts_and_decides_the_status(front, arguments, resume):
    status, output = on_terminal(*arguments, env=front)
    assert f"the front: {resume}" in output
    assert status == 7


@pytest.mark.parametrize(
    "arguments",
    [
        ["--plain", "--answer", "nan_onset=sudden"],
        ["--log", str(DATA / "nan_in_input.csv")],
        ["--answer", "nan_onset=sudden"],
        ["--answer", "nan_onset=sudden", "--quiet"],
    ],
)
def test_who_gives_a_log_or_asks_for_plain_lines_gets_no_ui(front, arguments):
    status, output = on_terminal(*arguments, env=front)
    assert "the front" not in output
    assert status == 1


def test_a_session_is_resumed_in_plain_lines_where_more_is_told_with_it_or_there_is_no_terminal(front):
    assert "Saved" in through_pipes("--plain", "--answer", "nan_onset=sudden", env=front).stdout
    status, output = on_terminal("--resume", "--answer", "optimizer=adam", env=front)
    assert "the front" not in output
    assert status == 1
    assert "triage --resume" in output
    piped = through_pipes("--resume", env=front)
    assert "the front" not in piped.stdout
    assert piped.returncode == 1


def test_a_terminal_at_one_end_is_not_enough(front):
    for ends in ({"stdin": subprocess.DEVNULL}, {"stdout": subprocess.DEVNULL}):
        status, output = on_terminal(env=front, **ends)
        assert status == 2
        assert output.replace("q\n", "").count("\n") == 1
        assert "expected a terminal" in output


def test_a_browser_stands_for_a_terminal(front):
    process = through_pipes(env={**front, **WEB})
    assert process.returncode == 7
    assert "the front: None" in process.stdout


def test_flags_that_say_nothing_of_a_run_are_bad_usage_and_start_nothing(front):
    status, output = on_terminal("--top", "3", env=front)
    assert status == 2
    assert "expected --log FILE" in output


def test_without_any_front_that_is_said_in_one_line(tmp_path):
    bare = [sys.executable, "-S", "-m", "triage.cli"]  # nothing that is installed is seen
    env = environment(tmp_path, **WEB, PYTHONPATH=str(Path(__file__).parents[1]))
    process = subprocess.run(bare, capture_output=True, text=True, env=env, check=False)
    assert process.returncode == 2
    assert process.stderr.count("\n") == 1
    assert "pip install loss-triage" in process.stderr


def test_the_engine_never_imports_the_ui(tmp_path):
    code = (
        "import sys; from triage.cli import main\n"
        f"main(['--log', {str(DATA / 'nan_in_input.csv')!r}, '--quiet']); main([])\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('tui', 'textual', 'textual_serve', 'aiohttp')])"
    )
    process = subprocess.run(
        [sys.executable, "-c", code], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True,
        env=environment(tmp_path),
    )  # fmt: skip
    assert process.stdout.splitlines()[-1] == "[]"


def test_the_real_front_is_registered():
    from importlib.metadata import entry_points

    from tui.run import run

    assert entry_points(group="triage.front", name="terminal")["terminal"].load() is run


def test_a_session_that_does_not_exist_is_one_line_before_the_screen_changes(tmp_path):
    for name in (["nosuch"], []):
        status, output = on_terminal("--resume", *name, env=environment(tmp_path))
        assert status == 2
        assert output.replace("q\n", "").count("\n") == 1
        assert "expected" in output
        assert "\x1b" not in output


def test_bad_uses_of_serve_are_one_line(capsys):
    for arguments in (
        ["--serve", "0"],
        ["--serve", "70000"],
        ["--serve", "x"],
        ["--serve", "1" * 5000],
        ["--serve", "٣"],
    ):
        assert main(arguments) == 2
        error = capsys.readouterr().err
        assert "port from 1 to 65535" in error
        assert error.count("\n") == 1
    assert main(["--serve", "--plain"]) == 2
    assert main(["--serve", "--answer", "nan_onset=sudden"]) == 2


def test_serve_without_its_extra_says_how_to_install_it(tmp_path):
    (tmp_path / "textual_serve.py").write_text("raise ImportError('not here')\n")
    path = f"{tmp_path}{os.pathsep}{Path(__file__).parents[1]}"
    process = through_pipes("--serve", env=environment(tmp_path, PYTHONPATH=path))
    assert process.returncode == 2
    assert process.stderr.count("\n") == 1
    assert "pip install 'loss-triage[serve]'" in process.stderr


def test_the_app_starts_on_a_terminal_and_says_how_to_go_on(tmp_path):
    pytest.importorskip("tui.start_screen")
    from tests.tui.terminals import PtyTerminal

    env = environment(tmp_path, TERM="xterm-256color")
    saved = through_pipes("--plain", "--answer", "nan_onset=sudden", env=env).stdout
    name = re.search(r"triage --resume (\S+)", saved).group(1)
    terminal = PtyTerminal([*COMMAND, "--resume"], env)
    try:
        terminal.shows("1 answer counts already")
        terminal.send("ctrl+q")
        assert terminal.status() == 0
        while terminal.read():
            pass
        assert f"triage --resume {name}" in " ".join(terminal.text().split())
    finally:
        terminal.close()
