"""Torch networks that really train by the thousand, sound or with a fault injected, to measure the triage by."""
