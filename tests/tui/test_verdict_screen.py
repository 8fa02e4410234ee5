"""The end of a triage, by keyboard and by mouse, on what is really believed."""

from pathlib import Path
from typing import ClassVar

import pytest
from textual.app import App
from textual.widgets import Button, Static

from tests.tui.apps import until
from tests.tui.views import view_of
from triage.history import read_history
from triage.report.choice import stop_sentence, verdict
from triage.session import Session
from tui import verdict_screen
from tui.messages import Command, Said, ShowCause
from tui.plan_steps import planned
from tui.step_card import StepCard
from tui.verdict_screen import FIRST, MORE, VerdictScreen, _Item, _Plan, _Rank

DATA = Path(__file__).parents[1] / "data"
STYLES = Path(verdict_screen.__file__).parent / "styles"
SIZES = [(160, 50), (80, 24), (60, 20)]
DEAD = {"task": "regression", "hidden_activation": "relu", "predictions_look": "same_for_every_input"}


def session_of(base, log="dead_relu.csv", answers=DEAD):
    session = Session(base)
    session.attach(read_history(DATA / log))
    for finding, state in answers.items():
        session.answer(finding, state)
    return session


@pytest.fixture
def session(real_base):
    return session_of(real_base)


class Ending(App):
    CSS_PATH = STYLES / "verdict_screen.tcss"
    HORIZONTAL_BREAKPOINTS: ClassVar = [(0, "-narrow"), (80, "-medium"), (120, "-wide")]
    VERTICAL_BREAKPOINTS: ClassVar = [(0, "-short"), (30, "-tall")]

    def __init__(self, view, session=None, first=None):
        super().__init__()
        self.first = first or VerdictScreen(view)
        self.session = session
        self.heard = []

    def on_mount(self):
        self.push_screen(self.first)

    def on_said(self, event: Said):
        self.heard.append(("said", event.finding, event.states))
        if self.session is not None:
            before = self.session.diagnosis()
            self.session.answer(event.finding, event.states)
            self.screen.show(view_of(self.session, before=before))

    def on_show_cause(self, event: ShowCause):
        self.heard.append(("cause", event.cause))

    def on_command(self, event: Command):
        self.heard.append(("command", event.name, event.argument))

    def action_command(self, name: str):
        self.heard.append(("command", name, ""))


def words(app, selector):
    return str(app.screen.query_one(selector, Static).render())


def items(app, kind):
    plan = next(plan for plan in app.screen.query(_Plan) if plan.kind == kind)
    return list(plan.query(_Item))


def title_of(item):
    return item.query_one(".step-title")


async def until_shown(pilot):
    for _ in range(4):
        await pilot.pause()


async def bring_into_view(pilot, widget):
    widget.scroll_visible(animate=False, immediate=True)
    await until_shown(pilot)


@pytest.mark.parametrize("size", SIZES)
async def test_the_verdict_and_why_asking_stops_are_on_top(size, session):
    session.stop()
    view = view_of(session)
    app = Ending(view)
    async with app.run_test(size=size) as pilot:
        await until_shown(pilot)
        assert words(app, "#verdict-result") == verdict(view.diagnosis)
        assert words(app, "#verdict-stop") == stop_sentence(view.diagnosis) == "You stopped here."
        assert app.screen.query_one("#verdict-result").region.y <= 2
        assert not app.screen.query_one("#verdict-conflict").display


async def test_where_asking_has_not_stopped_it_says_that_there_is_more_to_ask(session):
    app = Ending(view_of(session))
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot)
        assert "more to ask" in words(app, "#verdict-stop")


async def test_findings_that_do_not_fit_together_raise_the_banner(session):
    view = view_of(session)
    conflict = view.diagnosis.conflict.model_copy(update={"banner": "It does not fit [bold]together[/bold]."})
    torn = view.diagnosis.model_copy(update={"conflict": conflict})
    app = Ending(type(view)(**{name: getattr(view, name) for name in view.__slots__} | {"diagnosis": torn}))
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot)
        assert words(app, "#verdict-conflict") == "! It does not fit [bold]together[/bold]."
        app.screen.show(view)
        assert not app.screen.query_one("#verdict-conflict").display


