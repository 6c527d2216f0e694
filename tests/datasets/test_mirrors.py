"""Mirrors that send too much, call an archive an encoding or need a password: bounded, silent."""

import base64
import gzip
import hashlib
import re

import pytest
from mirror_server import FILES, GOOD, PAGE
from test_official import arrives, is_refused

from stages.command import Problem
from stages.datasets.official import CHUNK, File, fetch


@pytest.mark.parametrize("length", [None, 2**40], ids=["says no size", "says a terabyte"])
def test_a_server_that_sends_for_ever_is_left_after_what_is_due(
    length, mirror, tmp_path, serve, monkeypatch
):
    monkeypatch.setenv(
        "RUNGS_MIRROR", serve(lambda handler, content: handler.send_for_ever(length))
    )
    words = "sub/images: expected 350,000 bytes, found more", "RUNGS_MIRROR"
    is_refused(tmp_path / "new", *words)
    [server] = serve.servers
    assert server.sent < 32 * CHUNK, "what systems and sockets hold on the way, but no more"


def test_a_file_in_a_folder_that_is_longer_than_due(mirror, tmp_path):
    (mirror / "sub/images").write_bytes(GOOD["sub/images"] + b"\0")
    is_refused(tmp_path / "new", f"{mirror / 'sub/images'}: expected 350,000 bytes, found more")


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip"])
def test_an_archive_that_is_called_an_encoding_stays_an_archive(
    encoding, tmp_path, serve, monkeypatch
):
    """Apache calls a `.gz` so where it is told `AddEncoding`; the bytes are the file's."""
    archive = gzip.compress(b"images " * 50_000)
    url = serve(lambda handler, content: handler.answer(archive, encoding=encoding))
    monkeypatch.setenv("RUNGS_MIRROR", url)
    file = File("images.gz", hashlib.md5(archive).hexdigest(), len(archive))
    [path] = fetch("http://127.0.0.1:1", [[file]], tmp_path / "new")
    assert path.read_bytes() == archive


def test_a_size_that_is_no_number_is_passed_over(tmp_path, serve, monkeypatch):
    monkeypatch.setenv(
        "RUNGS_MIRROR", serve(lambda handler, content: handler.answer(content, length="many"))
    )
    arrives(tmp_path / "new")


def spoilt(status: int):
    return lambda handler, content: handler.send_error(status)


REFUSALS = {
    "nothing there": spoilt(404),
    "forbidden": spoilt(403),
    "damaged": lambda handler, content: handler.answer(PAGE),
    "too long": lambda handler, content: handler.send_for_ever(),
    "breaks off": lambda handler, content: handler.answer(content[:9], len(content)),
    "no answer": lambda handler, content: handler.server.closing.wait(30),
    "one file lacks": lambda handler, content: (
        handler.send_error(404) if handler.path.endswith("labels") else handler.answer(content)
    ),
}


@pytest.mark.parametrize("kind", REFUSALS)
def test_no_message_holds_the_password_of_a_mirror(kind, mirror, tmp_path, serve, monkeypatch):
    address = serve(REFUSALS[kind]).removeprefix("http://")
    monkeypatch.setenv("RUNGS_MIRROR", f"http://somebody:s3cret@{address}")
    with pytest.raises(Problem) as problem:
        fetch("http://127.0.0.1:1", [FILES], tmp_path / "new")
    assert f"http://***@{address}" in str(problem.value)
    assert "s3cret" not in str(problem.value)
    assert "somebody" not in str(problem.value)


@pytest.mark.parametrize(
    "mirror",
    [
        "http://somebody:s3cret@127.0.0.1:1/x",
        "HTTP://somebody:s3cret@127.0.0.1:1/x",
        "http://somebody:s3cret@no-such-host.invalid/x",
        "http://somebody:s3c@ret@127.0.0.1:1/x",
        "http://somebody:s3c/s3cret@127.0.0.1:1/x",
        "http://somebody:s3c#s3cret@127.0.0.1:1/x",
        "http://somebody:s3c[ret@127.0.0.1:1/x",
        "http://somebody:s3cret@",
        "http://somebody:s3cret@127.0.0.1:port/x",
        "ftp://somebody:s3cret@127.0.0.1/x",
        "somebody:s3cret@127.0.0.1/x",
    ],
)
def test_no_message_about_its_name_does_either(mirror, tmp_path, monkeypatch):
    monkeypatch.setenv("RUNGS_MIRROR", mirror)
    with pytest.raises(Problem) as problem:
        fetch("http://127.0.0.1:1", [FILES], tmp_path / "new")
    assert "RUNGS_MIRROR" in str(problem.value)
    assert not re.search("somebody|s3c|ret@", str(problem.value)), problem.value


def test_a_password_is_used(tmp_path, serve, monkeypatch):
    """Basic authentication, with `@` written as %40: what a server gets is the password itself."""
    expected = "Basic " + base64.b64encode(b"somebody:s3c@ret").decode()

    def answer(handler, content):
        authorized = handler.headers["Authorization"] == expected
        handler.answer(content) if authorized else handler.send_error(401)

    address = serve(answer).removeprefix("http://")
    monkeypatch.setenv("RUNGS_MIRROR", f"http://somebody:s3c%40ret@{address}")
    arrives(tmp_path / "new")
