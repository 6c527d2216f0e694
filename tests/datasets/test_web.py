"""Servers that are busy, proxies that refuse and certificates of one's own: each is tried, used, or
named in one line."""

import re
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest
from mirror_server import FILES, GOOD

from stages.command import Problem
from stages.datasets import web
from stages.datasets.official import fetch

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    """No proxy and no certificates but a test's; waits are counted, not waited."""
    for name in (*web.BUNDLES, *PROXIES, *map(str.upper, PROXIES)):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv(web.VARIABLE, raising=False)
    waited = []
    monkeypatch.setattr(web.time, "sleep", waited.append)
    return waited


@pytest.mark.parametrize("status", [503, 429, 500])
@pytest.mark.parametrize("times", [1, 2])
def test_a_server_that_is_busy_is_asked_again(status, times, tmp_path, serve, nothing_set):
    asked = []

    def spoil(handler, content):
        asked.append(handler.path)
        busy = len(asked) <= times
        handler.send_error(status) if busy else handler.answer(content)

    paths = fetch(f"{serve(spoil)}/sub", [FILES], tmp_path)
    assert [path.read_bytes() for path in paths] == list(GOOD.values())
    assert nothing_set == list(web.WAITS[:times])


def test_a_server_that_stays_busy_is_asked_three_times(tmp_path, serve, nothing_set):
    with pytest.raises(Problem, match=r"the server answered HTTP 503 .*; try again later"):
        fetch(serve(lambda handler, content: handler.send_error(503)), [FILES], tmp_path)
    assert nothing_set == list(web.WAITS)


@pytest.mark.parametrize("status", [403, 404, 410])
def test_what_another_try_does_not_help_is_not_tried(status, tmp_path, serve, nothing_set):
    with pytest.raises(Problem, match=f"HTTP {status}"):
        fetch(serve(lambda handler, content: handler.send_error(status)), [FILES], tmp_path)
    assert nothing_set == []


def test_a_proxy_that_refuses_is_not_the_server(tmp_path, serve, monkeypatch):
    """Which http.server does with CONNECT, by which https goes through a proxy."""
    proxy = re.sub("/mirror$", "", serve())
    monkeypatch.setenv("HTTPS_PROXY", proxy.replace("http://", "http://me:s3cret@"))
    with pytest.raises(Problem, match=r"the proxy that .* names refuses: HTTP 501") as problem:
        fetch("https://example.org/x", [FILES], tmp_path)
    assert "s3cret" not in str(problem.value)


def test_a_proxy_that_is_not_there_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    with pytest.raises(Problem, match=r"the proxy that .* names can't be reached"):
        fetch("https://example.org/x", [FILES], tmp_path)


def test_what_a_proxy_answers_may_be_its_own(tmp_path, serve, monkeypatch):
    refuse = serve(lambda handler, content: handler.send_error(407))
    monkeypatch.setenv("HTTP_PROXY", refuse)
    with pytest.raises(Problem, match="the server, or the proxy before it, answered HTTP 407"):
        fetch("http://example.org/x", [FILES], tmp_path)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Path:
    """A certificate for this machine, signed by nobody, with its key."""
    path = tmp_path_factory.mktemp("tls") / "own.pem"
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl to make a certificate")
    words = [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=127.0.0.1",
    ]
    name = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path, "-out", f"{path}.crt"]
    subprocess.run(["openssl", *words, *name], check=True, capture_output=True)
    with open(path, "a", encoding="utf-8") as file:
        file.write(Path(f"{path}.crt").read_text(encoding="utf-8"))
    return path


@pytest.fixture
def secure(serve, certificate) -> str:
    """The address of a server that speaks TLS with that certificate."""
    url = serve()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    [server] = serve.servers
    server.socket = context.wrap_socket(server.socket, server_side=True)
    return url.replace("http://", "https://")


@pytest.mark.parametrize("name", web.BUNDLES)
def test_a_company_s_own_certificate_is_trusted_where_it_is_named(
    name, secure, certificate, tmp_path, monkeypatch
):
    with pytest.raises(Problem, match=r"its certificate can't be verified; .* REQUESTS_CA_BUNDLE"):
        fetch(f"{secure}/sub", [FILES], tmp_path)
    monkeypatch.setenv(name, f"{certificate}.crt")
    assert len(fetch(f"{secure}/sub", [FILES], tmp_path)) == len(FILES)


@pytest.mark.parametrize("name", web.BUNDLES)
def test_certificates_that_are_not_there_are_one_line_at_once(name, tmp_path, monkeypatch):
    monkeypatch.setenv(name, "/nowhere/ca.pem")
    with pytest.raises(Problem, match=f"{name}: /nowhere/ca.pem is not there"):
        fetch("https://127.0.0.1:1/x", [FILES], tmp_path)


def test_certificates_that_are_none_are_one_line(tmp_path, monkeypatch):
    (tmp_path / "ca.pem").write_text("no certificate", encoding="utf-8")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with pytest.raises(Problem, match="not reachable"):
        fetch("https://127.0.0.1:1/x", [FILES], tmp_path)
