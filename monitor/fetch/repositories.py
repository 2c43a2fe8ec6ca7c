"""Documents in git repositories as sources: `git+file:PATH@REV#FILE`, `git+https://HOST/PATH.git@REV#FILE`.

`@REV` is a branch or tag (in a local repository anything that names a commit); without it, HEAD. What counts is what
is committed. Of a remote repository only the newest commit is fetched, into a folder that is gone afterwards, and only
when that is not the commit seen last.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from monitor.errors import FetchCategory, FetchError, UsageError
from monitor.fetch.address import shown
from monitor.fetch.guard import AddressPolicy, host_of
from monitor.fetch.program import base_command, environment, reason, run, run_limited
from monitor.fetch.tree import Tree
from monitor.fetch.types import ClientOptions, FetchLimits

_GIT = re.compile(r"git\+(file|https?):", re.IGNORECASE)
_USUAL = {"http": 80, "https": 443}
_ORIGIN = "origin"
_LIMIT = FetchLimits().bytes
_PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy", "no_proxy"})
_REVISION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/+-]*")
_SETTINGS = {
    "protocol.allow": "never",
    "protocol.http.allow": "always",
    "protocol.https.allow": "always",
    "http.followRedirects": "false",
    "credential.interactive": "false",
    # A server may name other places to fetch from.
    "transfer.bundleURI": "false",
    "fetch.uriProtocols": "",
    "pack.threads": "2",  # each takes memory, which is limited
}
_TOO_LARGE = ("File too large", "ut of memory")  # the limits of `run_limited`
_WORDS: tuple[tuple[str, FetchCategory, str | None], ...] = (
    ("Could not resolve host", "dns", None),
    ("SSL", "tls", None),
    ("Authentication failed", "http status", "Give a login in the source's headers."),
    ("could not read Username", "http status", "It asks for a login: give it in the source's headers."),
    ("not found", "http status", "Look whether the repository has moved, or wants a login."),
    ("error: 3", "http status", "It redirects: give the address that it leads to."),
    ("error: 4", "http status", None),
    ("error: 5", "http status", None),
)


def is_repository(url: str) -> bool:
    """Whether an address is of this kind."""
    return _GIT.match(url) is not None


@dataclass(frozen=True, slots=True)
class RepositoryUrl:
    """A file in a repository: where that is (a path or URL), the revision or None for HEAD, the file ("": find it)."""

    repository: str
    local: bool
    revision: str | None
    file: str

    @classmethod
    def of(cls, url: str) -> RepositoryUrl:
        """What an address says. Raises FetchError (`invalid`)."""
        rest, _, file = url[4:].partition("#")
        scheme, _, path = rest.partition(":")
        head, at, revision = path.rpartition("@")
        # `@` before the last slash belongs to the path or to a login: a branch with a slash is told by `.git@`.
        if at and ("/" not in revision or head.endswith(".git")) and not head.rstrip("/").endswith((":", "//")):
            path = head
        else:
            revision = ""
        if revision and not _REVISION.fullmatch(revision):
            raise FetchError(f"{revision!r} is no name of a revision", category="invalid", where=shown(url))
        local = scheme.lower() == "file"
        where = unquote(re.sub(r"^//(?:localhost)?(?=/)", "", path)) if local else f"{scheme}:{path}"
        return cls(where, local, revision or None, unquote(file).strip("/"))


@contextmanager
def repository_at(
    url: str,
    *,
    headers: Mapping[str, str],
    base: Path | None,
    limits: FetchLimits,
    policy: AddressPolicy,
    options: ClientOptions,
    known: str | None,
) -> Iterator[Tree | None]:
    """The files of the commit that an address names; None when that is the commit `known`.

    Raises FetchError, as `fetch` does.
    """
    target = RepositoryUrl.of(url)
    if target.local:
        policy.demand_file(shown(url))
        folder = Path(target.repository) if base is None else base / target.repository
        with _local(folder, target.revision or "HEAD", url) as tree:
            yield None if tree.commit == known else tree
        return
    remote = _Remote(target.repository, headers, limits, policy, options)
    commit = remote.commit(target.revision)
    if commit == known:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="specwatch-") as scratch:
        folder = Path(scratch) / "repository"
        remote.clone(folder, target.revision)
        with _local(folder, "HEAD", url, limit=limits.bytes, partial=True) as tree:
            yield tree


@contextmanager
def _local(folder: Path, revision: str, url: str, *, limit: int = _LIMIT, partial: bool = False) -> Iterator[Tree]:
    try:
        base = base_command(folder)
    except UsageError as error:
        raise FetchError(error.what, category="file", where=shown(url), advice=error.advice) from error
    found = run([*base, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"])
    if found.returncode != 0:
        what = "there is no commit yet" if revision == "HEAD" else f"there is no branch, tag or commit {revision!r}"
        raise FetchError(what, category="file", where=shown(url))
    with Tree(base, found.stdout.decode().strip(), limit=limit, partial=partial) as tree:
        yield tree


class _Remote:
    """A repository on another machine, reached by git itself, to an address that was checked."""

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        limits: FetchLimits,
        policy: AddressPolicy,
        options: ClientOptions,
    ) -> None:
        self._url = url = _in_ascii(url)
        self._limits = limits
        self._end = time.monotonic() + limits.total
        settings = _configured(self._settings(url, headers, policy, options))
        # By which proxy it goes is settled; curl has rules of its own for the same variables.
        kept = {name: value for name, value in environment().items() if name.lower() not in _PROXIES}
        self._environment = {**kept, **settings}

    def commit(self, revision: str | None) -> str:
        """The id of the commit that a branch or tag names now. Raises FetchError."""
        wanted = ("HEAD",) if revision is None else (f"refs/heads/{revision}", f"refs/tags/{revision}")
        lines = self._run("ls-remote", "--", self._url, *wanted).decode("utf-8", "replace").splitlines()
        if not lines:
            what = "it has no commit yet" if revision is None else f"it has no branch or tag {revision!r}"
            raise FetchError(what, category="http status", where=shown(self._url))
        return lines[0].partition("\t")[0]

    def clone(self, folder: Path, revision: str | None) -> None:
        """Fetch one commit, without files that are larger than any document. Raises FetchError."""
        branch = () if revision is None else ("--branch", revision)
        large = f"--filter=blob:limit={self._limits.bytes + 1}"
        shallow = ("--bare", "--depth=1", "--single-branch", "--no-tags", "--quiet", f"--origin={_ORIGIN}", large)
        self._run("clone", *shallow, *branch, "--", self._url, str(folder))
        # Whoever reads a file that was left out would make git ask the remote for it, where nothing is checked.
        _forget_remote(folder / "config")

    def _run(self, *arguments: str) -> bytes:
        git = shutil.which("git")
        if git is None:
            raise self._error("git is not installed, and a repository needs it", "file", None)
        left = max(0.0, self._end - time.monotonic())
        size = self._limits.repository
        try:
            done = run_limited([git, *arguments], environment=self._environment, seconds=left, size=size)
        except subprocess.TimeoutExpired as error:
            raise self._error(f"it was not there within {self._limits.total:g} seconds", "time-out", None) from error
        if done.returncode != 0:
            own = b"\n".join(line for line in done.stderr.splitlines() if not line.startswith(b"remote:"))
            said, words = reason(own or done.stderr), own.decode("utf-8", "replace")
            if any(word in words for word in _TOO_LARGE):
                raise self._error(f"its newest commit is larger than {size:,} bytes", "too large", None)
            known = ((kind, advice) for word, kind, advice in _WORDS if word in words)
            category, advice = next(known, ("connect", None))
            raise self._error(f"git cannot fetch it: {said.replace(self._url, 'the repository')}", category, advice)
        return done.stdout

    def _error(self, what: str, category: FetchCategory, advice: str | None) -> FetchError:
        return FetchError(what, category=category, where=shown(self._url), advice=advice)

    def _settings(
        self, url: str, headers: Mapping[str, str], policy: AddressPolicy, options: ClientOptions
    ) -> dict[str, str]:
        """What git is told besides the user's own configuration: where it may go, and with which headers."""
        try:
            parts = urlsplit(url)
            host, port = host_of(url) or "", parts.port or _USUAL[parts.scheme.lower()]
        except (ValueError, KeyError) as error:
            raise self._error("this is no valid address", "invalid", None) from error
        try:
            policy.demand(parts.scheme.lower(), host, parts.port)
            way = _way(parts.scheme.lower(), host, port, policy, options, self._limits.connect)
        except FetchError as error:
            error.where = error.where or shown(url)
            raise
        patience = {"http.lowSpeedLimit": "1", "http.lowSpeedTime": str(max(1, round(self._limits.read)))}
        settings = {**_SETTINGS, **patience, **way}
        if options.ca_file is not None:
            settings["http.sslCAInfo"] = os.fspath(options.ca_file)
        origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/"
        lines = "\n".join(f"{name}: {value}" for name, value in headers.items())
        return {**settings, f"http.{origin}.extraHeader": lines} if lines else settings


