"""CSV, read back by pandas."""

import io

import pandas as pd
import pytest
from hypothesis import given

from knowledge.base import edge_probabilities
from knowledge.export import export
from knowledge.export.edge_table import COLUMNS
from knowledge.schema import PRIOR_ODDS
from tests.knowledge.export.reading import HOSTILE, hostile_base, title_of
from tests.knowledge.small import base_of, small


def read(text):
    return pd.read_csv(io.StringIO(text), keep_default_na=False, na_values={"value": [""]}, lineterminator="\n")


def shown_as_text(text):
    """Without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    return text.removeprefix("'")


def test_the_table_has_every_probability_and_every_factor_of_the_real_knowledge(real_base):
    table = read(export(real_base, "csv"))
    assert list(table.columns) == list(COLUMNS)
    tied = table[table.relation.isin(["shows", "is_checked_by", "weighs"])]
    found = {(row.cause, row.target, row.state): row.value for row in tied.itertuples()}
    expected = {
        (cause.id, edge.finding, state): value
        for cause in real_base.causes.values()
        for edge in (*cause.symptoms, *cause.checks, *cause.odds)
        for state, value in edge_probabilities(edge).items()
    }
    assert found == pytest.approx(expected)
    assert set(tied[tied.relation == "weighs"].measure) == {"factor"}
    assert set(tied[tied.relation != "weighs"].measure) == {"probability"}


def test_the_table_has_the_background_of_every_state_and_the_prior_of_every_cause(real_base):
    table = read(export(real_base, "csv"))
    background = table[table.relation == "background"]
    assert len(background) == sum(len(finding.states) for finding in real_base.findings.values())
    assert background.groupby("target").value.sum().between(0.99, 1.01).all()
    prior = table[table.relation == "prior"].set_index("cause").value
    assert dict(prior) == {cause.id: PRIOR_ODDS[cause.prior] for cause in real_base.causes.values()}


def test_an_edge_tells_its_basis_and_where_it_is_from():
    table = read(export(base_of(small()), "csv"))
    (row,) = table[(table.relation == "shows") & (table.cause == "too_fast")].itertuples()
    assert (row.basis, row.evidence, row.confirms) == ("documented", "S9.1: Long steps make it grow.", "false")
    (needed,) = table[table.relation == "requires"].itertuples()
    assert (needed.state, needed.measure) == ("adam", "allowed")
    assert pd.isna(needed.value)


@given(title=HOSTILE)
def test_hostile_titles_come_back_as_they_were_and_none_begins_a_formula(title):
    base = hostile_base(title)
    table = read(export(base, "csv"))
    (cell,) = table[(table.relation == "prior") & (table.cause == "too_fast")].cause_title
    assert not cell.startswith(("=", "+", "-", "@"))
    assert shown_as_text(cell) == title_of(base).replace("\0", "\ufffd")
