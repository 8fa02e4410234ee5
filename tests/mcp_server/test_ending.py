import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

pytest.importorskip("mcp", reason="the server comes with the extra mcp")

import anyio

from tests.mcp_server.serving import DATA, command, environment, served, told

PATIENCE = 60
ROWS = 1_500_000


@pytest.fixture(scope="module")
def long_log(tmp_path_factory):
    file = tmp_path_factory.mktemp("long") / "long.csv"
    with file.open("w") as stream:
        stream.write("step,loss\n")
        stream.writelines(f"{step},{2.0 + step % 7}\n" for step in range(ROWS))
    return file


def processes_of(temporary):
    """Processes that read for a server whose temporary folder this is."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if any(word.startswith(str(temporary)) for word in words):
            found.append(int(entry.name))
    return found


def wait_until(holds):
    end = time.monotonic() + PATIENCE
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()


def started(temporary, root, **more):
    return subprocess.Popen(
        command(root),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(TMPDIR=str(temporary)),
        **more,
    )


def ask(server, number, method, **params):
    line = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
    server.stdin.write(json.dumps(line).encode() + b"\n")
    server.stdin.flush()


def greet(server):
    ask(
        server,
        0,
        "initialize",
        protocolVersion="2025-06-18",
        capabilities={},
        clientInfo={"name": "tests", "version": "1"},
    )
    assert json.loads(server.stdout.readline())["result"]["serverInfo"]["name"] == "triage"
    server.stdin.write(b'{"jsonrpc": "2.0", "method": "notifications/initialized"}\n')
    server.stdin.flush()


async def test_progress_is_told_while_a_long_log_is_read_and_others_are_served_meanwhile(long_log):
    heard = []
    others = []

    async def hear(done, size, message):
        heard.append((done, size))

    async with served(long_log.parent, DATA) as client:

        async def read():
            await client.call_tool("diagnose", {"log": "long.csv"}, progress_callback=hear)
            others.append("read")

        async def meanwhile():
            while not heard:
                await anyio.sleep(0.01)
            await told(client, "search_knowledge", query="nan")
            others.append("searched")

        async with anyio.create_task_group() as group:
            group.start_soon(read)
            group.start_soon(meanwhile)
    assert others == ["searched", "read"]
    assert heard == sorted(heard)
    assert heard[-1][0] <= heard[-1][1] == long_log.stat().st_size


async def test_a_call_that_is_cancelled_ends_its_reading(long_log, tmp_path):
    began = anyio.Event()

    async def hear(done, size, message):
        began.set()

    async with served(long_log.parent, TMPDIR=str(tmp_path)) as client:
        async with anyio.create_task_group() as group:
            group.start_soon(client.call_tool, "diagnose", {"log": "long.csv"}, None, hear)
            await began.wait()
            assert processes_of(tmp_path)
            group.cancel_scope.cancel()
        await told(client, "diagnose", answers={"optimizer": "adam"})
        assert await anyio.to_thread.run_sync(wait_until, lambda: not processes_of(tmp_path))


def test_a_client_that_goes_without_a_word_leaves_no_process(long_log, tmp_path):
    with started(tmp_path, long_log.parent) as server:
        greet(server)
        ask(server, 1, "tools/call", name="diagnose", arguments={"log": "long.csv"})
        assert wait_until(lambda: processes_of(tmp_path))
        server.stdin.close()
        server.stdout.close()
        server.wait(PATIENCE)
        assert b"Traceback" not in server.stderr.read()
    assert wait_until(lambda: not processes_of(tmp_path))
    assert wait_until(lambda: not list(tmp_path.iterdir()))


def test_it_ends_with_status_zero_where_the_client_closes_its_end(tmp_path):
    with started(tmp_path, DATA) as server:
        greet(server)
        server.stdin.close()
        assert server.wait(PATIENCE) == 0
        assert server.stderr.read() == b""


def test_an_interrupt_ends_it_at_once(tmp_path):
    with started(tmp_path, DATA) as server:
        greet(server)
        os.kill(server.pid, signal.SIGINT)
        assert server.wait(PATIENCE) == 130
        assert server.stderr.read() == b""


def test_standard_output_holds_the_protocol_alone_whatever_comes_in(tmp_path):
    with started(tmp_path, DATA) as server:
        greet(server)
        server.stdin.write(b'no json\n{"jsonrpc": "2.0", "id": 1, "method": "no/such"}\n\xff\xfe\n{}\n[]\n')
        server.stdin.flush()
        ask(server, 2, "tools/call", name="diagnose", arguments={"log": "nan_in_input.csv"})
        server.stdin.close()
        lines = [json.loads(line) for line in server.stdout]
        server.wait(PATIENCE)
        assert b"Traceback" not in server.stderr.read()
    assert {line["jsonrpc"] for line in lines} == {"2.0"}


def test_what_it_needs_and_does_not_find_is_told_in_one_line(tmp_path):
    def said(*arguments, **more):
        done = subprocess.run(
            [*command(), *arguments], capture_output=True, text=True, env=environment(**more), check=False, input=""
        )
        return done.returncode, done.stdout, done.stderr

    assert said("--root", str(tmp_path / "none"))[::2] == (
        2,
        f"triage: expected a folder for --root, found '{tmp_path}/none'\n",
    )
    (tmp_path / "mcp").mkdir()
    (tmp_path / "mcp" / "__init__.py").write_text("raise ModuleNotFoundError('no mcp', name='mcp')\n")
    status, out, error = said(PYTHONPATH=f"{tmp_path}:{environment()['PYTHONPATH']}")
    assert (status, out) == (2, "")
    assert error == "triage: expected the extra mcp, found it not installed: pip install 'loss-triage[mcp]'\n"
