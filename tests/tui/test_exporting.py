"""Reports that are written to files, whole or not at all."""

import json
import os
import stat
from pathlib import Path

import pytest

from tests.tui.views import view_of
from triage.errors import TriageError
from triage.history import read_history
from triage.report.render import render
from triage.session import Session
from tui.exporting import write_report

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="module")
def view(real_base):
    session = Session(real_base)
    session.attach(read_history(DATA / "dead_relu.csv"))
    return view_of(session)


@pytest.mark.parametrize("kind", ["markdown", "json", "html"])
def test_a_file_holds_the_report_in_its_form(kind, view, tmp_path):
    write_report(view, kind, tmp_path / "report", "")
    assert (tmp_path / "report").read_text() == render(view.diagnosis, view.base, view.history, kind)
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_json_is_the_whole_diagnosis(view, tmp_path):
    write_report(view, "json", tmp_path / "report.json", "")
    told = json.loads((tmp_path / "report.json").read_text())
    assert told["causes"][0]["id"] == view.diagnosis.causes[0].id


def test_a_picture_is_the_screenshot_as_it_is(view, tmp_path):
    write_report(view, "svg", tmp_path / "screen.svg", "<svg>é\udcff</svg>")
    assert (tmp_path / "screen.svg").read_bytes() == "<svg>é\\udcff</svg>".encode()


def test_the_home_folder_is_meant_by_a_tilde(view, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    write_report(view, "markdown", Path("~/report.md"), "")
    assert (tmp_path / "report.md").is_file()


def test_a_file_that_is_written_over_keeps_its_permissions_and_a_link_stays_one(view, tmp_path):
    file, link = tmp_path / "report.md", tmp_path / "link.md"
    file.write_text("old")
    file.chmod(0o640)
    link.symlink_to(file)
    write_report(view, "markdown", link, "")
    assert link.is_symlink()
    assert file.read_text().startswith("#")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


@pytest.mark.parametrize("name", ["", "missing/report.md", "a" * 300, "nul\0", "lone\ud800", "~nobody-of-that-name/x"])
def test_what_cannot_be_written_is_one_line(name, view, tmp_path):
    path = Path(name) if name.startswith("~") else tmp_path / name
    with pytest.raises(TriageError) as raised:
        write_report(view, "svg", path, "picture")
    message = str(raised.value)
    assert "expected a file that can be written, found: " in message
    assert message.isprintable()
    assert not list(tmp_path.iterdir())


def test_a_pipe_is_not_replaced_by_a_file(view, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(TriageError, match="no plain file"):
        write_report(view, "svg", tmp_path / "pipe", "picture")
    assert (tmp_path / "pipe").is_fifo()
