"""A server on this machine that holds two files, and spoils them as a test asks."""

import contextlib
import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from stages.datasets.official import CHUNK, File

GOOD = {"sub/images": b"images " * 50_000, "sub/labels": b"labels " * 1000}
FILES = [
    File(path, hashlib.md5(content).hexdigest(), len(content)) for path, content in GOOD.items()
]
PAGE = b"<!DOCTYPE html><title>Sign in to the network</title>"


class Server(ThreadingHTTPServer):
    """Serves GOOD; `spoil` may answer for it. Stops waiting handlers when it is closed."""

    daemon_threads = True

    def __init__(self, spoil=None):
        self.spoil, self.closing, self.sent = spoil, threading.Event(), 0
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server_port}/mirror"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        content = GOOD.get(self.path.removeprefix("/mirror/"))
        if self.server.spoil is not None:
            self.server.spoil(self, content)
        elif content is None:
            self.send_error(404)
        else:
            self.answer(content)

    def answer(
        self,
        content: bytes,
        length: int | str | None = None,
        wait: bool = False,
        encoding: str = "",
    ):
        self.send_response(200)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        if encoding:
            self.send_header("Content-Encoding", encoding)
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()
        if wait:
            self.server.closing.wait(30)

    def send_for_ever(self, length: int | None = None):
        """At most 400 MB, so that a test of who reads them all ends."""
        self.send_response(200)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        with contextlib.suppress(OSError):
            while self.server.sent < 400_000_000:
                self.wfile.write(b"x" * CHUNK)
                self.server.sent += CHUNK

    def log_message(self, *arguments):
        pass
