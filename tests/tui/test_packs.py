"""Packs on the screen: what they brought says so, and what they asked is asked."""

from tests.tui.apps import app_of, begin, say, seen, until
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