async def test_the_ranking_has_five_causes_no_fault_and_what_is_not_listed_the_likeliest_first(session):
    view = view_of(session)
    app = Ending(view)
    async with app.run_test(size=(160, 50)) as pilot:
        await until_shown(pilot)
        shown = [str(row.query_one(".rank-title").render()) for row in app.screen.query(_Rank) if row.display]
        assert shown[0] == view.diagnosis.causes[0].title
        assert len(shown) == 7
        assert {"No fault", "A fault not listed here"} <= set(shown)
        assert {cause.title for cause in view.diagnosis.causes[:5]} <= set(shown)
        figures = [str(row.query_one(".rank-figure").render()) for row in app.screen.query(_Rank)]
        numbers = [int(figure.replace("<", "").split()[0]) for figure in figures]
        assert numbers == sorted(numbers, reverse=True)


@pytest.mark.parametrize("kind", ["check", "remedy"])
async def test_the_plan_is_shown_in_its_order_with_time_chance_and_cause(kind, session):
    view = view_of(session)
    app = Ending(view)
    async with app.run_test(size=(160, 50)) as pilot:
        await until_shown(pilot)
        wanted = [item for item in view.diagnosis.plan if item.kind == kind][:FIRST]
        shown = items(app, kind)
        assert len(shown) == FIRST
        for item, row in zip(wanted, shown, strict=True):
            assert item.title in str(title_of(row).render())
            about = str(row.query_one(".item-cause").render())
            assert view.base.causes[item.cause].title in about
            assert " min, " in about
            assert " % to " in about


@pytest.mark.parametrize("size", SIZES)
async def test_enter_on_an_item_unfolds_it_and_an_outcome_is_said(size, session, real_base):
    app = Ending(view_of(session), session)
    async with app.run_test(size=size) as pilot:
        await until_shown(pilot)
        first = items(app, "check")[0]
        finding, cause = first.finding, first.cause
        title_of(first).focus()
        await pilot.press("enter")
        await until_shown(pilot)
        check = real_base.findings[finding]
        text = str(first.query_one(".step-text").render())
        assert check.instructions.split(".")[0] in text
        assert first.query_one(".snippet-code").display
        outcomes = list(first.query(".outcome-choice"))
        assert [str(row.render())[2:] for row in outcomes] == [state.label for state in check.states.values()]
        before = session.diagnosis()
        outcomes[-1].focus()
        await pilot.press("enter")
        await until_shown(pilot)
        assert app.heard == [("said", finding, (list(check.states)[-1],))]
        await until(pilot, lambda: app.screen.focused is title_of(items(app, "check")[0]))
        assert finding not in [item.finding for item in items(app, "check")]
        now = {item.id: item.probability for item in session.diagnosis().causes}
        assert now[cause] > {item.id: item.probability for item in before.causes}[cause]
        assert words(app, "#verdict-result") == verdict(session.diagnosis())


@pytest.mark.parametrize("size", SIZES)
async def test_the_mouse_unfolds_an_item_says_its_outcome_and_shows_its_cause(size, session, real_base):
    app = Ending(view_of(session))
    async with app.run_test(size=size) as pilot:
        await until_shown(pilot)
        row = items(app, "remedy")[0]
        about = row.query_one(".item-cause")
        await bring_into_view(pilot, about)
        await pilot.click(about)
        await until_shown(pilot)
        assert app.heard == [("cause", row.cause)]
        await pilot.click(title_of(row))
        await until_shown(pilot)
        assert not row.is_folded
        choice = row.query(".outcome-choice").last()
        await bring_into_view(pilot, choice)
        await pilot.click(choice)
        await until_shown(pilot)
        assert app.heard[1] == ("said", row.finding, (list(real_base.finding(row.finding).states)[-1],))


async def test_a_remedy_that_is_also_a_check_is_told_by_the_outcome_of_that_check(session):
    view = view_of(session)
    told = {item.step.finding for item in planned(view) if item.kind == "remedy"}
    remedies = [view.base.remedies[item.id] for item in view.diagnosis.plan if item.kind == "remedy"]
    assert any(remedy.trial for remedy in remedies)
    assert told == {remedy.trial or remedy.id for remedy in remedies}


async def test_c_shows_the_cause_of_the_item_wherever_in_it_the_focus_is(session):
    app = Ending(view_of(session))
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot)
        row = items(app, "check")[1]
        title_of(row).focus()
        await pilot.press("c", "enter")
        await until_shown(pilot)
        row.query(".outcome-choice").first().focus()
        await pilot.press("c")
        await pilot.pause()
        assert app.heard == [("cause", row.cause)] * 2


