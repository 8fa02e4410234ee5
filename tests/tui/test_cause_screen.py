import dataclasses
from pathlib import Path

import pytest
from textual.app import App
from textual.widgets import Static, Tabs

from tests.tui.views import view_of
from triage.history import read_history
from triage.report.figures import number, percent
from triage.session import Session
from triage.why import explain
from triage.wording import ENGLISH
from tui import cause_words as words_of_cause
from tui.cause_screen import SECTIONS, CauseScreen
from tui.cause_steps import check_steps, remedy_steps
from tui.evidence_bars import EvidenceBars
from tui.messages import Revise, Said, Withdraw
from tui.outcome import Answer, Outcome, answer_of
from tui.pressable import Pressable
from tui.snippet import Snippet
from tui.step_card import StepCard

DATA = Path(__file__).parent.parent / "data"
STYLES = Path(__file__).parent.parent.parent / "tui" / "styles" / "cause_screen.tcss"
SIZES = [(160, 50), (80, 24), (60, 20)]
RATE = "learning_rate_too_high"
CHECK = "lower_rate_tenfold"


class Around(App):
    """Shows one cause, and changes the session as the real app does."""

    CSS_PATH = STYLES
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-medium"), (120, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012

    def __init__(self, session, cause=RATE, before=None):
        super().__init__()
        self.session = session
        self.cause = cause
        self.before = before
        self.asked = []
        self.opened = []

    def on_mount(self):
        self.push_screen(CauseScreen(self.cause, view_of(self.session, before=self.before)))

    def on_said(self, message: Said):
        self.asked.append(("said", message.finding, message.states))
        self.change(lambda: self.session.volunteer(message.finding, list(message.states)))

    def on_withdraw(self, message: Withdraw):
        self.asked.append(("withdraw", message.finding))
        self.change(lambda: self.session.withdraw(message.finding))

    def on_revise(self, message: Revise):
        self.asked.append(("revise", message.finding))

    def open_url(self, url, *, new_tab=True):
        self.opened.append(url)

    def change(self, act):
        before = self.session.diagnosis()
        act()
        self.screen.show(view_of(self.session, before=before))


@pytest.fixture(scope="module")
def log():
    return read_history(DATA / "learning_rate_too_high.csv")


@pytest.fixture
def session(real_base, log):
    session = Session(real_base)
    session.attach(log)
    session.answer("framework", "keras_tensorflow")
    session.answer("learning_rate_size", "far_above_usual")
    return session


def words(app, selector):
    return app.screen.query_one(selector).render().plain


def focus_on(app, widget):
    app.screen.set_focus(widget)


def first_outcome(app):
    return app.screen.query("#section-checks Outcome").first()


async def settled(pilot):
    await pilot.pause()
    await pilot.pause()


async def test_the_head_tells_where_the_cause_stands(session):
    app = Around(session)
    async with app.run_test(size=(80, 24)):
        told = explain(session.beliefs(), RATE).cause
        assert words(app, "#cause-title") == "Learning rate too high"
        assert percent(told.probability) in words(app, "#cause-standing")
        assert "from" not in words(app, "#cause-standing")
        assert words(app, "#cause-rank") == (
            f"rank {told.rank} of {told.causes}   {percent(told.prior_probability)} to begin with"
        )


async def test_the_head_tells_what_the_last_change_did(session):
    before = session.diagnosis()
    session.answer(CHECK, "prevents")
    app = Around(session, before=before)
    async with app.run_test(size=(80, 24)):
        earlier = next(cause.probability for cause in before.causes if cause.id == RATE)
        assert f"▲ up from {percent(earlier)}" in words(app, "#cause-standing")


@pytest.mark.parametrize("size", SIZES)
async def test_digits_lead_to_the_sections(session, size):
    app = Around(session)
    async with app.run_test(size=size) as pilot:
        body = app.screen.query_one("#cause-body")
        for digit, name in zip("654321", reversed(SECTIONS), strict=True):
            await pilot.press(digit)
            await settled(pilot)
            assert app.screen.query_one(f"#section-{name}").region.y == body.region.y
            assert app.screen.query_one(Tabs).active == name


@pytest.mark.parametrize("size", SIZES)
async def test_a_click_on_a_tab_leads_to_its_section(session, size):
    app = Around(session)
    async with app.run_test(size=size) as pilot:
        body = app.screen.query_one("#cause-body")
        for name in SECTIONS:
            await pilot.click(f"#cause-tabs #{name}")
            await settled(pilot)
            assert app.screen.query_one(f"#section-{name}").region.y == body.region.y


