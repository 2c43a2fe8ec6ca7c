"""The whole exception tree of specwatch. Every error that a person may meet stands here.

    SpecwatchError                    exit code 3: a source could not be fetched, read or stored
    ├── UsageError                    exit code 2: wrong use
    │   ├── ConfigurationError        specwatch.toml says something that cannot be followed
    │   ├── UnknownSource             no source of that name
    │   └── NoSuchSnapshot            the store holds nothing for that name and date
    ├── DocumentError                 bytes that are not a usable OpenAPI document
    │   ├── DocumentTooLarge
    │   ├── DocumentEmpty
    │   ├── DocumentTruncated         the text ends in the middle
    │   ├── NotADocument              a list, a number, a text: something else came
    │   │   └── WebPage               HTML or XML
    │   ├── SyntaxFault               not JSON, not YAML
    │   ├── DuplicateKey
    │   ├── TooDeep
    │   ├── TooManyAliases
    │   ├── NumberRefused             NaN, an infinity, or a number that becomes one
    │   ├── VersionMissing            neither `openapi` nor `swagger`
    │   ├── VersionUnsupported
    │   ├── NoSample                  a schema of which no value can be shown: it accepts none, or is too much work
    │   └── ReferenceUnresolved       a `$ref` that leads nowhere, round in a circle, or out of the document
    ├── BudgetExceeded                a comparison that would take too long or too much memory
    ├── FetchError                    the document could not be downloaded (see `category`)
    ├── StoreError                    the database could not do what was asked
    │   ├── ClaimLost                 somebody else has done it, or is doing it
    │   ├── DatabaseNewer             the database was written by a newer specwatch
    │   └── SnapshotDamaged           the stored bytes of a version are not those that were stored
    └── DeliveryError                 a message could not be handed over (see `permanent`)

A message says what was wrong, where, and what to do. `where` is a URL, a path, a JSON pointer or `FILE:LINE:COLUMN`;
`advice` is one sentence. `str(error)` joins the three; the CLI prints nothing else.
"""

from __future__ import annotations

from typing import Literal

FetchCategory = Literal[
    "dns",
    "connect",
    "tls",
    "time-out",
    "http status",
    "too large",
    "not openapi",
    "invalid",
    "blocked",
    "file",
]


class SpecwatchError(Exception):
    """Base of all errors told to people. `exit_code` is what the command line ends with."""

    exit_code = 3

    def __init__(self, what: str, *, where: str | None = None, advice: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.advice = advice

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text}\n  {self.advice}" if self.advice else text


class UsageError(SpecwatchError):
    """The command was used wrongly."""

    exit_code = 2


class ConfigurationError(UsageError):
    """specwatch.toml says something that cannot be followed; `where` names file and line."""


class UnknownSource(UsageError):
    """No source of that name is configured or stored."""


class NoSuchSnapshot(UsageError):
    """The store holds no snapshot for that source and date."""


class DocumentError(SpecwatchError):
    """Bytes that are no usable OpenAPI document. `line` and `column` count from 1, where they are known."""

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        advice: str | None = None,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        super().__init__(what, where=where, advice=advice)
        self.line = line
        self.column = column

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.where, self.line, self.column) if part is not None)
        if self.line is not None and self.where is None:
            place = f"line {self.line}" + (f", column {self.column}" if self.column is not None else "")
        text = f"{place}: {self.what}" if place else self.what
        return f"{text}\n  {self.advice}" if self.advice else text


class DocumentTooLarge(DocumentError):
    """More bytes, or more values, than the limit."""


class DocumentEmpty(DocumentError):
    """Nothing, or only white space."""


class DocumentTruncated(DocumentError):
    """The text ends in the middle of a value."""


class NotADocument(DocumentError):
    """Well-formed, perhaps, but no mapping: HTML, a list, a text."""


class WebPage(NotADocument):
    """HTML or XML: a login, an error, or the documentation in the document's place."""


class SyntaxFault(DocumentError):
    """Neither JSON nor YAML."""


class DuplicateKey(DocumentError):
    """The same key twice in one mapping: which one counts is anybody's guess."""


class TooDeep(DocumentError):
    """Nested deeper than the limit."""


class TooManyAliases(DocumentError):
    """YAML aliases that would expand beyond the limit."""


class NumberRefused(DocumentError):
    """NaN, an infinity, or a number too large to be told from one."""


class VersionMissing(DocumentError):
    """Neither `openapi` nor `swagger` at the root."""


class VersionUnsupported(DocumentError):
    """A version of OpenAPI that specwatch does not know."""


class NoSample(DocumentError):
    """A schema of which no value can be shown: it accepts none, or to find one is too much work."""


class ReferenceUnresolved(DocumentError):
    """A `$ref` that leads nowhere, round in a circle, or out of the document."""


class BudgetExceeded(SpecwatchError):
    """The comparison was stopped before it took too long or too much memory."""


class FetchError(SpecwatchError):
    """The document could not be downloaded. `status` is the HTTP status where one came.

    `request_id` is how the provider calls its answer, `retry_after` the seconds for which it asks to be left alone.
    """

    def __init__(
        self,
        what: str,
        *,
        category: FetchCategory,
        where: str | None = None,
        advice: str | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(what, where=where, advice=advice)
        self.category: FetchCategory = category
        self.status = status
        self.request_id: str | None = None
        self.retry_after: float | None = None

    def __str__(self) -> str:
        text = super().__str__()
        if self.request_id is None:
            return text
        first, separator, rest = text.partition("\n")
        return f"{first} (the provider's request id: {self.request_id}){separator}{rest}"


class StoreError(SpecwatchError):
    """The database could not do what was asked."""


class ClaimLost(StoreError):
    """What was to be done has been done by somebody else meanwhile, or is theirs to do; nothing of it was kept."""


class DatabaseNewer(StoreError):
    """The database was written by a newer specwatch than this one."""


class SnapshotDamaged(StoreError):
    """The stored bytes of a version are not those that were stored."""


class DeliveryError(SpecwatchError):
    """A message could not be handed over. `permanent` means that trying again is of no use (SMTP 5xx).

    `uncertain`: it may have been handed over all the same, because no answer came to it. `retry_after` is the seconds
    for which the other side asks to be left alone.
    """

    def __init__(
        self,
        what: str,
        *,
        permanent: bool,
        where: str | None = None,
        advice: str | None = None,
        uncertain: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(what, where=where, advice=advice)
        self.permanent = permanent
        self.uncertain = uncertain
        self.retry_after = retry_after
