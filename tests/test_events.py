from hypothesis import given
from hypothesis import strategies as st

from triage.events import Redone, Said, Stopped, Undone, Withdrawn, changes_that_count, undone

changes = st.one_of(
    st.builds(Said, st.sampled_from(["a", "b"]), st.just(("x",)), st.booleans()),
    st.builds(Withdrawn, st.sampled_from(["a", "b"])),
    st.just(Stopped()),
)
events = st.lists(st.one_of(changes, st.just(Undone()), st.just(Redone())))


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
