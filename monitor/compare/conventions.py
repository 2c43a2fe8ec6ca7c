"""What is known of how a provider writes its documents, beyond what OpenAPI says. Handed over from outside."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.contract import Contract


@dataclass(frozen=True, slots=True)
class Conventions:
    """Which extension keys carry a meaning that is compared, and by which words a promise is recognised.

    `scopes`: keys of an operation with the list of scopes that a call needs. `echoes`: keys of an operation under which
    the same scopes may be said once more in words. `webhooks`: keys of the root that hold payloads as `webhooks` does
    (OAS 3.1.1, section 4.8.1). `promise`: phrases that stand in the section of `info.description` which holds the
    provider's promise; a section is also recognised by its heading. `deprecated`: keys of whatever is deprecated that
    say so, with `true`, a date since when, a version or a sentence; `sunset`: those that give the day of the removal.
    """

    scopes: tuple[str, ...] = ("x-rbac-scopes",)
    echoes: tuple[str, ...] = ("x-mint",)
    webhooks: tuple[str, ...] = ("x-webhooks",)
    promise: tuple[str, ...] = ()
    deprecated: tuple[str, ...] = (
        "x-deprecated",
        "x-deprecated-at",
        "x-deprecated-since",
        "x-deprecatedInVersion",
        "x-deprecated-in-version",
        "x-deprecatedMessage",
        "x-deprecated-message",
        "x-deprecation",
    )
    sunset: tuple[str, ...] = ("x-sunset", "x-sunset-date", "x-removal-date", "x-removed-at", "x-end-of-life")

    def applied(self, contract: Contract) -> Contract:
        """The contract with the payloads that stand under these keys among its webhooks."""
        standard = (key for key in contract.dialect.webhooks if not key.startswith("x-"))
        keys = (*standard, *self.webhooks)
        return contract if keys == contract.webhooks else Contract(contract.root, contract.dialect, webhooks=keys)
