"""Security requirements, security schemes and servers."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.compare.changes.base import Change, Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfSecurity(Change):
    schemes: tuple[str, ...]
    """The names of the schemes of one alternative, sorted; empty for anonymous access."""


class SecurityAlternativeAdded(_OfSecurity):
    """One more way to authenticate. A document that asked for nothing has the alternative `()`."""

    effect = Effect.WIDENED


class SecurityAlternativeRemoved(_OfSecurity):
    """One way to authenticate less."""

    effect = Effect.NARROWED


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfTogether(_OfSecurity):
    more: tuple[str, ...]
    """The names of the schemes that are asked for together with `schemes` on one side alone."""


class SecurityAlternativeTightened(_OfTogether):
    """One way to authenticate asks for more schemes than before."""

    effect = Effect.NARROWED


class SecurityAlternativeLoosened(_OfTogether):
    """One way to authenticate asks for fewer schemes than before, or another that does suffices."""

    effect = Effect.WIDENED


class SecurityBecameRequired(_OfSecurity):
    """Anonymous access was accepted and no longer is; `schemes` are those now asked for."""

    effect = Effect.NARROWED


class SecurityBecameOptional(_OfSecurity):
    """Anonymous access is accepted now."""

    effect = Effect.WIDENED


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfScope(Change):
    scheme: str
    scope: str


class SecurityScopeAdded(_OfScope):
    """A scope that was not asked for must now be held."""

    effect = Effect.NARROWED


class SecurityScopeRemoved(_OfScope):
    """A scope need no longer be held."""

    effect = Effect.WIDENED


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfScheme(Change):
    scheme: str


class SecuritySchemeAdded(_OfScheme):
    """A security scheme is declared; whether it is asked for is another change."""

    effect = Effect.NEUTRAL


class SecuritySchemeRemoved(_OfScheme):
    """A security scheme is no longer declared."""

    effect = Effect.NEUTRAL


@dataclass(frozen=True, slots=True, kw_only=True)
class SecuritySchemeChanged(_OfScheme):
    """A field of a security scheme (`type`, `in`, `bearerFormat`) or of one of its flows (`password > tokenUrl`).

    One of another `type` has other fields, of which nothing is told.
    """

    keyword: str
    effect = Effect.CHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfFlow(_OfScheme):
    flow: str
    """`clientCredentials`, `deviceAuthorization`, …, as OAS 3 calls it."""


class OAuthFlowAdded(_OfFlow):
    """One more way to get tokens."""

    effect = Effect.WIDENED


class OAuthFlowRemoved(_OfFlow):
    """One way to get tokens less."""

    effect = Effect.NARROWED


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfServer(Change):
    url: str


class ServerAdded(_OfServer):
    """One more base URL."""

    effect = Effect.WIDENED


class ServerRemoved(_OfServer):
    """A base URL is gone."""

    effect = Effect.NARROWED


class ServersStated(_OfServer):
    """Base URLs are said where none were: calls went to where the document was found. `url`: the first of them."""

    effect = Effect.UNDECIDED


class ServersUnstated(_OfServer):
    """No base URL is said any more: calls go to where the document is found. `url`: the first of those there were."""

    effect = Effect.UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfServerVariable(Change):
    url: str
    variable: str


class ServerVariableDefaultChanged(_OfServerVariable):
    """Another value stands in a base URL where the caller chooses none."""

    effect = Effect.UNDECIDED


class ServerVariableEnumAdded(_OfServerVariable):
    """The values of a variable are listed where any was allowed."""

    effect = Effect.NARROWED


class ServerVariableEnumRemoved(_OfServerVariable):
    """The values of a variable are no longer listed."""

    effect = Effect.WIDENED


class ServerVariableValueAdded(_OfServerVariable):
    """One more value can stand for a variable."""

    effect = Effect.WIDENED


class ServerVariableValueRemoved(_OfServerVariable):
    """A value can no longer stand for a variable."""

    effect = Effect.NARROWED