async def test_a_line_of_the_ranking_shows_its_cause(session):
    view = view_of(session)
    app = Ending(view)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot)
        await pilot.press("enter", "c")
        await pilot.click(app.screen.query(".rank-title").first())
        await pilot.pause()
        assert app.heard == [("cause", view.diagnosis.causes[0].id)] * 3


async def test_arrows_lead_from_the_ranking_through_the_plan(session):
    app = Ending(view_of(session))
    async with app.run_test(size=(160, 50)) as pilot:
        await until_shown(pilot)
        await pilot.press(*["down"] * 5)
        assert app.screen.focused is title_of(items(app, "check")[0])


@pytest.mark.parametrize(("key", "name"), [("ctrl+s", "export"), ("ctrl+n", "more")])
async def test_keys_and_buttons_ask_the_app(key, name, session):
    app = Ending(view_of(session))
    async with app.run_test(size=(60, 20)) as pilot:
        await until_shown(pilot)
        await pilot.press(key)
        await pilot.click(next(button for button in app.screen.query(Button) if button.name == name))
        await pilot.pause()
        assert app.heard == [("command", name, "")] * 2


@pytest.mark.parametrize("way", ["key", "mouse"])
async def test_there_is_a_way_back(way, session):
    app = Ending(view_of(session))
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot)
        back = next(button for button in app.screen.query(Button) if button.name == "back")
        await (pilot.press("escape") if way == "key" else pilot.click(back))
        await pilot.pause()
        assert len(app.screen_stack) == 1


async def test_more_of_the_plan_is_shown_when_it_is_asked_for(session):
    app = Ending(view_of(session))
    async with app.run_test(size=(160, 50)) as pilot:
        await until_shown(pilot)
        more = next(plan for plan in app.screen.query(_Plan) if plan.kind == "check").query_one(".plan-more")
        assert str(more.render()).startswith(f"Show {MORE} more of ")
        await pilot.click(more)
        await until_shown(pilot)
        assert len(items(app, "check")) == FIRST + MORE
        assert app.screen.focused is title_of(items(app, "check")[FIRST])


async def test_what_is_unfolded_stays_so_while_it_is_in_the_plan(session):
    app = Ending(view_of(session), session)
    async with app.run_test(size=(160, 50)) as pilot:
        await until_shown(pilot)
        second = items(app, "check")[1].finding
        title_of(items(app, "check")[1]).focus()
        await pilot.press("enter")
        first = items(app, "check")[0].finding
        app.post_message(Said(first, (next(iter(session.base.findings[first].states)),)))
        await until_shown(pilot)
        now = {item.finding: item.is_folded for item in items(app, "check")}
        assert first not in now
        assert now.get(second) is False


async def test_showing_the_same_twice_changes_nothing(session):
    view = view_of(session)
    app = Ending(view)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot)
        cards = list(app.screen.query(StepCard))
        app.screen.show(view)
        app.screen.show(view)
        await until_shown(pilot)
        assert list(app.screen.query(StepCard)) == cards


async def test_a_healthy_run_has_no_plan(real_base):
    session = session_of(real_base, "healthy_classifier.csv", {})
    assert session.diagnosis().is_healthy
    app = Ending(view_of(session))
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot)
        assert not items(app, "check")
        assert "nothing to check" in words(app, "#verdict-no-plan")
        assert not any(plan.display for plan in app.screen.query(_Plan))


async def test_it_can_be_shown_before_it_is_mounted(session):
    screen = VerdictScreen(view_of(session))
    session.stop()
    screen.show(view_of(session))
    app = Ending(None, first=screen)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot)
        assert words(app, "#verdict-stop") == "You stopped here."


@pytest.mark.parametrize("size", SIZES)
async def test_nothing_is_cut_off_at_the_side(size, session):
    app = Ending(view_of(session))
    async with app.run_test(size=size) as pilot:
        await until_shown(pilot)
        title_of(items(app, "check")[0]).focus()
        await pilot.press("enter")
        await until_shown(pilot)
        page = app.screen.query_one("#verdict-page")
        assert page.max_scroll_x == 0
        for widget in page.query("*"):
            if widget.display and widget.region.width:
                assert widget.region.right <= page.region.right, widget
