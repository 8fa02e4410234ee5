import shutil

import pytest

from tests.tui.apps import ADAM_LOG, NAN_LOG, app_of, attach, begin, likeliest, said, say, seen, until
from triage.shelf import saved_sessions
from triage.topics import NONE_OF_THESE
from tui.choices import ChoiceList
from tui.prompt import ChipList, PromptLine
from tui.standing import CausesPanel

SIZES = [(160, 50), (80, 24), (60, 20)]


def choices(app):
    return app.screen.query_one(ChoiceList).choices


def topic(app):
    return app.consultation.topic


async def asked(pilot, log=NAN_LOG):
    """A triage with a log, at its first question."""
    await begin(pilot)
    await attach(pilot, log)
    await until(pilot, lambda: topic(pilot.app).stage == "question")


@pytest.mark.parametrize("size", SIZES)
async def test_a_number_key_answers_the_question(tmp_path, size):
    app = app_of(tmp_path)
    async with app.run_test(size=size) as pilot:
        await asked(pilot)
        finding, state = topic(app).finding, choices(app)[1].state
        app.screen.query_one(ChoiceList).focus()
        await pilot.press("2")
        await until(pilot, lambda: finding in said(app))
        assert likeliest(app, finding) == state


async def test_arrows_and_enter_answer_the_question(tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await asked(pilot)
        finding, state = topic(app).finding, choices(app)[2].state
        app.screen.query_one(ChoiceList).focus()
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: finding in said(app))
        assert likeliest(app, finding) == state


@pytest.mark.parametrize("size", SIZES)
async def test_a_click_answers_the_question(tmp_path, size):
    app = app_of(tmp_path)
    async with app.run_test(size=size) as pilot:
        await asked(pilot)
        finding, state = topic(app).finding, choices(app)[1].state
        await pilot.click(ChoiceList, offset=(6, 1))
        await until(pilot, lambda: finding in said(app))
        assert likeliest(app, finding) == state


