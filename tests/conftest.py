"""What all tests share: the real knowledge, loaded once, and a cache folder that is nobody's own."""

import os
import tempfile

import pytest
from hypothesis import HealthCheck, settings

PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("suite", **PATIENT)
settings.register_profile("repeatable", derandomize=True, **PATIENT)
settings.load_profile("repeatable" if os.environ.get("CI") else "suite")


def pytest_configure(config):
    """Keep caches away from the person's own: every test, also one that starts a process, uses a folder of the run."""
    folder = tempfile.TemporaryDirectory(prefix="triage-tests-")
    config.add_cleanup(folder.cleanup)
    os.environ["XDG_CACHE_HOME"] = folder.name
    os.environ["XDG_STATE_HOME"] = folder.name
    os.environ["XDG_CONFIG_HOME"] = folder.name
    os.environ.pop("NO_COLOR", None)


@pytest.fixture(scope="session")
def real_base():
    import knowledge

    return knowledge.load()


@pytest.fixture(scope="session")
def real_network(real_base):
    from triage.beliefs import compile_network

    return compile_network(real_base)


@pytest.fixture(scope="session")
def session_parts(real_base, real_network):
    from triage.interview import compile_questions

    return real_base, real_network, compile_questions(real_base, real_network)
