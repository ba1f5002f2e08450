"""A headless Chromium of one's own, driven over its debugging socket with the standard library alone.

Debian's chromium when it is there; without it the tests that need one are skipped."""
import base64
import itertools
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.parse
import urllib.request

import pytest

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--window-size=1300,1500",
         "--remote-debugging-port=0"]


class Browser:
    def __init__(self, folder):
        path = shutil.which("chromium")
        if not path:
            pytest.skip("chromium isn't installed")
        self.process = subprocess.Popen([path, *FLAGS, f"--user-data-dir={folder}", "about:blank"], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        self.numbers, self.events = itertools.count(1), []
        port_file = folder / "DevToolsActivePort"
        self.wait(lambda: port_file.exists() and port_file.read_text().count("\n"), "chromium doesn't start", 40)
        port = port_file.read_text().split("\n")[0]
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        page = next(t for t in json.load(opener.open(f"http://127.0.0.1:{port}/json")) if t["type"] == "page")
        self.connect(urllib.parse.urlsplit(page["webSocketDebuggerUrl"]))
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")

    @staticmethod
    def wait(condition, what, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = condition()
            if found:
                return found
            time.sleep(0.05)
        raise AssertionError(what)

    def connect(self, url):
        self.socket = socket.create_connection((url.hostname, url.port), timeout=30)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                             f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
        reply = b""
        while b"\r\n\r\n" not in reply:
            reply += self.socket.recv(1)
        assert b" 101 " in reply

    def take(self, count):
        data = b""
        while len(data) < count:
            piece = self.socket.recv(count - len(data))
            assert piece, "chromium closed the connection"
            data += piece
        return data

    def receive(self):
        message = b""
        while True:
            head, length = self.take(2)
            length &= 127
            if length > 125:
                length = int.from_bytes(self.take(2 if length == 126 else 8), "big")
            message += self.take(length)
            if head & 128:
                return json.loads(message)

    def call(self, method, **params):
        number = next(self.numbers)
        data = json.dumps({"id": number, "method": method, "params": params}).encode()
        size = bytes([128 | len(data)]) if len(data) < 126 else bytes([254]) + len(data).to_bytes(2, "big") if len(data) < 65536 \
            else bytes([255]) + len(data).to_bytes(8, "big")
        self.socket.sendall(b"\x81" + size + b"\0\0\0\0" + data)  # a mask of zeros leaves the bytes as they are
        while True:
            message = self.receive()
            if message.get("id") == number:
                assert "error" not in message, message
                return message["result"]
            self.events.append(message)

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def until(self, expression, seconds=20):
        return self.wait(lambda: self.evaluate(f"(() => {{ try {{ return Boolean({expression}); }} catch {{ return null; }} }})()"),
                         f"never true: {expression}", seconds)

    def open(self, url):
        self.events.clear()
        self.call("Page.navigate", url=url)
        self.until("document.readyState === 'complete' && location.href !== 'about:blank'")

    def complaints(self):
        """Errors of the console: uncaught exceptions, refused by policy, not found."""
        self.evaluate("1")
        return [event["params"] for event in self.events
                if event["method"] == "Runtime.exceptionThrown" or
                event["method"] == "Log.entryAdded" and event["params"]["entry"]["level"] == "error"]

    def requests(self):
        return [event["params"]["request"]["url"] for event in self.events if event["method"] == "Network.requestWillBeSent"]

    def screenshot(self, path):
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))

    def close(self):
        self.socket.close()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)


@pytest.fixture
def browser(tmp_path):
    running = Browser(tmp_path)
    yield running
    running.close()
