"""Whether all that specwatch needs is there and answers, step by step, and what to do where it is not.

Nothing is stored, and no message is sent.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.clock import Clock
from monitor.errors import FetchError, SpecwatchError
from monitor.fetch import ClientOptions, Fetched
from monitor.fetch.documents import Request, fetch_document
from monitor.jobs.comparing import Opened, open_document, operations_of
from monitor.jobs.delivering import way_to
from monitor.jobs.profiles import profiles_of
from monitor.jobs.requests import Secrets, limits_of, options_of, policy_of
from monitor.notify import Server, Smtp
from monitor.policy import Uses
from monitor.reading import validate
from monitor.report.diagnosis import Diagnosis, Section, Step, StepState
from monitor.report.ours import unmatched_words
from monitor.report.text import listed, plural
from monitor.settings import CHANNEL
from monitor.store import Store, check_integrity, open_store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.contract import OperationRef
    from monitor.settings import Settings, SourceSettings

_SOON = timedelta(days=21)
"""A certificate that ends within this time is worth a word."""
_SLOW = 10.0
"""Seconds after which an answer is slow."""


def examine(
    settings: Settings,
    path: Path,
    names: Sequence[str] = (),
    *,
    clock: Clock,
    environ: Mapping[str, str],
    say: Callable[[Section], None] | None = None,
) -> Diagnosis:
    """Look at the configuration at `path`, the database, the mail server, channels, and the named sources, or all.

    `say` hears each section as it is done. Raises UnknownSource.
    """
    sources = settings.chosen(names)
    folder = path.parent
    sections: list[Section] = []

    def add(subject: str, where: str, steps: Iterator[Step]) -> None:
        sections.append(Section(subject, where, tuple(steps)))
        if say is not None:
            say(sections[-1])

    add("configuration", str(path), _configuration(settings, sources, folder, environ))
    add("database", _where(settings, folder, environ), _database(settings, folder, environ))
    add("mail", _server(settings), _mail(settings, environ))
    if settings.channels:
        add("channels", "", _channels(settings, folder, clock, environ))
    examined: dict[str, _Examination] = {}
    for source in sources:
        one = examined[source.name] = _Examination(source, settings, folder, clock, environ)
        add(source.name, source.url, one.steps())
    steps = tuple(_subscriptions(settings, {name: one.read for name, one in examined.items() if one.read is not None}))
    if steps:
        add("subscriptions", "", iter(steps))
    return Diagnosis(tuple(sections))


def _fault(name: str, error: SpecwatchError, seconds: float | None = None, *, within: str = "") -> Step:
    """What an error says; where it is, the section `within` says already."""
    where = f"{error.where}: " if error.where and error.where != within else ""
    kind = f" ({error.category})" if isinstance(error, FetchError) else ""
    return Step(name, "fault", f"{where}{error.what}{kind}", error.advice, seconds)


def _configuration(
    settings: Settings, sources: Sequence[SourceSettings], folder: Path, environ: Mapping[str, str]
) -> Iterator[Step]:
    paused = sum(source.paused for source in settings.sources)
    told = plural(len(settings.sources), "source") + (f", {paused} of them paused" if paused else "")
    if settings.sources:
        yield Step("sources", "ok", told)
    else:
        yield Step("sources", "warning", "nothing is watched yet", "Begin with: specwatch add NAME URL")
    faults = 0
    for source in sources:
        for look in (
            lambda source=source: profiles_of(source, folder),
            lambda source=source: source.resolved_headers(environ),
        ):
            try:
                look()
            except SpecwatchError as error:
                faults += 1
                yield _fault(source.name, error)
    if not faults and sources:
        yield Step("profiles", "ok", "every profile is there, and every variable that a header names is set")


def _where(settings: Settings, folder: Path, environ: Mapping[str, str]) -> str:
    try:
        file = settings.database_file(folder, environ)
        return "PostgreSQL" if file is None else str(file)
    except SpecwatchError:
        return ""


def _database(settings: Settings, folder: Path, environ: Mapping[str, str]) -> Iterator[Step]:
    try:
        file = settings.database_file(folder, environ)
        if file is not None and not file.exists():
            yield _missing(file)
            return
        store = open_store(settings.database_url(folder, environ), upgrade=False)
    except SpecwatchError as error:
        yield _fault("open", error)
        return
    try:
        if file is not None:
            yield _file(file)
        yield from _schema(store, is_file=file is not None)
    except SpecwatchError as error:
        yield _fault("open", error)
    finally:
        store.close()


def _missing(file: Path) -> Step:
    if file.parent.is_dir() and os.access(file.parent, os.W_OK):
        return Step("file", "ok", "it is not there yet; the first check makes it")
    return Step(
        "file", "fault", "it is not there, and cannot be made in that folder", "See to the folder and its rights."
    )


def _file(file: Path) -> Step:
    size = f"{file.stat().st_size / 1_048_576:.1f} MiB"
    # SQLite writes its journal beside the file.
    if os.access(file, os.W_OK) and os.access(file.parent, os.W_OK):
        return Step("file", "ok", size)
    return Step("file", "fault", f"{size}; it cannot be written", "See to the rights of the file and its folder.")


def _schema(store: Store, *, is_file: bool) -> Iterator[Step]:
    current, head = store.current(), store.head()
    if current is not None and current > head:
        yield Step(
            "schema",
            "fault",
            f"{current}, which is newer than this specwatch knows ({head})",
            "Use the newer specwatch that wrote it.",
        )
        return
    if current != head:
        advice = "The next command brings it there." if is_file else "Bring it there with: specwatch db upgrade"
        state: StepState = "warning" if is_file else "fault"
        yield Step("schema", state, f"{current or 'none'}; {head} is needed", advice)
        return
    yield Step("schema", "ok", f"{current}, as this version needs it")
    started = time.monotonic()
    found = check_integrity(store)
    seconds = time.monotonic() - started
    if found.sound:
        told = f"sound; {plural(found.versions, 'version')} read, each as it was stored"
        yield Step("integrity", "ok", told, seconds=seconds)
        return
    more = f" and {len(found.faults) - 3} more" if len(found.faults) > 3 else ""
    what = f"it is damaged: {'; '.join(found.faults[:3])}{more}"
    yield Step("integrity", "fault", what, "Put a backup in its place: specwatch restore FILE", seconds)


def _server(settings: Settings) -> str:
    return "" if settings.smtp is None else f"{settings.smtp.host}:{settings.smtp.port}"


def _mail(settings: Settings, environ: Mapping[str, str]) -> Iterator[Step]:
    smtp = settings.smtp
    if smtp is None and settings.reachable:
        yield Step("settings", "ok", "every recipient is a channel, so that none is needed")
        return
    if smtp is None or not settings.recipients:
        missing = "there is no [smtp] section" if smtp is None else "there are no recipients"
        wanted = bool(settings.recipients) or smtp is not None
        advice = "examples/specwatch.toml shows every key." if wanted else "specwatch digest --preview DIR shows it."
        yield Step("settings", "warning" if wanted else "ok", f"{missing}: the weekly digest is sent to nobody", advice)
        if smtp is None:
            return
    else:
        yield Step("settings", "ok", f"from {smtp.sender} to {plural(len(settings.mailed), 'recipient')}")
    started = time.monotonic()
    try:
        password = smtp.resolved_password(environ)
        with Smtp(Server(smtp.host, smtp.port, smtp.security, smtp.username, password)) as transport:
            transport.open()
    except SpecwatchError as error:
        yield _fault("login", error, time.monotonic() - started, within=_server(settings))
        return
    login = f"logged in as {smtp.username}" if smtp.username else "no login is configured"
    secured = {"none": "without encryption", "tls": "TLS", "starttls": "STARTTLS"}[smtp.security]
    yield Step("login", "ok", f"the server answers, {secured}, {login}", seconds=time.monotonic() - started)


def _channels(settings: Settings, folder: Path, clock: Clock, environ: Mapping[str, str]) -> Iterator[Step]:
    """As far as can be told without writing to them."""
    for channel in settings.channels:
        try:
            way = way_to(channel, settings, now=clock(), environ=environ, folder=folder)
        except SpecwatchError as error:
            yield _fault(channel.name, error)
            continue
        what = f"{way.service}, which apprise knows" if channel.url else "a webhook, with a secret that can sign"
        if f"{CHANNEL}{channel.name}" in settings.recipients:
            yield Step(channel.name, "ok", what)
        else:
            advice = f'Add "{CHANNEL}{channel.name}" to the recipients.'
            yield Step(channel.name, "warning", f"{what}; nothing is sent there", advice)


class _Examination:
    """A source, asked as a check asks it, one step after the other; what comes is not stored."""

    def __init__(
        self, source: SourceSettings, settings: Settings, folder: Path, clock: Clock, environ: Mapping[str, str]
    ) -> None:
        self._source = source
        self._settings = settings.fetch
        self._folder = folder
        self._clock = clock
        self._environ = environ
        self._secrets = Secrets(())
        self.read: Mapping[OperationRef, tuple[str, ...]] | None = None
        """The operations of the document that came, with their tags; None of callbacks."""

    def steps(self) -> Iterator[Step]:
        """What was looked at, until something is at fault."""
        source = self._source
        if source.paused:
            yield Step("settings", "ok", "it is paused: only a check by its name fetches it")
        try:
            headers = source.resolved_headers(self._environ)
            self._secrets = Secrets.of(source.secrets(headers))
            options = options_of(self._settings, folder=self._folder, environ=self._environ)
        except SpecwatchError as error:
            yield self._fault("settings", error)
            return
        if source.url.lower().startswith(("http://", "https://")):
            for step in self._connection(options):
                yield step
                if step.state == "fault":
                    return
        request = Request(
            headers=headers,
            base=self._folder,
            limits=replace(limits_of(self._settings), retries=0),
            policy=policy_of(source),
            options=options,
            hosts=source.allow_hosts,
        )
        started = time.monotonic()
        try:
            fetched = self._secrets.kept_out(fetch_document(source.url, request))
        except SpecwatchError as error:
            self._secrets.hide_in(error)
            yield self._fault("fetch", error, time.monotonic() - started)
            return
        yield from _answer(source, fetched, time.monotonic() - started)
        for step in self._content(fetched):
            yield replace(step, what=self._secrets.hide(step.what))

    def _content(self, fetched: Fetched) -> Iterator[Step]:
        source = self._source
        try:
            opened = open_document(fetched.data or b"", source.name)
            conventions = profiles_of(source, self._folder).conventions
        except SpecwatchError as error:
            yield _fault("document", error)
            return
        contract = conventions.applied(opened.contract)
        tags = {operation.ref: operation.tags for operation in contract.operations()}
        self.read = {ref: tags.get(ref, ()) for ref in operations_of(contract, conventions)}
        yield from _document(opened)
        if source.uses:
            yield _used(Uses.of(source.uses), self.read, source.name)

    def _fault(self, name: str, error: SpecwatchError, seconds: float | None = None) -> Step:
        told = _fault(name, error, seconds, within=self._source.url)
        return replace(told, advice=told.advice and told.advice.replace(" NAME ", f" {self._source.name} "))

    def _connection(self, options: ClientOptions) -> Iterator[Step]:
        """The address and the TLS of a URL on the web."""
        from monitor.fetch.probing import addresses_of, handshake, proxy_of  # httpx takes its time

        url, limits = self._source.url, limits_of(self._settings)
        started = time.monotonic()
        try:
            proxy = proxy_of(url, options)
            if proxy is not None:
                yield Step("address", "ok", f"by way of the proxy {proxy}")
                return
            addresses = addresses_of(url, policy_of(self._source), seconds=limits.connect)
        except FetchError as error:
            yield self._fault("address", error, time.monotonic() - started)
            return
        yield Step("address", "ok", ", ".join(addresses), seconds=time.monotonic() - started)
        if not url.lower().startswith("https:"):
            advice = "Use https, if it is there."
            yield Step("TLS", "warning", "none: what comes can be read and changed on the way", advice)
            return
        started = time.monotonic()
        try:
            tls = handshake(url, addresses[0], options, limits=limits)
        except FetchError as error:
            yield self._fault("TLS", error, time.monotonic() - started)
            return
        soon = tls.until is not None and tls.until - self._clock() < _SOON
        until = "" if tls.until is None else f", the certificate is valid until {tls.until:%Y-%m-%d}"
        soon_advice = "If the provider does not renew it, checks will fail from then on." if soon else None
        state: StepState = "warning" if soon else "ok"
        yield Step("TLS", state, f"{tls.protocol}{until}", soon_advice, time.monotonic() - started)


def _answer(source: SourceSettings, fetched: Fetched, seconds: float) -> Iterator[Step]:
    what = "it was read" if fetched.status is None else f"HTTP {fetched.status}"
    if fetched.revision is not None:
        what = f"commit {fetched.revision[:12]}"
    slow = seconds > _SLOW
    advice = "A slow answer is no fault; raise its interval if it is asked often." if slow else None
    yield Step("status", "warning" if slow else "ok", what, advice, seconds)
    if fetched.moved_to is not None:
        yield Step(
            "redirect",
            "warning",
            f"it has moved for good to {fetched.moved_to}",
            f"specwatch set {source.name} --url {fetched.moved_to}",
        )
    size = f"{len(fetched.data or b''):,} bytes"
    yield Step("size", "ok", f"{size}, put together from {len(fetched.parts):,} files" if fetched.parts else size)
    if fetched.status is not None and not fetched.parts:
        conditional = fetched.etag or fetched.last_modified
        words = "an unchanged document is not sent again" if conditional else "every check downloads all of it"
        yield Step(
            "caching", "ok", f"{words} ({'ETag' if fetched.etag else 'Last-Modified' if conditional else 'none'})"
        )


def _document(opened: Opened) -> Iterator[Step]:
    document = opened.document
    title = " ".join(part for part in (document.title, document.version) if part)
    count = plural(sum(operation.ref.kind == "operation" for operation in opened.contract.operations()), "operation")
    yield Step("document", "ok", f"OpenAPI {document.openapi}{f', {title}' if title else ''}, {count}")
    problems = validate(document)
    if not problems:
        yield Step("validity", "ok", "valid")
        return
    places = plural(len(problems), "place")
    yield Step(
        "validity",
        "warning",
        f"invalid at {places}, first at {problems[0].pointer or 'the root'}: {problems[0].message}",
        "It is compared as far as it is read; the provider can mend it.",
    )


def _used(uses: Uses, operations: Iterable[OperationRef], name: str) -> Step:
    """Whether each pattern of what is used names an operation: one that names none makes nothing the reader's own."""
    astray = uses.unmatched(operations)
    if not astray:
        return Step("uses", "ok", f"{plural(len(uses.texts), 'pattern')}, each of which names an operation")
    advice = f"Paths are as in the document, without a server's base path. Mend `uses` of {name}."
    return Step("uses", "warning", unmatched_words(astray), advice)


def _subscriptions(settings: Settings, read: Mapping[str, Mapping[OperationRef, tuple[str, ...]]]) -> Iterator[Step]:
    """Whether the operations and tags that subscriptions choose are there, where all of their sources were read."""
    for each in settings.subscriptions:
        chosen = each.chosen(settings.sources)
        names = [source.name for source in settings.sources] if chosen is None else chosen
        if not (each.operations or each.tags) or not all(name in read for name in names):
            continue
        operations = [operation for name in names for operation in read[name]]
        tags = {tag for name in names for found in read[name].values() for tag in found}
        astray = [f"operation '{text}'" for text in Uses.of(each.operations).unmatched(operations)]
        astray += [f"tag '{tag}'" for tag in each.tags if tag not in tags]
        if astray:
            what = f"no document of its sources has the {listed(astray)}"
            yield Step(each.name, "warning", what, "Write operations and tags as the document has them.")
        else:
            yield Step(each.name, "ok", "its operations and tags are there")