async def test_the_tabs_follow_what_is_read(session):
    app = Around(session)
    async with app.run_test(size=(80, 24)) as pilot:
        body = app.screen.query_one("#cause-body")
        body.scroll_to(y=body.max_scroll_y, animate=False)
        await settled(pilot)
        assert app.screen.query_one(Tabs).active == "sources"
        body.scroll_to(y=app.screen.query_one("#section-evidence").virtual_region.y + 3, animate=False)
        await settled(pilot)
        assert app.screen.query_one(Tabs).active == "evidence"


async def test_page_keys_scroll_whatever_has_the_focus(session):
    app = Around(session)
    async with app.run_test(size=(80, 24)) as pilot:
        body = app.screen.query_one("#cause-body")
        focus_on(app, app.screen.query_one("#cause-back"))
        await pilot.press("pagedown")
        await settled(pilot)
        assert body.scroll_y > 0
        await pilot.press("pageup")
        await settled(pilot)
        assert body.scroll_y == 0


@pytest.mark.parametrize("key", ["escape", "ctrl+w"])
async def test_keys_lead_back(session, key):
    app = Around(session)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(key)
        await settled(pilot)
        assert not isinstance(app.screen, CauseScreen)


async def test_the_back_button_leads_back(session):
    app = Around(session)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click("#cause-back")
        await settled(pilot)
        assert not isinstance(app.screen, CauseScreen)


@pytest.mark.parametrize("size", SIZES)
async def test_the_evidence_is_shown_with_sign_and_number(session, size):
    app = Around(session)
    async with app.run_test(size=size):
        told = explain(session.beliefs(), RATE)
        shown = words(app, "#cause-evidence")
        assert told.evidence_for
        assert told.evidence_against
        for weight in (*told.evidence_for, *told.evidence_against):
            assert f"{abs(weight.decibans):.1f}" in shown
        assert "+" in shown
        assert "−" in shown
        assert "In all" in words(app, "#cause-comparison")


async def test_the_comparison_adds_up(session):
    comparison = explain(session.beliefs(), RATE).comparison
    *parts, total = words_of_cause.comparison_rows(comparison, ENGLISH)
    assert total.is_sum
    assert sum(row.decibans for row in parts) == pytest.approx(total.decibans)


async def test_what_a_cause_requires_is_told_in_words(real_base):
    session = Session(real_base)
    cause = "adam_second_moment_collapse"
    app = Around(session, cause)
    async with app.run_test(size=(80, 24)) as pilot:
        assert "? not known: " in words(app, "#cause-requires")
        app.change(lambda: session.answer("optimizer", "sgd"))
        await settled(pilot)
        assert "✗ contradicted: " in words(app, "#cause-requires")
        app.change(lambda: session.answer("optimizer", "adam"))
        await settled(pilot)
        assert "✓ met: " in words(app, "#cause-requires")


@pytest.mark.parametrize("how", ["enter", "mouse"])
async def test_choosing_what_would_change_it_asks_it_and_closes(session, how):
    app = Around(session)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3")
        await settled(pilot)
        first = app.focused
        assert first.key == explain(session.beliefs(), RATE).changes[0].finding
        if how == "enter":
            await pilot.press("enter")
        else:
            await pilot.click(first)
        await settled(pilot)
        assert app.asked == [("revise", first.key)]
        assert not isinstance(app.screen, CauseScreen)


@pytest.mark.parametrize("size", SIZES)
async def test_an_outcome_counts_at_once_and_stays_where_it_is(session, size):
    app = Around(session)
    async with app.run_test(size=size) as pilot:
        await pilot.press("4")
        while not app.focused.has_class("outcome-choice"):
            await pilot.press("down")
        await settled(pilot)
        focused, line, before = app.focused, app.focused.region.y, words(app, "#cause-standing")
        assert app.screen.can_view_entire(focused)
        await pilot.press("enter")
        await settled(pilot)
        assert app.asked == [("said", CHECK, (focused.key,))]
        assert words(app, "#cause-standing") != before
        assert focused.render().plain.startswith("● ")
        assert (app.focused, app.focused.region.y) == (focused, line)
        assert "✓ done: " in app.screen.query("#section-checks .step-title").first().render().plain


async def test_the_same_outcome_again_says_nothing(session):
    app = Around(session)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("4")
        choice = first_outcome(app).query(".outcome-choice").first()
        focus_on(app, choice)
        await pilot.press("enter", "enter")
        await settled(pilot)
        assert len(app.asked) == 1