def _in_ascii(url: str) -> str:
    """The URL with the host as `ascii_host` writes it: git may know no other script, or read it by other rules."""
    host = host_of(url)
    if url.isascii() or host is None:
        return url
    parts = urlsplit(url)
    login, at, place = parts.netloc.rpartition("@")
    return parts._replace(netloc=login + at + host + place[len(parts.hostname or "") :]).geturl()


def _forget_remote(configuration: Path) -> None:
    for change in (("--remove-section", f"remote.{_ORIGIN}"), ("--unset-all", "extensions.partialClone")):
        run(["git", "config", "--file", str(configuration), *change])


def _way(
    scheme: str, host: str, port: int, policy: AddressPolicy, options: ClientOptions, seconds: float
) -> dict[str, str]:
    """How git gets there: by the proxy that every request goes by, else to the very addresses that were checked.

    Raises FetchError.
    """
    from monitor.fetch.faults import EXPECTED, failure  # httpx takes its time, and a local repository needs none of it
    from monitor.fetch.wire import demand_behind_proxy, lookup, proxy_for

    proxy = proxy_for(scheme, host, options)
    if proxy is not None:
        demand_behind_proxy(host, port, policy)
        return {"http.proxy": str(proxy)}
    try:
        addresses = policy.reachable(host, lookup(host, port, seconds))
    except EXPECTED as error:
        raise failure(error, host, late=None).error from error
    direct = {"http.proxy": ""}  # an empty one is none at all
    if addresses == (host,):
        return direct  # an address itself, for which there is nothing to look up; curl takes no IPv6 one here
    # From git 2.37 on.
    return {**direct, "http.curloptResolve": f"{host}:{port}:{','.join(addresses)}"}


def _configured(settings: Mapping[str, str]) -> dict[str, str]:
    """Settings of git by its environment, which other users of the machine cannot read, as they could its arguments.

    A header with several lines is several settings of one name.
    """
    pairs = [(key, line) for key, value in settings.items() for line in value.split("\n")]
    named = {f"GIT_CONFIG_KEY_{index}": key for index, (key, _) in enumerate(pairs)}
    valued = {f"GIT_CONFIG_VALUE_{index}": value for index, (_, value) in enumerate(pairs)}
    return {**named, **valued, "GIT_CONFIG_COUNT": str(len(pairs))}
