"""Hypotheses, likelihoods, posterior and explanation: plain arrays and pure functions, no input or output."""

from triage.beliefs.expansion import Expansion, expand, mean
from triage.beliefs.explanation import Weight, weights_between, weights_of_causes
from triage.beliefs.hypotheses import SIZE_PRIOR, Hypotheses, SizePrior, enumerate_hypotheses
from triage.beliefs.network import Network, compile_network
from triage.beliefs.posterior import Posterior, conflict_bits, infer, state_probabilities, states_given_reports
from triage.beliefs.report import (
    Report,
    answer_likelihood,
    answer_matrix,
    confusion_matrix,
    merge,
    reading_likelihood,
    volunteered_findings,
)
from triage.beliefs.volunteering import choice_likelihood

__all__ = [
    "SIZE_PRIOR",
    "Expansion",
    "Hypotheses",
    "Network",
    "Posterior",
    "Report",
    "SizePrior",
    "Weight",
    "answer_likelihood",
    "answer_matrix",
    "choice_likelihood",
    "compile_network",
    "conflict_bits",
    "confusion_matrix",
    "enumerate_hypotheses",
    "expand",
    "infer",
    "mean",
    "merge",
    "reading_likelihood",
    "state_probabilities",
    "states_given_reports",
    "volunteered_findings",
    "weights_between",
    "weights_of_causes",
]
