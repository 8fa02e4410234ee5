import copy
import pickle
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import triage
from triage.report.notebook import STYLE

DATA = Path(__file__).parents[1] / "data"
HOSTILE = "<script>alert(1)</script>\x1b[2J\u202e\"'&"


class Balanced(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen, self.names = [], [], set()

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.names |= {name for name, _ in attrs}
        self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append(tag)
        self.names |= {name for name, _ in attrs}

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def parsed(html):
    page = Balanced()
    page.feed(html)
    page.close()
    assert page.open == []
    return page


def failing(rows=300):
    step = np.arange(rows)
    return pd.DataFrame({"step": step, "loss": np.where(step < 200, 2.0 / (1 + step), np.nan)})


def test_it_shows_the_curve_with_its_marks_the_ranking_and_what_to_do_next():
    html = triage.diagnose(failing(), answers={"optimizer": "adam"})._repr_html_()
    page = parsed(html)
    assert 'class="curve train_loss"' in html
    assert '<g class="mark"' in html
    assert html.count('class="row"') == 7
    assert "Check first" in html
    assert "answers={&quot;" in html
    assert {"style", "svg", "path"} <= set(page.seen)


@pytest.mark.parametrize("file", sorted(DATA.glob("*.csv")), ids=lambda file: file.stem)
def test_it_is_self_contained_and_small(file):
    html = triage.diagnose(file)._repr_html_()
    page = parsed(html)
    assert not {"script", "link", "img", "iframe", "table", "a"} & set(page.seen)
    assert not {name for name in page.names if name.startswith("on") or name in ("id", "style", "href", "src")}
    assert "http" not in html
    assert "url(" not in html
    assert len(html.encode()) < 45_000


def test_every_rule_is_scoped_so_that_nothing_leaks_into_the_notebook():
    rules = re.findall(r"([^{}]+)\{[^{}]*\}", STYLE)
    selectors = [selector.strip() for rule in rules for selector in rule.split(",")]
    assert len(selectors) > 30
    assert all(selector.startswith(".triage-diagnosis") for selector in selectors)
    assert STYLE.count("{") == len(rules)


def test_colours_follow_the_text_around_it_light_or_dark():
    assert "prefers-color-scheme" not in STYLE
    assert "background" not in STYLE
    assert STYLE.count("currentColor") > 4


def test_what_comes_from_a_file_is_escaped(tmp_path):
    file = tmp_path / "<b>log & more.csv"
    failing().assign(**{HOSTILE: 1.0}).to_csv(file, index=False)
    diagnosis = triage.diagnose(file)
    told = diagnosis.model_copy(
        update={"findings": [item.model_copy(update={"state": HOSTILE}) for item in diagnosis.findings]}
    )
    for html in (diagnosis._repr_html_(), told._repr_html_()):
        parsed(html)
        assert "<b>" not in html
        assert "<script" not in html
        assert "\x1b" not in html
        assert "\u202e" not in html


def test_a_spike_of_one_step_among_many_is_drawn_and_the_display_stays_small():
    loss = np.linspace(2.0, 1.0, 200_000)
    loss[123_456] = 90.0
    html = triage.diagnose(pd.DataFrame({"loss": loss}))._repr_html_()
    assert "highest 90" in html
    assert len(html.encode()) < 45_000


def test_it_does_without_curves_and_without_anything_known():
    nothing = triage.Session().diagnosis()
    lost = triage.diagnose(pd.DataFrame({"loss": [float("nan")] * 20}))
    for html in (nothing._repr_html_(), lost._repr_html_()):
        parsed(html)
        assert "What it may be" in html
        assert "<path" not in html


def test_the_curves_are_no_part_of_its_json_its_copies_and_its_equality():
    diagnosis = triage.diagnose(failing())
    again = triage.Diagnosis.model_validate_json(diagnosis.model_dump_json())
    for other in (again, pickle.loads(pickle.dumps(diagnosis)), copy.deepcopy(diagnosis), diagnosis.model_copy()):
        assert other == diagnosis
        assert "_shown" not in other.model_dump_json()
        html = other._repr_html_()
        parsed(html)
        assert "<path" not in html
    assert len(pickle.dumps(diagnosis)) < 2 * len(diagnosis.model_dump_json())


def test_a_cause_shows_itself_escaped(real_base):
    cause = real_base.cause("nan_in_input").model_copy(update={"title": HOSTILE})
    html = cause._repr_html_()
    parsed(html.replace("<br>", ""))
    assert "<script" not in html


def test_a_real_notebook_shows_it(tmp_path):
    nbformat = pytest.importorskip("nbformat", reason="notebooks are run where nbclient and ipykernel are installed")
    nbclient = pytest.importorskip("nbclient", reason="notebooks are run where nbclient and ipykernel are installed")
    pytest.importorskip("ipykernel", reason="notebooks are run where nbclient and ipykernel are installed")
    source = f"import triage\ntriage.diagnose({str(DATA / 'nan_in_input.csv')!r})"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3").execute(cwd=str(tmp_path))
    (output,) = notebook.cells[0].outputs
    parsed(output["data"]["text/html"])
    assert output["data"]["text/plain"].startswith("<Diagnosis: ")