async def test_an_outcome_is_taken_back_by_mouse(session):
    session.volunteer(CHECK, ["prevents"])
    app = Around(session)
    async with app.run_test(size=(160, 50)) as pilot:
        await pilot.press("4")
        await settled(pilot)
        back = first_outcome(app).query_one(".outcome-back")
        assert back.display
        await pilot.click(back)
        await settled(pilot)
        assert app.asked == [("withdraw", CHECK)]
        assert not back.display
        assert app.focused in list(first_outcome(app).query(".outcome-choice"))
        assert all(choice.render().plain.startswith("○ ") for choice in first_outcome(app).query(".outcome-choice"))


async def test_a_remedy_that_was_tried_is_told_under_its_trial(session):
    app = Around(session)
    async with app.run_test(size=(160, 50)) as pilot:
        await pilot.press("5")
        await settled(pilot)
        cards = list(app.screen.query("#section-remedies StepCard").results(StepCard))
        assert CHECK in [card.step.finding for card in cards], "the trial that is a check of its own"
        own = next(card for card in cards if card.step.finding in session.base.trials)
        focus_on(app, own.query_one(".step-title"))
        if own.is_folded:
            await pilot.press("enter")
        await settled(pilot)
        choices = list(own.query(".outcome-choice").results(Pressable))
        assert [choice.key for choice in choices] == ["no_effect", "helped"]
        focus_on(app, choices[1])
        await pilot.press("enter")
        await settled(pilot)
        assert app.asked == [("said", own.step.finding, ("helped",))]
        assert "✓ done: It helped" in own.query_one(".step-title").render().plain


async def test_a_step_unfolds_by_key_and_by_mouse(session):
    app = Around(session)
    async with app.run_test(size=(160, 50)) as pilot:
        await pilot.press("4")
        await settled(pilot)
        card = list(app.screen.query("#section-checks StepCard").results(StepCard))[1]
        assert not card.query(Outcome)
        await pilot.click(card.query_one(".step-title"))
        await settled(pilot)
        assert card.query_one(Outcome).display
        assert card.query_one(".step-title").render().plain.startswith("▾ ")
        await pilot.press("enter")
        await settled(pilot)
        assert not card.query_one(".step-inside").display
        await pilot.press("space")
        await settled(pilot)
        assert card.query_one(".step-inside").display


async def test_c_copies_the_code_of_the_step_that_is_read_in_the_framework_of_the_person(session):
    app = Around(session)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("4", "c")
        await settled(pilot)
        assert app.clipboard == session.base.findings[CHECK].snippets["keras"].rstrip()
        await pilot.press("5", "c")
        await settled(pilot)
        assert app.clipboard == app.screen.query_one("#section-remedies Snippet", Snippet).text


async def test_c_says_so_where_no_code_is_in_sight(session):
    app = Around(session)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("c")
        await settled(pilot)
        assert app.clipboard == ""
        assert [note.message[:24] for note in app._notifications] == ["No code is in sight. Ope"]


async def test_values_follow_from_the_log(real_base):
    session = Session(real_base)
    session.attach(read_history(DATA / "learning_rate_schedule_broken.csv"))
    cause = next(cause for cause in session.diagnosis().causes if any(remedy.values for remedy in cause.remedies))
    app = Around(session, cause.id)
    async with app.run_test(size=(160, 50)) as pilot:
        cards = list(app.screen.query("#section-remedies StepCard").results(StepCard))
        card, remedy = next(pair for pair in zip(cards, cause.remedies, strict=True) if pair[1].values)
        if card.is_folded:
            focus_on(app, card.query_one(".step-title"))
            await pilot.press("enter")
        await settled(pilot)
        shown = card.query_one(".step-text").render().plain
        for name, value in remedy.values.items():
            assert f"{name.replace('_', ' ').capitalize()}: {number(value)}" in shown
        assert "Side effects: " in shown


@pytest.mark.parametrize("how", ["enter", "mouse"])
async def test_a_source_is_opened(session, how):
    app = Around(session)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("6")
        await settled(pilot)
        if how == "enter":
            await pilot.press("enter")
        else:
            await pilot.click(app.focused)
        await settled(pilot)
        assert app.opened == [session.base.sources_of(session.base.causes[RATE])[0].address]


async def test_everything_can_be_reached_by_tab(session):
    app = Around(session)
    async with app.run_test(size=(60, 20)) as pilot:
        chain = app.screen.focus_chain
        assert {widget for widget in app.screen.query(Pressable) if widget.display} <= set(chain)
        for widget in chain[chain.index(app.focused) + 1 :][:4]:
            await pilot.press("tab")
            assert app.focused is widget
            assert app.screen.can_view_entire(widget)


