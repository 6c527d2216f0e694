"""One file from a server: an answer that comes in time, or one line that says who refused, and why.

Proxies are those of HTTP_PROXY, HTTPS_PROXY and NO_PROXY, certificates those of REQUESTS_CA_BUNDLE,
CURL_CA_BUNDLE or SSL_CERT_FILE, where one of these names a file.
"""

import os
import re
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import requests
import urllib3
from requests.utils import get_environ_proxies

from stages.command import LOG, Problem

VARIABLE = "RUNGS_MIRROR"
# Seconds to wait for a server's first answer, and for its next bytes.
PATIENCE = 10
# Seconds to wait before it is asked again, where it says that it is busy or out of order just now.
WAITS = (2, 8)
BUSY = (429, 500, 502, 503, 504)
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
CHUNK = 1 << 20
# The words in errors of requests and urllib3 that say what went wrong, and how it is said here.
# Nothing else of these errors is shown: they may hold the URL, and with it a password.
REASONS = {
    "Name or service not known": "name or service not known",
    "Temporary failure in name resolution": "temporary failure in name resolution",
    "Connection refused": "connection refused",
    "Network is unreachable": "network is unreachable",
    "No route": "no route",
    "certificate verify failed": "its certificate can't be verified; where your network has one of "
    f"its own, name that file in {BUNDLES[0]}",
    "IncompleteRead": "it ended early",
}


@dataclass
class Stream:
    """An opened file: what to call it, and its content."""

    name: str
    chunks: Iterable[bytes]


def get(url: str) -> Stream | None:
    """The file at a URL; None where the server says that it has none. Raises Problem where it
    can't be had."""
    name, response = shown(url), _answer(url)
    for wait in WAITS:
        if response.status_code in BUSY:
            said = f"HTTP {response.status_code} {response.reason}"
            LOG.info("%s: %s said %s; asking again in %d s", name, _who(url), said, wait)
            time.sleep(wait)
            response = _answer(url)
    if response.status_code == requests.codes.not_found:
        return None
    if not response.ok:
        said = f"{_who(url)} answered HTTP {response.status_code} {response.reason}"
        raise Problem(f"{name}: {said}; try again later, or {use_a_mirror()}")
    return Stream(name, _chunks(name, response))


def _chunks(name: str, response: requests.Response) -> Iterator[bytes]:
    """The content as it was sent: a server may call a `.gz` a file that is encoded by gzip, and
    requests would then unpack it."""
    try:
        with response:
            yield from response.raw.stream(CHUNK, decode_content=False)
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        reason = f"the connection broke off ({_reason(error)})"
        raise Problem(f"{name}: {reason}; try again, or {use_a_mirror()}") from error


def _answer(url: str) -> requests.Response:
    """A server's answer, waited for in a thread: without a network, looking up a name may take
    longer than any time-out of a connection."""
    results: list[requests.Response | Exception] = []
    certificates = _certificates()

    def ask() -> None:
        options = {"headers": {"Accept-Encoding": "identity"}, "verify": certificates}
        try:
            results.append(requests.get(url, stream=True, timeout=PATIENCE, **options))
        except (OSError, urllib3.exceptions.HTTPError, ValueError) as error:
            results.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(PATIENCE + 1)
    result = results[0] if results else requests.Timeout()
    if not isinstance(result, requests.Response):
        raise Problem(f"{shown(url)}: not reachable ({_reason(result)}); {use_a_mirror()}")
    return result


def _certificates() -> str | bool:
    """The file or folder of the authorities that are trusted, or True for requests' own. Raises
    Problem where the one that is named is not there."""
    for name in BUNDLES:
        if bundle := os.environ.get(name):
            if not os.path.exists(bundle):
                raise Problem(f"{name}: {bundle} is not there; correct the variable, or unset it")
            return bundle
    return True


def _who(url: str) -> str:
    """Who may have answered: a server, or a proxy in its place."""
    return "the server, or the proxy before it," if get_environ_proxies(url) else "the server"


def _reason(error: Exception) -> str:
    """What went wrong, in few words of our own."""
    text = str(error)
    if isinstance(error, requests.exceptions.ProxyError):
        refused = re.search(r"Tunnel connection failed: (\d+ [\w -]+)", text)
        said = f"refuses: HTTP {refused[1]}" if refused else "can't be reached"
        return f"the proxy that HTTPS_PROXY or HTTP_PROXY names {said}"
    if isinstance(error, requests.Timeout) or "timed out" in text.lower():
        return f"no answer within {PATIENCE} s"
    if isinstance(error, ValueError):
        return "this is no URL; in a password, write @ as %40, / as %2F, # as %23"
    known = (ours for words, ours in REASONS.items() if words in text)
    return next(known, type(error).__name__)


def shown(mirror: str) -> str:
    """A mirror's name as others may see it: without user and password, all before the last `@`."""
    return re.sub(
        r"^([a-z][a-z0-9+.-]*://)?.*@", r"\1***@", mirror, flags=re.IGNORECASE | re.DOTALL
    )


def use_a_mirror() -> str:
    """What helps where a server does not."""
    return f"set {VARIABLE} to a folder or URL that has torchvision's files"
