"""A headless Chromium, driven over the DevTools protocol through a pipe: nothing listens, and nothing is fetched."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path

__all__ = ["NAMES", "Browser", "Tab", "chromium"]

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--hide-scrollbars",
    "--remote-debugging-pipe",
)  # fmt: skip

MOST_MESSAGES = 100_000


def chromium():
    """Where the program lies, or None."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Browser:
    """One process with a profile of its own, both gone when it is closed."""

    def __init__(self):
        self._profile = tempfile.TemporaryDirectory(prefix="triage-browser-", ignore_cleanup_errors=True)
        to_read, self._to = os.pipe()
        self._from, to_write = os.pipe()
        # The protocol is spoken on the descriptors 3 and 4.
        plumbing = f'exec 3<&{to_read} 4>&{to_write}; exec "$@"'
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", plumbing, "browser", chromium(), *FLAGS, f"--user-data-dir={self._profile.name}"],
            pass_fds=(to_read, to_write), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        os.close(to_read)
        os.close(to_write)
        self._numbers, self._rest = count(1), b""
        self.events = []

    def call(self, method, session=None, **parameters):
        """The answer to a command of the protocol; what happens meanwhile is kept in ``events``."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        os.write(self._to, json.dumps(message | ({"sessionId": session} if session else {})).encode() + b"\0")
        return self._until(lambda found: found.get("id") == number, method)

    def wait(self, event, session):
        """Let things happen until this does."""
        if not any(one["method"] == event and one.get("sessionId") == session for one in self.events):
            self._until(lambda found: found.get("method") == event and found.get("sessionId") == session, event)

    def _until(self, is_wanted, what):
        for _ in range(MOST_MESSAGES):
            found = self._message()
            if "method" in found:
                self.events.append(found)
            if is_wanted(found):
                assert "error" not in found, f"{what}: {found['error']}"
                return found.get("result", {})
        raise AssertionError(f"expected {what}, found none")

    def _message(self):
        while b"\0" not in self._rest:
            more = os.read(self._from, 1 << 20)
            assert more, "the browser has ended"
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\0")
        return json.loads(line)

    def close(self):
        """End the process and remove the profile."""
        try:
            self.call("Browser.close")
        except (AssertionError, OSError):
            self._process.kill()
        self._process.wait(30)
        os.close(self._to)
        os.close(self._from)
        self._profile.cleanup()

    def open(self, file, *, width=1200, height=900, dark=False):
        """A tab with a file in it, loaded."""
        return Tab(self, Path(file), width, height, dark)


class Tab:
    """One page; what it logged, violated or asked for over the network is kept."""

    def __init__(self, browser, file, width, height, dark):
        self._browser = browser
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._target = target
        for domain in ("Page", "Network", "Log", "Runtime", "Audits", "Accessibility"):
            self.call(f"{domain}.enable")
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", media="", features=[scheme])
        browser.events.clear()
        self.call("Page.navigate", url=file.resolve().as_uri())
        browser.wait("Page.loadEventFired", self._session)

    def call(self, method, **parameters):
        return self._browser.call(method, self._session, **parameters)

    def value(self, expression):
        """What an expression of JavaScript is in the page."""
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def happened(self, *methods):
        """The parameters of events of some kinds since the page was opened."""
        return [one["params"] for one in self._browser.events if one["method"] in methods]

    def tree(self):
        """Role and name of what assistive technology is told of, in order."""
        nodes = self.call("Accessibility.getFullAXTree")["nodes"]
        shown = (node for node in nodes if not node.get("ignored"))
        return [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in shown]

    def picture(self):
        """The whole page as PNG, in base64."""
        return self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]

    def pdf(self):
        """The page printed, in base64."""
        return self.call("Page.printToPDF", printBackground=False, preferCSSPageSize=True)["data"]

    def close(self):
        self._browser.call("Target.closeTarget", targetId=self._target)
