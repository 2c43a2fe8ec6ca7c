"""Security: ways to authenticate, scopes, and the schemes themselves."""

from __future__ import annotations

from monitor.compare.changes import (
    Effect,
    OAuthFlowAdded,
    OAuthFlowRemoved,
    SecurityAlternativeAdded,
    SecurityAlternativeLoosened,
    SecurityAlternativeRemoved,
    SecurityAlternativeTightened,
    SecurityBecameOptional,
    SecurityBecameRequired,
    SecuritySchemeAdded,
    SecuritySchemeChanged,
    SecuritySchemeRemoved,
    SecurityScopeAdded,
    SecurityScopeRemoved,
)
from monitor.rules.areas.wording import ONE_WAY
from monitor.rules.example import Example
from monitor.rules.levels import Level
from monitor.rules.registry import rule

_DECIDING = frozenset({"type", "in", "name", "scheme"})


def _asking(*alternatives: str) -> str:
    return f"""
        paths:
          /things:
            get:
              security: [{", ".join(alternatives)}]
              responses: {{"200": {{description: Things.}}}}
        components:
          securitySchemes:
            key: {{type: apiKey, in: header, name: X-Key}}
            token: {{type: openIdConnect, openIdConnectUrl: "https://example.com/.well-known/openid-configuration"}}
    """


def _declaring(*schemes: str) -> str:
    return f"""
        paths:
          /things:
            get:
              security: [{{key: []}}]
              responses: {{"200": {{description: Things.}}}}
        components:
          securitySchemes: {{{", ".join(schemes)}}}
    """


_HEADER_KEY = "key: {type: apiKey, in: header, name: X-Key}"
_QUERY_KEY = "key: {type: apiKey, in: query, name: X-Key}"
_DEPRECATED_KEY = "key: {type: apiKey, in: header, name: X-Key, deprecated: true}"
_FLOWS = 'key: {type: oauth2, flows: {clientCredentials: {tokenUrl: "https://example.com/token", scopes: {read: r}}%s}}'
_SECOND_FLOW = ', password: {tokenUrl: "https://example.com/token", scopes: {read: r}}'
_BASIC = "basic: {type: http, scheme: basic}"
_AT = 'key: {type: oauth2, flows: {clientCredentials: {tokenUrl: "https://%s/token", scopes: {%s}}}}'


def _address_moved(change: SecuritySchemeChanged) -> bool:
    """Whether an address to authenticate at differs."""
    return change.keyword.lower().endswith("url")


@rule(
    on=SecurityAlternativeAdded,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    waiver=ONE_WAY,
    why="Whoever authenticates as before is let in as before.",
    advice="Nothing to do.",
    example=Example.document(before=_asking("{key: []}"), after=_asking("{key: []}", "{token: [read]}")),
)
def security_alternative_added(change: SecurityAlternativeAdded) -> None:
    """One can now authenticate with: {schemes}."""


@rule(
    on=SecurityAlternativeRemoved,
    request=Level.BREAKING,
    response=Level.BREAKING,
    waiver=ONE_WAY,
    why="Whoever authenticated in this way is turned away.",
    advice="Get credentials for one of the ways that are left, and move before the old ones are turned away.",
    example=Example.document(before=_asking("{key: []}", "{token: [read]}"), after=_asking("{token: [read]}")),
)
def security_alternative_removed(change: SecurityAlternativeRemoved) -> None:
    """One can no longer authenticate with: {schemes}."""


@rule(
    on=SecurityAlternativeTightened,
    request=Level.BREAKING,
    response=Level.BREAKING,
    waiver=ONE_WAY,
    why="Whoever sent what sufficed before, and not the rest, is turned away.",
    advice="Get the further credentials, and send both with every call.",
    example=Example.document(before=_asking("{key: []}"), after=_asking("{key: [], token: []}")),
)
def security_alternative_became_stricter(change: SecurityAlternativeTightened) -> None:
    """Besides {schemes} one must now send: {more}."""


@rule(
    on=SecurityAlternativeLoosened,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    waiver=ONE_WAY,
    why="Whoever sends more than is asked for is let in as before.",
    advice="Nothing to do; calls may leave the rest out now.",
    example=Example.document(before=_asking("{key: [], token: []}"), after=_asking("{key: []}")),
)
def security_alternative_became_laxer(change: SecurityAlternativeLoosened) -> None:
    """{schemes} suffices now; one need no longer send: {more}."""


@rule(
    on=SecurityBecameRequired,
    request=Level.BREAKING,
    response=Level.BREAKING,
    waiver=ONE_WAY,
    why="Whoever called without credentials is turned away.",
    advice="Get credentials, and send them with every call.",
    example=Example.document(before=_asking("{}", "{key: []}"), after=_asking("{key: []}")),
)
def security_became_required(change: SecurityBecameRequired) -> None:
    """Calls without credentials were accepted and no longer are; asked for: {schemes}."""


@rule(
    on=SecurityBecameOptional,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    waiver=ONE_WAY,
    why="Whoever authenticates is let in as before.",
    advice="Nothing to do.",
    example=Example.document(before=_asking("{key: []}"), after=_asking("{}", "{key: []}")),
)
def security_became_optional(change: SecurityBecameOptional) -> None:
    """Calls without credentials are accepted now."""


@rule(
    on=SecurityScopeAdded,
    request=Level.BREAKING,
    response=Level.BREAKING,
    waiver=ONE_WAY,
    why="A token without the scope was let in and is now turned away.",
    advice="Ask for the scope when you fetch tokens, and fetch those in use anew: people may have to consent again.",
    example=Example.document(before=_asking("{token: []}"), after=_asking("{token: [read]}")),
)
def security_scope_added(change: SecurityScopeAdded) -> None:
    """The scope `{scope}` of `{scheme}` must now be held."""


