from textual.app import App

from tests.tui.apps import seen, until
from tui.consultation import Entry
from tui.conversation import MOST_ENTRIES, Conversation

LONG = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"


class Talk(App):
    CSS = "Conversation { height: 1fr; overflow-x: hidden; scrollbar-gutter: stable; }"

    def compose(self):
        yield Conversation(id="conversation")

    @property
    def talk(self):
        return self.query_one(Conversation)


def lines(app):
    return [line.rstrip() for line in seen(app).split("\n")]


async def test_what_is_said_stands_at_the_bottom_while_there_is_room():
    app = Talk()
    async with app.run_test(size=(40, 10)) as pilot:
        app.talk.add([Entry("triage", "What is wrong?"), Entry("you", "All of it")])
        await pilot.pause()
        assert lines(app)[-4:] == ["What is wrong?", "", "  › All of it", ""]
        assert not any(lines(app)[:-4])


async def test_the_last_utterance_comes_into_sight_and_earlier_ones_are_reached_by_key():
    app = Talk()
    async with app.run_test(size=(40, 10)) as pilot:
        app.talk.add([Entry("triage", f"Number {number}") for number in range(30)])
        await until(pilot, lambda: "Number 29" in seen(app))
        app.talk.focus()
        await pilot.press("home")
        await until(pilot, lambda: "Number 0 " in seen(app))
        assert "Number 29" not in seen(app)
        app.talk.add([Entry("you", "and again")])
        await until(pilot, lambda: "and again" in seen(app))


async def test_it_wraps_anew_in_another_width_and_stays_at_its_end():
    app = Talk()
    async with app.run_test(size=(40, 10)) as pilot:
        app.talk.add([*(Entry("triage", f"Number {number}") for number in range(30)), Entry("you", LONG)])
        await until(pilot, lambda: "sixteen" in seen(app))
        await pilot.resize_terminal(24, 8)
        await until(pilot, lambda: max(map(len, lines(app))) <= 24 and "sixteen" in seen(app))
        assert all(word in " ".join(lines(app)) for word in LONG.split()[4:])


async def test_lines_of_what_a_person_said_stand_under_each_other():
    app = Talk()
    async with app.run_test(size=(30, 12)) as pilot:
        app.talk.add([Entry("you", LONG)])
        await until(pilot, lambda: "sixteen" in seen(app))
        told = [line for line in lines(app) if line]
        assert len(told) > 3
        assert told[0].startswith("  › one")
        assert all(line.startswith("  ") for line in told)


async def test_what_is_selected_can_be_copied():
    app = Talk()
    async with app.run_test(size=(40, 6)) as pilot:
        app.talk.add([Entry("triage", "The loss is negative")])
        await until(pilot, lambda: "negative" in seen(app))
        row = next(row for row, line in enumerate(lines(app)) if "negative" in line)
        await pilot.mouse_down(Conversation, offset=(4, row))
        await pilot.hover(Conversation, offset=(12, row))
        await pilot.mouse_up(Conversation, offset=(12, row))
        assert app.screen.get_selected_text() == "loss is n"


async def test_a_very_long_conversation_lets_go_of_its_beginning():
    app = Talk()
    async with app.run_test(size=(40, 6)) as pilot:
        app.talk.add([Entry("triage", f"Number {number}") for number in range(MOST_ENTRIES + 5)])
        app.talk.focus()
        await pilot.press("home")
        await until(pilot, lambda: "Number 5 " in seen(app))
        assert "Number 4 " not in seen(app)


async def test_another_theme_colours_what_was_said_before():
    app = Talk()
    async with app.run_test(size=(40, 6)) as pilot:
        app.talk.add([Entry("you", "Said before")])
        await until(pilot, lambda: "Said before" in seen(app))

        def colours():
            strips = app.screen._compositor.render_strips()
            return {segment.style.bgcolor for strip in strips for segment in strip if "before" in segment.text}

        dark = colours()
        app.theme = "textual-light"
        await until(pilot, lambda: colours() != dark)