async def test_several_choices_are_marked_with_space_and_taken_with_enter(tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        first, second = (choice.state.split("=")[0] for choice in choices(app)[:2])
        app.screen.query_one(ChoiceList).focus()
        await pilot.press("space", "down", "space", "enter")
        await until(pilot, lambda: {first, second} <= said(app).keys())


async def test_numbers_can_be_typed_where_there_are_more_than_nine(tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        assert len(choices(app)) > 9
        wanted = choices(app)[9].state.split("=")[0]
        app.screen.query_one(ChoiceList).focus()
        await pilot.press("1", "0", "enter")
        await until(pilot, lambda: wanted in said(app))


async def test_none_of_these_goes_on_to_a_question(tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        assert choices(app)[-1].label == NONE_OF_THESE
        await say(pilot, str(len(choices(app))))
        await until(pilot, lambda: topic(app).stage == "question")
        assert not said(app)


async def test_own_words_become_chips_that_count_only_after_enter(tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        app.screen.query_one(ChoiceList).focus()
        await pilot.press(
            *"using", "space", *"adam", "comma", "space", *"loss", "space", *"is", "space", *"nan", "enter"
        )
        await until(pilot, lambda: app.screen.query_one(ChipList).option_count == 2)
        assert not said(app)
        await pilot.press("enter")
        await until(pilot, lambda: "optimizer" in said(app))
        assert likeliest(app, "optimizer") == "adam"
        assert "nan_onset" in said(app)


@pytest.mark.parametrize("how", ["keys", "mouse"])
async def test_a_chip_that_is_removed_does_not_count(tmp_path, how):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await say(pilot, "using adam, loss is nan")
        chips = app.screen.query_one(ChipList)
        await until(pilot, lambda: chips.option_count == 2)
        place = next(place for place in range(2) if "Optimizer" in str(chips.get_option_at_index(place).prompt))
        if how == "keys":
            chips.focus()
            chips.highlighted = place
            await pilot.press("delete")
        else:
            await pilot.click(ChipList, offset=(3, sum(1 for _ in range(place))))
        await until(pilot, lambda: chips.option_count == 1)
        app.screen.query_one(PromptLine).focus()
        await pilot.press("enter")
        await until(pilot, lambda: said(app))
        if how == "keys":
            assert "optimizer" not in said(app)
        assert len(said(app)) == 1


async def test_words_that_name_nothing_count_for_nothing(tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await say(pilot, "i am tired")
        assert "did not recognise" in " ".join(seen(app).split())
        assert not said(app)


async def test_undo_and_redo_take_an_answer_back_and_forth(tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await asked(pilot)
        finding = topic(app).finding
        app.screen.query_one(ChoiceList).focus()
        await pilot.press("1")
        await until(pilot, lambda: finding in said(app))
        await pilot.press("ctrl+z")
        await until(pilot, lambda: finding not in said(app))
        await pilot.press("ctrl+y")
        await until(pilot, lambda: finding in said(app))


async def test_back_asks_the_last_question_again_and_a_new_answer_replaces_the_old_one(tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await asked(pilot)
        finding, other = topic(app).finding, choices(app)[1].state
        app.screen.query_one(ChoiceList).focus()
        await pilot.press("1")
        await until(pilot, lambda: finding in said(app))
        await pilot.press("ctrl+b")
        await until(pilot, lambda: topic(app).stage == "revision")
        await pilot.press("2")
        await until(pilot, lambda: topic(app).stage != "revision")
        assert likeliest(app, finding) == other


async def test_not_known_is_not_asked_again_and_later_is(tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await asked(pilot)
        first = topic(app).finding
        await pilot.press("ctrl+l")
        await until(pilot, lambda: topic(app).finding != first)
        second = topic(app).finding
        await pilot.press("ctrl+d")
        await until(pilot, lambda: second in said(app))
        assert said(app)[second].says_nothing
        assert first not in said(app)


async def test_why_and_doubt_answer_in_the_conversation(tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(160, 50)) as pilot:
        await asked(pilot)
        app.screen.query_one(ChoiceList).focus()
        await pilot.press("question_mark")
        await until(pilot, lambda: "Leading now" in seen(app))
        await pilot.press("f8")
        await until(pilot, lambda: "What would change that most" in " ".join(seen(app).split()))


async def test_an_answer_is_revised_and_taken_back_in_the_evidence(tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await say(pilot, "using adam")
        await pilot.press("enter")
        await until(pilot, lambda: "optimizer" in said(app))
        await pilot.press("f5", "down", "enter")
        await until(pilot, lambda: topic(app).finding == "optimizer")
        await pilot.press("escape", "f5", "down", "delete")
        await until(pilot, lambda: "optimizer" not in said(app))


@pytest.mark.parametrize("how", ["keys", "mouse"])
async def test_a_cause_opens_in_full_and_its_check_counts_at_once(tmp_path, how):
    app = app_of(tmp_path)
    async with app.run_test(size=(160, 50)) as pilot:
        await asked(pilot)
        if how == "keys":
            await pilot.press("f3", "down", "enter")
        else:
            await pilot.click(CausesPanel, offset=(8, 0))
        await until(pilot, lambda: app.screen.query("#cause-title") or type(app.screen).__name__ == "CauseScreen")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen.query("#choices"))


async def test_several_files_of_one_run_are_read_as_one(tmp_path):
    train, valid = tmp_path / "train.csv", tmp_path / "valid.csv"
    train.write_text("step,train_loss\n" + "".join(f"{step},{2 / (1 + step)}\n" for step in range(60)))
    valid.write_text("step,val_loss\n" + "".join(f"{step},{2 / (1 + step) + 0.1}\n" for step in range(60)))
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await attach(pilot, train)
        await say(pilot, f"/attach {valid}")
        await until(pilot, lambda: {"train_loss", "val_loss"} <= set(app.consultation.session.history.series))


async def test_a_pasted_path_is_attached(tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        app.screen.query_one(PromptLine).focus()
        from textual.events import Paste

        app.post_message(Paste(f"'{ADAM_LOG}'"))
        await until(pilot, lambda: app.consultation.session.history is not None)


async def test_a_log_that_cannot_be_read_is_said_so_in_a_notice(tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await say(pilot, "/attach nowhere.csv")
        await until(pilot, lambda: any("no such file" in notice.message for notice in app._notifications))
        assert app.consultation.session.history is None


async def test_a_followed_log_moves_the_beliefs_as_it_grows(tmp_path):
    log = tmp_path / "run.csv"
    log.write_text("step,loss\n" + "".join(f"{step},{2 / (1 + step):.4f}\n" for step in range(40)))
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await attach(pilot, log)
        before = app.consultation.topic.diagnosis.no_fault
        await pilot.press("f9")
        with log.open("a") as stream:
            stream.write("".join(f"{step},nan\n" for step in range(40, 60)))
        await until(pilot, lambda: app.consultation.session.history.rows == 60)
        await until(pilot, lambda: app.consultation.topic.diagnosis.no_fault < before)


async def test_a_triage_is_saved_and_goes_on_later(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await say(pilot, "using adam")
        await pilot.press("enter")
        await until(pilot, lambda: "optimizer" in said(app))
        await pilot.press("ctrl+q")
    assert [entry.id for entry in saved_sessions()] == [app.saved_id]
    again = app_of(tmp_path, resume=app.saved_id)
    async with again.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: again.consultation is not None and again.screen.query("#choices"))
        assert likeliest(again, "optimizer") == "adam"


async def test_a_triage_in_which_nothing_was_said_is_not_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await pilot.press("ctrl+q")
    assert not saved_sessions()


async def test_an_example_reads_its_log_and_says_its_story(tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(160, 50)) as pilot:
        await begin(pilot, "3")
        await until(pilot, lambda: app.consultation.session.history is not None)
        assert said(app)


async def test_the_palette_holds_every_command(tmp_path):
    from tui.commands import COMMANDS

    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        titles = {command.title for command in app.get_system_commands(app.screen)}
        assert {command.title for command in COMMANDS} <= titles


async def test_help_names_every_command_with_the_key_of_the_keymap(tmp_path):
    from tui.commands import COMMANDS

    (tmp_path / "settings").mkdir()
    (tmp_path / "settings" / "keymap.yaml").write_text("undo: ctrl+k\n")
    app = app_of(tmp_path)
    async with app.run_test(size=(120, 60)) as pilot:
        await begin(pilot)
        await pilot.press("f1")
        await until(pilot, lambda: app.screen.query("#help-panel"))
        text = seen(app)
        assert all(f"/{command.name}" in text for command in COMMANDS)
        line = next(line for line in text.splitlines() if "/undo" in line)
        assert "^k" in line


async def test_themes_go_round_and_are_kept(tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        first = app.theme
        await pilot.press("ctrl+t")
        await until(pilot, lambda: app.theme != first)
        chosen = app.theme
    again = app_of(tmp_path)
    async with again.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert again.theme == chosen


async def test_the_terminal_can_be_resized_at_any_moment(tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(160, 50)) as pilot:
        await begin(pilot)
        for keys in [["f3"], ["f4"], ["f5"], ["f1", "escape"], ["ctrl+o", "escape"], ["f2"]]:
            for size in [(60, 20), (30, 8), (200, 60), (80, 24)]:
                await pilot.resize_terminal(*size)
                await pilot.press(*keys)
        await attach(pilot, shutil.copy(ADAM_LOG, tmp_path))
        for size in [(60, 20), (200, 60), (80, 24)]:
            await pilot.resize_terminal(*size)
        await until(pilot, lambda: app.consultation.session.history is not None)
