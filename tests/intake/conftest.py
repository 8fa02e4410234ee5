import pytest


@pytest.fixture(scope="session")
def index(real_base):
    from triage.intake.words import compile_words

    return compile_words(real_base)
