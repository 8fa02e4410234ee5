import os

import pytest

pytest.importorskip("mcp", reason="the server comes with the extra mcp")

from tests.mcp_server.serving import DATA, refused, served, told
from triage.mcp_server.desk import MOST_SESSIONS


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("diagnose", {}, "expected at least one of log, log_text, text"),
        ("diagnose", {"logs": "a.csv"}, "expected only the arguments log,"),
        ("diagnose", {"log": 7}, "log: expected a list, found 7"),
        ("diagnose", {"log": "a.csv", "log_text": "b"}, "expected either log or log_text, found both"),
        ("diagnose", {"text": "nan", "top": 0}, "top: expected a number of at least 1, found 0"),
        ("diagnose", {"text": "good morning"}, "recognised nothing"),
        ("diagnose", {"answers": {"optimiser": "adam"}}, "no finding is called 'optimiser'; nearest: optimizer"),
        ("diagnose", {"answers": {"optimizer": "adamm"}}, "nearest: adam"),
        ("diagnose", {"log": "missing.csv"}, "'missing.csv': expected a file or the folder of a run, found nothing"),
        ("diagnose", {"code": "."}, "'.': expected a file, found something else"),
        ("diagnose", {"log": "-"}, "'-': expected a file or the folder of a run, found nothing there"),
        ("diagnose", {"log": "nan_in_input.csv", "columns": {"train_loss": "nope"}}, "expected a column 'nope'"),
        ("diagnose", {"log_text": "no numbers here"}, "log_text"),
        ("diagnose", {"session": "0", "text": "nan"}, "expected the id of a session that diagnose gave, found '0'"),
        ("next_question", {}, "expected the argument 'session': the id that diagnose gave"),
        ("next_question", {"session": "x\ny"}, "none is under way"),
        ("answer", {"session": "0", "finding": "optimizer", "state": "adam"}, "call diagnose to begin one"),
        ("explain", {"session": "0", "cause": "nan_in_inputs"}, "no cause is called 'nan_in_inputs'"),
        ("search_knowledge", {"query": ""}, "query: "),
        ("search_knowledge", {"query": "nan", "kinds": ["recipe"]}, "kinds.0: "),
        ("diagnosis", {}, "expected one of the tools diagnose, next_question"),
    ],
)
async def test_what_cannot_be_used_is_told_in_one_line(tool, arguments, said, server):
    assert said in await refused(server, tool, **arguments)


@pytest.fixture
async def server():
    """The server in this process: what it refuses is the same on any transport."""
    from mcp import Client

    import knowledge
    from triage.mcp_server.desk import Desk
    from triage.mcp_server.roots import roots_of
    from triage.mcp_server.server import server_of

    return Connected(server_of(Desk(knowledge.load(), roots_of([str(DATA)]))), Client)


class Connected:
    """Each call over a connection of its own, as an open one may not outlive the task that it began in."""

    def __init__(self, server, client):
        self.server, self.client = server, client

    async def call_tool(self, tool, arguments):
        async with self.client(self.server) as client:
            return await client.call_tool(tool, arguments)


async def test_nothing_outside_the_roots_is_read(tmp_path):
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    for folder in (inside, outside, inside / "run"):
        folder.mkdir()
    secret = outside / "log.csv"
    secret.write_bytes((DATA / "nan_in_input.csv").read_bytes())
    (inside / "link.csv").symlink_to(secret)
    (inside / "folder").symlink_to(outside)
    (inside / "run" / "metrics.csv").symlink_to(secret)
    (inside / "fine.csv").symlink_to(DATA / "nan_in_input.csv")
    (inside / "loop").symlink_to(inside / "loop")
    os.mkfifo(inside / "pipe")
    async with served(inside, DATA) as client:
        for path in ("../outside/log.csv", str(secret), "link.csv", "folder", "folder/log.csv", "run", "/etc/passwd"):
            assert "(triage mcp --root), found one outside" in await refused(client, "diagnose", log=path)
        for kind in ("config", "code", "weights", "data"):
            assert "found one outside" in await refused(client, "diagnose", **{kind: ["link.csv"]})
        assert "found something else" in await refused(client, "diagnose", log="pipe")
        for path in ("loop", "a\0b", "x" * 5000, ""):
            await refused(client, "diagnose", log=path)
        await told(client, "diagnose", log="fine.csv")


async def test_a_refusal_leaves_the_session_as_it_was():
    async with served() as client:
        begun, _ = await told(client, "diagnose", answers={"optimizer": "adam"})
        session = begun["session"]
        await refused(client, "diagnose", session=session, log="nan_in_input.csv", code="missing.py")
        await refused(client, "answer", session=session, finding="precision", state="fp7")
        after, _ = await told(client, "answer", session=session, finding="optimizer", state="adam")
    assert after["diagnosis"] == begun["diagnosis"]


async def test_sessions_are_bounded_and_the_one_that_lay_idle_longest_goes():
    async with served() as client:
        names = [
            (await told(client, "diagnose", answers={"optimizer": "adam"}))[0]["session"] for _ in range(MOST_SESSIONS)
        ]
        await told(client, "next_question", session=names[0])
        await told(client, "diagnose", answers={"optimizer": "sgd"})
        await told(client, "next_question", session=names[0])
        assert names[1] not in (told_ := await refused(client, "next_question", session=names[1]))[80:]
    assert names[2] in told_


async def test_huge_input_is_refused_or_read_and_the_server_lives_on():
    async with served() as client:
        assert "log_text" in await refused(client, "diagnose", log_text="1,2\n" * 6_000_000)
        assert "expected at most 200,000 characters" in await refused(client, "diagnose", text="nan " * 100_000)
        assert "answers" in await refused(client, "diagnose", answers={f"f{n}": "x" for n in range(10_000)})
        rows = "".join(f"{step},{2.0 / (1 + step)}\n" for step in range(200_000))
        briefing, _ = await told(client, "diagnose", log_text=f"step,loss\n{rows}")
    assert briefing["diagnosis"]["history"]["steps"] == 200_000


async def test_what_comes_from_files_is_shown_without_what_a_terminal_would_act_on(tmp_path):
    hostile = "loss\x1b[2J\u202e"
    (tmp_path / "a.csv").write_text(f"step,loss,{hostile}\n" + "".join(f"{n},{1 / (n + 1)},{n}\n" for n in range(50)))
    async with served(tmp_path) as client:
        _, text = await told(client, "diagnose", log="a.csv")
    assert "\x1b" not in text
    assert "\u202e" not in text
