"""Packs on the screen: what they brought says so, and what they asked is asked."""

from tests.tui.apps import app_of, begin, say, seen, until
from tests.tui.terminals import TRIAGE, PtyTerminal, environment
from triage.new_pack import write_pack


async def test_a_cause_of_a_pack_is_shown_with_the_name_of_the_pack(desk, tmp_path):
    write_pack(tmp_path / "ours", "Our faults")
    app = app_of(tmp_path, packs=[str(tmp_path / "ours")])
    async with app.run_test(size=(160, 50)) as pilot:
        await begin(pilot)
        await say(pilot, "validation never improves, the feature cache is an old one")
        await until(pilot, lambda: app.consultation.session.base.packs.keys() == {"our_faults"})
        app.consultation.session.answer("validation_against_train", "never_improves")
        app.consultation.session.answer("feature_cache", "reused")
        await say(pilot, "/causes")
        await until(pilot, lambda: "[Our faults 0.1.0]" in " ".join(seen(app).split()))


def test_a_language_that_only_a_pack_has_may_be_asked_for(tmp_path):
    pack = write_pack(tmp_path / "ours", "Our faults")[0].parent
    titles = pack / "titles" / "eo.yaml"
    titles.parent.mkdir(exist_ok=True)
    titles.write_text("id: eo\ncauses: {overfitting: Tro da lernado}\n", encoding="utf-8")
    command = [*TRIAGE, "--pack", str(pack), "--language", "eo"]
    with PtyTerminal(command, environment(tmp_path), columns=140, lines=45, cwd=tmp_path) as terminal:
        terminal.shows("New triage")
        terminal.send("n")
        terminal.shows("What is wrong?", "Tro da lernado")


def test_how_to_go_on_repeats_the_packs_that_were_given(tmp_path):
    write_pack(tmp_path / "our faults", "Our faults")
    command = [*TRIAGE, "--pack", "our faults"]
    with PtyTerminal(command, environment(tmp_path), columns=140, lines=45, cwd=tmp_path) as terminal:
        terminal.shows("New triage")
        terminal.send("n")
        terminal.shows("What is wrong?")
        terminal.send("using adam, loss is nan", "enter")
        terminal.shows("Understood as follows")
        terminal.send("enter")
        terminal.shows("Question 3")
        terminal.send("ctrl+q")
        assert terminal.status() == 0
        terminal.shows("Saved; go on with: triage --resume", "--pack 'our faults'")
