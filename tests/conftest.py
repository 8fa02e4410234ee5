"""What all tests share: the real knowledge, loaded once, and a cache folder that is nobody's own.

Laws are tried with few examples, where ``CI`` is set with the same ones every time: ``TRIAGE_TESTS=thorough`` tries
them with ten times as many. A law that needs a number of its own names it.
"""

import gc
import os
import signal
import tempfile

import pytest
from hypothesis import HealthCheck, settings

PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
FEW, MANY = 25, 250
settings.register_profile("usual", max_examples=FEW, **PATIENT)
settings.register_profile("ci", max_examples=FEW, derandomize=True, **PATIENT)
settings.register_profile("thorough", max_examples=MANY, **PATIENT)
settings.load_profile(os.environ.get("TRIAGE_TESTS") or ("ci" if os.environ.get("CI") else "usual"))


def pytest_configure(config):
    """Keep caches away from the person's own: every test, also one that starts a process, uses a folder of the run."""
    folder = tempfile.TemporaryDirectory(prefix="triage-tests-")
    config.add_cleanup(folder.cleanup)
    os.environ["XDG_CACHE_HOME"] = folder.name
    os.environ["XDG_STATE_HOME"] = folder.name
    os.environ["XDG_CONFIG_HOME"] = folder.name
    os.environ.pop("NO_COLOR", None)
    # Tests send these to processes that they start, which ignore them where this one was started to do so, as by nohup.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    # With the usual thresholds a quarter of all time goes into looking for garbage among what stays until the end.
    gc.set_threshold(50_000, 10, 10)


def pytest_collection_finish():
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def real_base():
    import knowledge

    return knowledge.load()


@pytest.fixture
def session(real_base):
    """A triage over the real knowledge, of which nothing is known yet."""
    from triage import Session

    return Session(real_base)


@pytest.fixture
def nan_session(session):
    """The same, with the log of a run whose loss turned NaN."""
    from tests.plain_talk import NAN_LOG
    from triage.history import read_history

    session.attach(read_history(NAN_LOG))
    return session


@pytest.fixture(scope="session")
def real_network(real_base):
    from triage.beliefs import compile_network

    return compile_network(real_base)


@pytest.fixture(scope="session")
def session_parts(real_base, real_network):
    from triage.interview import compile_questions

    return real_base, real_network, compile_questions(real_base, real_network)
