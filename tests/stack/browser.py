"""A headless Chromium, driven over the WebDriver protocol; no package needed beyond the browser itself."""

import base64
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

# Debian and Ubuntu: apt install chromium chromium-driver fonts-noto-cjk
NEEDED = ("chromium", "chromedriver")
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
)
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
WAIT_S = 120.0


def missing() -> list[str]:
    """The programs that are needed and not there."""
    return [name for name in NEEDED if shutil.which(name) is None]


class BrowserError(Exception):
    """The browser refused a command, or what was waited for never came."""


class Browser:
    """One window. `language` is what the browser says it prefers."""

    def __init__(self, *, language: str = "zh-CN", width: int = 390, height: int = 844, dark: bool = False) -> None:
        self._profile = tempfile.TemporaryDirectory(prefix="pages-")
        self._driver = subprocess.Popen(
            [shutil.which("chromedriver") or "chromedriver", "--port=0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._http = requests.Session()
        self._url = f"http://127.0.0.1:{self._port()}"
        arguments = [*ARGUMENTS, f"--user-data-dir={self._profile.name}", f"--lang={language}"]
        options = {
            "binary": shutil.which("chromium"),
            "args": arguments,
            "prefs": {"intl.accept_languages": language, "download.default_directory": self._profile.name},
        }
        capabilities = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        started = self._send("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
        self._url += f"/session/{started['sessionId']}"
        self.resize(width, height)
        if dark:
            features = [{"name": "prefers-color-scheme", "value": "dark"}]
            self.devtools("Emulation.setEmulatedMedia", features=features)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._send("DELETE", "")
        finally:
            self._driver.terminate()
            self._driver.communicate(timeout=WAIT_S)
            self._http.close()
            self._profile.cleanup()

    def resize(self, width: int, height: int, *, zoom: float = 1) -> None:
        """Show the page in a window of this many CSS pixels; `zoom` 2 leaves it half of them."""
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            width=round(width / zoom),
            height=round(height / zoom),
            deviceScaleFactor=zoom,
            mobile=width < 600,
        )

    def open(self, url: str) -> None:
        """Load a page, also when only what is behind its `#` changes, and wait until its script has filled it."""
        self._send("POST", "/url", {"url": "about:blank"})
        self._send("POST", "/url", {"url": url})
        filled = "const e = document.querySelector('[data-text=brand]'); return !e || e.textContent !== ''"
        self.wait(lambda: self.run(filled), "the page's texts")

    def run(self, script: str, *arguments: object) -> Any:
        """Run a script in the page; its return value."""
        return self._send("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def find(self, selector: str) -> str:
        """The first visible element that fits, waited for. Raises BrowserError."""
        script = "return [...document.querySelectorAll(arguments[0])].find((e) => e.checkVisibility()) ?? null"
        found = self.wait(lambda: self.run(script, selector), selector)
        return str(found[ELEMENT])

    def text(self, selector: str = "main") -> str:
        """The text of an element as it is seen."""
        return str(self._send("GET", f"/element/{self.find(selector)}/text"))

    def wait(self, condition: Any, what: str) -> Any:
        """Wait until the condition holds; what it returned. Raises BrowserError."""
        until = time.monotonic() + WAIT_S
        while time.monotonic() < until:
            if found := condition():
                return found
            time.sleep(0.05)
        raise BrowserError(f"never came: {what}; the page says: {self.run('return document.body.innerText')!r}")

    def wait_for_text(self, words: str, selector: str = "main") -> None:
        """Wait until an element says something."""
        script = "return [...document.querySelectorAll(arguments[0])].some((e) => e.innerText.includes(arguments[1]))"
        self.wait(lambda: self.run(script, selector, words), words)

    def click(self, selector: str) -> None:
        """Click an element."""
        self._send("POST", f"/element/{self.find(selector)}/click", {})

    def write(self, selector: str, text: str) -> None:
        """Type into an element."""
        self._send("POST", f"/element/{self.find(selector)}/value", {"text": text})

    def attach(self, selector: str, path: Path) -> None:
        """Choose a file in a file input."""
        element = self.run("return document.querySelector(arguments[0])", selector)[ELEMENT]
        self._send("POST", f"/element/{element}/value", {"text": str(path)})

    def picture(self, path: Path) -> None:
        """Save a picture of the whole page, not of the window only."""
        size = self.devtools("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        shot = self.devtools("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        path.write_bytes(base64.b64decode(shot["data"]))

    def devtools(self, command: str, **parameters: object) -> Any:
        """Run a command of the DevTools protocol."""
        return self._send("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def complaints(self) -> list[str]:
        """What the browser's console complained of since the last time."""
        entries = self._send("POST", "/se/log", {"type": "browser"})
        return [entry["message"] for entry in entries if entry["level"] in {"SEVERE", "WARNING"}]

    def _port(self) -> int:
        """The free port that the driver found; it says so once it listens there."""
        for line in self._driver.stdout or ():
            if found := re.search(r"started successfully on port (\d+)", line):
                return int(found[1])
        raise BrowserError("chromedriver did not start")

    def _send(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._http.request(method, self._url + path, json=body, timeout=WAIT_S).json()["value"]
        if isinstance(answer, dict) and "error" in answer:
            raise BrowserError(f"{answer['error']}: {answer['message'].splitlines()[0]}")
        return answer
