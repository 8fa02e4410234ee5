"""Short programs, read from a file as a person would give them."""

from dataclasses import dataclass

from triage.intake.found import Found, Told
from triage.intake.scripts import read_scripts

FAULTS = {
    "gradients_reset": {"not_reset"},
    "weights_change": {"none_change", "only_some_change"},
    "evaluation_code": {"mode_not_switched"},
    "find_leaked_samples": {"found"},
    "compare_preprocessing": {"differs"},
    "inspect_pairing": {"shifted_or_mixed"},
    "compare_class_counts": {"labels_out_of_range", "config_has_more"},
    "resume_state": {"optimizer_or_schedule_missing"},
    "compare_accumulated_gradient": {"differs"},
    "loss_by_hand": {"different_formula", "differs_by_a_factor"},
    "one_step_lowers_loss": {"raises"},
    "learning_rate_course": {"decays_too_early"},
    "clipped_share": {"nearly_all"},
    "gradient_clipping": {"not_used"},
    "pooling_stride": {"above_kernel"},
    "hidden_activation": {"none_between_layers"},
    "initialization": {"zeros_or_constant"},
    "shuffling": {"not_shuffled", "once", "in_place_on_arrays"},
    "replay_failing_batch": {"log_of_non_positive", "zero_denominator"},
    "input_scaling": {"raw"},
}
"""States that say that something is wrong."""


@dataclass(frozen=True)
class Reading:
    text: str
    told: Told

    def found(self, finding) -> Found | None:
        return next((found for found in self.told.found if found.finding == finding), None)

    def state(self, finding) -> str | None:
        found = self.found(finding)
        return None if found is None else found.state

    def shows(self, finding, words) -> str | None:
        """The state of a finding, if it was found in the line that holds the words."""
        found = self.found(finding)
        if found is None or found.place.line is None:
            return None
        assert found.place.words == self.text.split("\n")[found.place.line - 1].strip()[:120]
        return found.state if words in found.place.words else f"{found.state} in {found.place.words!r}"

    def stated(self) -> dict:
        return {stated.name: stated.value for stated in self.told.stated}

    def faults(self) -> dict:
        return {f.finding: f.state for f in self.told.found if f.state in FAULTS.get(f.finding, ())}


def read(folder, text, name="train.py") -> Reading:
    path = folder / name
    path.write_text(text, "utf-8")
    return Reading(text, read_scripts([path]))


def changed(text, *changes) -> str:
    """The program with each (before, after) put in once."""
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    return text
