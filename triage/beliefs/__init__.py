"""Hypotheses, likelihoods, posterior and explanation: plain arrays and pure functions, no input or output."""

from triage.beliefs.explanation import Weight, weights_between, weights_of_causes
from triage.beliefs.hypotheses import SIZE_PRIOR, Hypotheses, SizePrior, enumerate_hypotheses
from triage.beliefs.network import Network, compile_network
from triage.beliefs.posterior import Posterior, conflict_bits, infer, state_probabilities, states_given_reports
from triage.beliefs.report import Report, answer_likelihood, answer_matrix, merge, reading_likelihood

__all__ = [
    "SIZE_PRIOR",
    "Hypotheses",
    "Network",
    "Posterior",
    "Report",
    "SizePrior",
    "Weight",
    "answer_likelihood",
    "answer_matrix",
    "compile_network",
    "conflict_bits",
    "enumerate_hypotheses",
    "infer",
    "merge",
    "reading_likelihood",
    "state_probabilities",
    "states_given_reports",
    "weights_between",
    "weights_of_causes",
]
