"""The app in a browser: what the server sends, and what is left once it has ended."""

import asyncio
import re
import signal
import socket
import subprocess
import sys

import pytest

from tests.tui.terminals import TRIAGE, environment, until

aiohttp = pytest.importorskip("aiohttp")
pytest.importorskip("textual_serve")


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def served(folder, port):
    """A server that listens."""
    process = subprocess.Popen(
        [*TRIAGE, "--serve", str(port)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(folder),
        cwd=folder,
    )
    assert f"http://127.0.0.1:{port} " in process.stdout.readline()
    return process


def children(process):
    """The processes that a server has started."""
    listed = subprocess.run(["ps", "-Ao", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    return [int(pid) for pid, parent in map(str.split, listed.splitlines()) if int(parent) == process.pid]


def is_running(pid):
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(listed.strip()) and not listed.startswith("Z")


async def shown(page, words):
    """Wait until the words were drawn; a screen is drawn with signs for its colours and places between them."""
    text = ""
    async with asyncio.timeout(60):
        while words not in text:
            message = await page.receive()
            assert message.type == aiohttp.WSMsgType.BINARY, message
            text += re.sub(r"\x1b\[[?0-9;]*[A-Za-z$]", "", message.data.decode())


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
async def test_a_browser_sees_the_first_screen_and_nothing_is_left_when_the_server_ends(tmp_path, sent):
    port = free_port()
    process = served(tmp_path, port)
    address = f"http://127.0.0.1:{port}"
    try:
        async with aiohttp.ClientSession() as browser:
            async with browser.get(address) as page:
                assert page.status == 200
                source = await page.text()
            socket_address = re.search(r'data-session-websocket-url="([^"]+)"', source).group(1)
            for foreign in (None, "http://elsewhere.example", f"http://elsewhere.example:{port}", "null"):
                with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                    await browser.ws_connect(socket_address, origin=foreign)
                assert refused.value.status == 403
            assert not children(process)
            async with browser.ws_connect(f"{socket_address}?width=80&height=24", origin=address) as page:
                await shown(page, "New triage")
                started = children(process)
                assert started
                await page.send_json(["stdin", "n"])
                await shown(page, "What is wrong?")
                process.send_signal(sent)
                async for _ in page:  # a browser, too, goes on listening, and so agrees to the end
                    pass
                status = await asyncio.to_thread(process.wait, 60)
        assert status == (-sent if sent == signal.SIGKILL else 0)
        assert process.stderr.read() == ""
        until(lambda: not any(map(is_running, started)), lambda: f"expected {started} to have ended")
    finally:
        process.kill()
        process.communicate()


def test_a_taken_port_is_one_line_and_nothing_is_said_to_be_there(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "triage.cli", "--serve", str(port)]
        process = subprocess.run(command, capture_output=True, text=True, env=environment(tmp_path), check=False)
    assert process.returncode == 2
    assert process.stdout == ""
    assert process.stderr.count("\n") == 1
    assert f"port {port}" in process.stderr
