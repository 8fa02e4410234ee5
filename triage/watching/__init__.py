"""Following the logs of runs while they grow, and saying what is new: ``triage watch``."""
