import pytest

from tests.history.test_table import column
from triage.errors import HistoryError, SeveralRunsError
from triage.history.runs import one_run
from triage.history.table import Table


def tables(*names):
    return [Table("file", "made", {"loss": column([1])}, run=name) for name in names]


def test_the_only_run_is_read_whatever_it_is_called_and_whatever_was_asked_for():
    assert one_run("file", tables("a"), "").run == "a"
    assert one_run("file", tables("a"), "b").run == "a"


def test_of_several_runs_the_named_one_is_read():
    assert one_run("file", tables("a", "b"), "b").run == "b"


def test_the_beginning_of_a_name_is_enough_where_no_other_begins_so():
    assert one_run("file", tables("brave-sun", "calm-sea"), "cal").run == "calm-sea"
    assert one_run("file", tables("run", "run-2"), "run").run == "run"
    with pytest.raises(SeveralRunsError, match="a run that is called 'ru'"):
        one_run("file", tables("run", "run-2"), "ru")


@pytest.mark.parametrize(("wanted", "expected"), [("", "expected one run"), ("c", "expected a run that is called 'c'")])
def test_the_runs_are_listed_where_none_is_chosen(wanted, expected):
    with pytest.raises(SeveralRunsError) as caught:
        one_run("file", tables("a", "b"), wanted)
    assert caught.value.runs == ("a", "b")
    assert isinstance(caught.value, HistoryError)
    assert str(caught.value) == f"file: {expected}, found 2: 'a', 'b'; choose one with --run NAME"


def test_a_long_list_of_long_names_is_cut():
    with pytest.raises(SeveralRunsError) as caught:
        one_run("file", tables(*(f"{number}{'x' * 500}" for number in range(500))), "")
    assert "and 492 more" in str(caught.value)
    assert len(str(caught.value)) < 800
