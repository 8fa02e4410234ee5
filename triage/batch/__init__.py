"""Many runs at once: found one after the other, judged in many processes, one plain record each."""

from triage.batch.record import Record, Seen
from triage.batch.runs import Run, runs_in

__all__ = ["Record", "Run", "Seen", "runs_in"]
