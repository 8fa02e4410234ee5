"""A real server in a process of its own, spoken to by the SDK's own client."""

import os
import sys
from contextlib import asynccontextmanager
from pathlib import Path

from mcp import Client, StdioServerParameters

REPOSITORY = Path(__file__).parents[2]
DATA = REPOSITORY / "tests" / "data"


def command(*roots):
    flags = [flag for root in roots for flag in ("--root", str(root))]
    return [sys.executable, "-W", "error", "-m", "triage.cli", "mcp", *flags]


def environment(**more):
    kept = {name: value for name, value in os.environ.items() if name.startswith(("XDG_", "PATH", "HOME"))}
    return {**kept, "PYTHONPATH": str(REPOSITORY), **more}


@asynccontextmanager
async def served(*roots, flags=(), mode="auto", **more):
    """A client of a server that may read below the roots; what is left are variables of its environment."""
    program, *arguments = command(*(roots or (DATA,)))
    server = StdioServerParameters(command=program, args=[*arguments, *flags], env=environment(**more), cwd=str(DATA))
    async with Client(server, mode=mode) as client:
        yield client


async def told(client, tool, **arguments):
    """What a tool gives back, which must be no error."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content[0].text
    return result.structured_content, result.content[0].text


async def refused(client, tool, **arguments):
    """The line that a tool refuses with."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    assert result.structured_content is None
    (content,) = result.content
    assert "\n" not in content.text
    assert "Traceback" not in content.text
    return content.text