async def test_arrows_lead_from_one_thing_to_the_next_and_stay_at_the_ends(session):
    app = Around(session)
    async with app.run_test(size=(60, 20)) as pilot:
        pressables = [widget for widget in app.screen.focus_chain if isinstance(widget, Pressable)]
        focus_on(app, pressables[0])
        await pilot.press("up")
        assert app.focused is pressables[0]
        for widget in pressables[1:6]:
            await pilot.press("down")
            assert app.focused is widget
            assert app.screen.can_view_entire(widget)
        focus_on(app, pressables[-1])
        await pilot.press("down")
        assert app.focused is pressables[-1]
        await pilot.press("up")
        assert app.focused is pressables[-2]


async def test_a_cause_that_is_no_longer_listed_is_still_shown(session):
    listed = {cause.id for cause in session.diagnosis().causes}
    cause = next(name for name in session.base.causes if name not in listed)
    app = Around(session, cause)
    async with app.run_test(size=(80, 24)):
        assert "<1 %" in words(app, "#cause-standing")
        assert app.screen.query("#section-checks StepCard")
        assert app.screen.query(".cause-source")


def test_every_cause_has_words_before_anything_is_known(real_base):
    view = view_of(Session(real_base))
    for cause in real_base.causes.values():
        told = explain(view.beliefs, cause.id)
        assert words_of_cause.standing_words(told.cause, view).plain
        assert words_of_cause.requirement_words(told.requires, ENGLISH).plain
        assert words_of_cause.comparison_words(told.comparison, ENGLISH).plain
        steps = [*check_steps(view, cause, told), *remedy_steps(view, cause, told)]
        assert len(steps) == len(cause.checks) + len(cause.remedies)
        assert all(step.choices and step.answer is None for step in steps)


async def test_showing_before_it_is_on_the_screen_is_kept(session):
    app = App()
    async with app.run_test(size=(80, 24)):
        screen = CauseScreen(RATE, view_of(session))
        session.answer(CHECK, "prevents")
        screen.show(view_of(session))
        await app.push_screen(screen)
        assert "✓ done: " in screen.query("#section-checks .step-title").first().render().plain


async def test_showing_the_same_again_changes_nothing(session):
    app = Around(session)
    async with app.run_test(size=(80, 24)) as pilot:
        before = app.export_screenshot()
        app.screen.show(view_of(session))
        await settled(pilot)
        assert app.export_screenshot() == before


def test_an_answer_of_several_states_marks_them_all(session):
    session.volunteer(CHECK, ["prevents", "delays"])
    answer = answer_of(view_of(session), CHECK)
    assert set(answer.states) == {"prevents", "delays"}
    assert answer.own


def test_not_known_is_an_answer_that_can_be_taken_back(session):
    session.volunteer(CHECK, "unknown")
    assert answer_of(view_of(session), CHECK) == Answer((), "not known", own=True)


HOSTILE = "[bold red]x[/] \x1b[31m \x00 \u202e 🙂 \ud800 " + "y" * 10_000


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_knowledge_is_shown_as_text(real_base, size):
    cause = real_base.causes[RATE]
    sources = {
        name: source.model_copy(update={"title": HOSTILE, "address": f"javascript:{HOSTILE}"})
        for name, source in real_base.sources.items()
    }
    check = real_base.findings[CHECK]
    states = {name: state.model_copy(update={"label": HOSTILE}) for name, state in check.states.items()}
    hostile_check = check.model_copy(
        update={"title": HOSTILE, "instructions": HOSTILE, "snippets": {"pytorch": HOSTILE}, "states": states}
    )
    base = dataclasses.replace(
        real_base,
        causes={**real_base.causes, RATE: cause.model_copy(update={"title": HOSTILE, "mechanism": HOSTILE})},
        findings={**real_base.findings, CHECK: hostile_check},
        sources=sources,
    )
    session = Session(base)
    session.volunteer(CHECK, ["prevents"])
    app = Around(session)
    async with app.run_test(size=size) as pilot:
        assert "[bold red]x[/] \\x1b[31m \\x00 \\u202e 🙂 \\ud800" in words(app, "#cause-title")
        assert "\x1b" not in app.export_screenshot()
        assert app.screen.query_one("#cause-body").size.height > 5
        await pilot.press("4", "c", "6", "enter")
        await settled(pilot)
        assert app.opened == []
        for static in app.screen.query(Static):
            assert not {"\x1b", "\x00", "\u202e", "\ud800"} & set(static.render().plain)
        for bars in app.screen.query(EvidenceBars):
            assert not {"\x1b", "\x00", "\u202e", "\ud800"} & set(bars.render().plain)