@rule(
    on=SecurityScopeRemoved,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    waiver=ONE_WAY,
    why="A token that holds more than is asked for is let in.",
    advice="Nothing to do; tokens may ask for less now.",
    example=Example.document(before=_asking("{token: [read]}"), after=_asking("{token: []}")),
)
def security_scope_removed(change: SecurityScopeRemoved) -> None:
    """The scope `{scope}` of `{scheme}` need no longer be held."""


@rule(
    on=SecuritySchemeAdded,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    why="A scheme that is declared asks for nothing; an operation that does is told by another change.",
    advice="Nothing to do.",
    example=Example.document(before=_declaring(_HEADER_KEY), after=_declaring(_HEADER_KEY, _BASIC)),
)
def security_scheme_added(change: SecuritySchemeAdded) -> None:
    """The security scheme `{scheme}` is declared now."""


@rule(
    on=SecuritySchemeRemoved,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    why="A scheme that is declared asks for nothing; an operation that asked for it is told by another change.",
    advice="Nothing to do.",
    example=Example.document(before=_declaring(_HEADER_KEY, _BASIC), after=_declaring(_HEADER_KEY)),
)
def security_scheme_removed(change: SecuritySchemeRemoved) -> None:
    """The security scheme `{scheme}` is no longer declared."""


@rule(
    on=OAuthFlowAdded,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    waiver=ONE_WAY,
    why="Tokens are given out in the other ways as before.",
    advice="Nothing to do; the new flow may suit the client better.",
    example=Example.document(before=_declaring(_FLOWS % ""), after=_declaring(_FLOWS % _SECOND_FLOW)),
)
def oauth_flow_added(change: OAuthFlowAdded) -> None:
    """The security scheme `{scheme}` gives out tokens by the flow `{flow}` too."""


@rule(
    on=OAuthFlowRemoved,
    request=Level.BREAKING,
    response=Level.BREAKING,
    waiver=ONE_WAY,
    why="Tokens that a client holds are good until they expire; by this flow it gets no new ones.",
    advice="Move the client to a flow that is left before its tokens expire; people may have to consent again.",
    example=Example.document(before=_declaring(_FLOWS % _SECOND_FLOW), after=_declaring(_FLOWS % "")),
)
def oauth_flow_removed(change: OAuthFlowRemoved) -> None:
    """The security scheme `{scheme}` no longer gives out tokens by the flow `{flow}`."""


@rule(
    on=SecuritySchemeChanged,
    when=lambda change: change.keyword == "deprecated" and change.after is True,
    effect=Effect.NEUTRAL,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    why="Credentials are taken as before. One day they will not be (OAS 3.2.0, section 4.27).",
    advice="Move to another scheme of the operation before this one goes.",
    example=Example.document(before=_declaring(_HEADER_KEY), after=_declaring(_DEPRECATED_KEY)),
)
def security_scheme_became_deprecated(change: SecuritySchemeChanged) -> None:
    """The security scheme `{scheme}` is deprecated now."""


@rule(
    on=SecuritySchemeChanged,
    when=lambda change: change.keyword == "deprecated" and change.after is not True,
    effect=Effect.NEUTRAL,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    why="Credentials are taken as before, and nobody says any more that they will not be.",
    advice="Nothing to do.",
    example=Example.document(before=_declaring(_DEPRECATED_KEY), after=_declaring(_HEADER_KEY)),
)
def security_scheme_became_undeprecated(change: SecuritySchemeChanged) -> None:
    """The security scheme `{scheme}` is no longer deprecated."""


@rule(
    on=SecuritySchemeChanged,
    when=lambda change: change.keyword in _DECIDING,
    request=Level.BREAKING,
    response=Level.BREAKING,
    why="Credentials go to another place or take another form: those sent as before are not found.",
    advice="Change how the client puts credentials into a call, and switch on the day of the change.",
    example=Example.document(before=_declaring(_HEADER_KEY), after=_declaring(_QUERY_KEY)),
)
def security_scheme_changed(change: SecuritySchemeChanged) -> None:
    """The security scheme `{scheme}` takes credentials differently: `{keyword}` was {before} and is {after}."""


@rule(
    on=SecuritySchemeChanged,
    when=lambda change: change.keyword not in _DECIDING and _address_moved(change),
    effect=Effect.UNDECIDED,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    waiver="How a scheme is described the field tells for information: the call and its credentials are as before, and "
    "an address that moves is most often served for a while.",
    why="Calls, and tokens that a client holds, are as before. A client that has the address built in fails once the "
    "old one is switched off; when that is, the document does not say.",
    advice="Fetch tokens from the new address.",
    example=Example.document(
        before=_declaring(_AT % ("example.com", "read: r")), after=_declaring(_AT % ("login.example.com", "read: r"))
    ),
)
def security_scheme_address_changed(change: SecuritySchemeChanged) -> None:
    """The addresses at which the security scheme `{scheme}` gives out tokens differ (`{keyword}`)."""


@rule(
    on=SecuritySchemeChanged,
    when=lambda change: change.keyword not in {*_DECIDING, "deprecated"} and not _address_moved(change),
    effect=Effect.NEUTRAL,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    why="A scheme lists scopes and hints for people to read; which scopes a call needs, the operation says.",
    advice="Nothing to do.",
    example=Example.document(
        before=_declaring(_AT % ("example.com", "read: r")),
        after=_declaring(_AT % ("example.com", "read: r, write: w")),
    ),
)
def security_scheme_details_changed(change: SecuritySchemeChanged) -> None:
    """The security scheme `{scheme}` lists other details (`{keyword}`)."""
