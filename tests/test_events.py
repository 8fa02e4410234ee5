from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from triage.diagnosis import HistoryView
from triage.events import (
    Attached,
    Redone,
    Refreshed,
    Said,
    Stopped,
    Undone,
    Withdrawn,
    changes_that_count,
    supersedes,
    undone,
)

VIEW = HistoryView(format="csv", files=["run.csv"], steps=3, columns={}, warnings=[])


def history(digest):
    return Attached(VIEW, (), {}, digest, {}, "/runs")


def numbered(happened):
    """The same events, no two histories of which are equal."""
    return [
        replace(event, digest=str(number))
        if isinstance(event, Attached)
        else replace(event, now=replace(event.now, digest=str(number)))
        if isinstance(event, Refreshed)
        else event
        for number, event in enumerate(happened)
    ]


changes = st.one_of(
    st.builds(Said, st.sampled_from(["a", "b"]), st.just(("x",)), st.booleans()),
    st.builds(Withdrawn, st.sampled_from(["a", "b"])),
    st.just(Stopped()),
    st.just(history("")),
)
unrefreshed = st.lists(st.one_of(changes, st.just(Undone()), st.just(Redone()))).map(numbered)
events = st.lists(st.one_of(changes, st.just(Undone()), st.just(Redone()), st.just(Refreshed(history(""))))).map(
    numbered
)
refreshed = st.just(Refreshed(history("grown")))


@given(st.lists(changes))
def test_without_undoing_every_change_counts(given_events):
    assert changes_that_count(given_events) == given_events
    assert undone(given_events) == []


@given(events, changes)
def test_what_is_undone_at_once_leaves_everything_as_it_was(given_events, change):
    assert changes_that_count([*given_events, change, Undone()]) == changes_that_count(given_events)
    assert undone([*given_events, change, Undone()]) == [change]


@given(events)
def test_redoing_takes_an_undoing_back(given_events):
    if changes_that_count(given_events):
        assert changes_that_count([*given_events, Undone(), Redone()]) == changes_that_count(given_events)
        assert undone([*given_events, Undone(), Redone()]) == undone(given_events)


@given(events, changes)
def test_a_new_change_clears_what_could_be_redone(given_events, change):
    assert undone([*given_events, change]) == []


@given(events)
def test_undoing_or_redoing_where_there_is_nothing_does_nothing(given_events):
    everything = [Undone()] * (len(given_events) + 1)
    assert changes_that_count([*given_events, *everything]) == []
    assert changes_that_count([Undone(), Redone(), *given_events]) == changes_that_count(given_events)


@given(events, refreshed)
def test_a_refresh_adds_nothing_to_undo_and_takes_nothing_from_what_can_be_redone(given_events, refresh):
    before, after = changes_that_count(given_events), changes_that_count([*given_events, refresh])
    places = [place for place, change in enumerate(before) if isinstance(change, Attached)]
    assert after == [refresh.now if places and place == places[-1] else change for place, change in enumerate(before)]
    assert undone([*given_events, refresh]) == undone(given_events)


@given(events)
def test_a_refresh_is_as_if_the_file_had_been_as_long_when_it_was_attached(given_events):
    rewritten = []
    for event in given_events:
        if isinstance(event, Refreshed):
            histories = [change for change in changes_that_count(rewritten) if isinstance(change, Attached)]
            rewritten = [event.now if histories and earlier == histories[-1] else earlier for earlier in rewritten]
        else:
            rewritten.append(event)
    assert changes_that_count(given_events) == changes_that_count(rewritten)
    assert undone(given_events) == undone(rewritten)


@given(events, st.lists(st.one_of(changes, st.just(Undone()), st.just(Redone()))))
def test_what_is_superseded_might_as_well_never_have_happened(given_events, later):
    first, second = Refreshed(history("grown")), Refreshed(history("grown more"))
    assert supersedes(second, first)
    both, one = [*given_events, first, second, *later], [*given_events, second, *later]
    assert changes_that_count(both) == changes_that_count(one)
    assert undone(both) == undone(one)


@given(unrefreshed)
def test_nothing_but_a_refresh_is_superseded_and_only_by_the_next_one(given_events):
    for event in given_events:
        assert not supersedes(event, Refreshed(history("grown")))
        assert not supersedes(Refreshed(history("grown")), event)


def test_undoing_an_attached_history_undoes_its_refreshes_and_redoing_brings_the_last_one_back():
    said = Said("a", ("x",), volunteered=False)
    happened = [history("1"), said, Refreshed(history("2")), Refreshed(history("3")), Undone(), Undone()]
    assert changes_that_count(happened) == []
    assert changes_that_count([*happened, Redone()]) == [history("3")]
    assert changes_that_count([*happened, Redone(), Redone()]) == [history("3"), said]
