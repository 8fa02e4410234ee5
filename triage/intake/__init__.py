"""What a person brings beside a log -> findings."""

from triage.intake.words import LONGEST, Understood, WordIndex, compile_words, understand

__all__ = ["LONGEST", "Understood", "WordIndex", "compile_words", "understand"]
