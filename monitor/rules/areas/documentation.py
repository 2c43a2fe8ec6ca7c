"""What people read, what tools of the provider read, and what no rule understands."""

from __future__ import annotations

from monitor.compare.changes import DocsChanged, ExtensionChanged, KeywordWithoutEffect, Unclassified
from monitor.rules.areas.lifecycle import is_stability
from monitor.rules.areas.values import is_extensible_enum
from monitor.rules.example import Example
from monitor.rules.levels import Level
from monitor.rules.registry import rule


@rule(
    on=DocsChanged,
    request=Level.DOCS,
    response=Level.DOCS,
    affects="docs",
    why="Descriptions, titles, summaries and examples are for people; nothing on the wire moves.",
    advice="Worth a glance: intentions and deprecations are often told in prose first.",
    example=Example.of(
        before="{type: string, description: A name.}",
        after="{type: string, description: The name that people see.}",
    ),
)
def documentation_changed(change: DocsChanged) -> None:
    """The text of `{keyword}` differs."""


@rule(
    on=ExtensionChanged,
    when=lambda change: not is_stability(change) and not is_extensible_enum(change),
    request=Level.DOCS,
    response=Level.DOCS,
    affects="docs",
    waiver="The specification gives an extension no meaning on the wire (OAS 3.1.1, section 4.9), so "
    "it binds nobody; the "
    "few that the field agrees on have rules of their own.",
    why="An `x-` member is for tools of the provider. It is told, because some of them carry promises.",
    advice="Look at it when you know the extension: it may carry dates, scopes or limits.",
    example=Example.of(before="{type: string, x-order: 1}", after="{type: string, x-order: 2}"),
)
def extension_changed(change: ExtensionChanged) -> None:
    """The extension `{keyword}` differs."""


@rule(
    on=KeywordWithoutEffect,
    request=Level.DOCS,
    response=Level.DOCS,
    affects="docs",
    why="The keyword decides nothing where it stands: a count without the list that it counts in, a `then` without its "
    "`if`, `readOnly` of what is no property, `xml` in JSON, a header that OpenAPI says elsewhere.",
    advice="Nothing to do. The provider may have meant something else: worth a glance.",
    example=Example.of(before="{type: array, maxContains: 3}", after="{type: array, maxContains: 4}"),
)
def ineffective_keyword_changed(change: KeywordWithoutEffect) -> None:
    """`{keyword}` differs, and has no effect where it stands."""


@rule(
    on=Unclassified,
    request=Level.RISKY,
    response=Level.RISKY,
    why="Something differs that specwatch has no comparison for. Undecided is never compatible, so it is told.",
    unseen="What specwatch does not know, it cannot say of sets either.",
    advice="Read the two fragments. Where your client uses the keyword, ask the provider what the change does.",
    example=Example.of(
        before="{type: string, collation: simple}",
        after="{type: string, collation: german}",
    ),
)
def unclassified_changed(change: Unclassified) -> None:
    """`{keyword}` differs in a way that is undecided."""
