"""The declarations, one file an area. Importing this package declares every rule."""

from monitor.rules.areas import (
    bodies,
    bounds,
    documentation,
    headers,
    lifecycle,
    names,
    operations,
    parameters,
    properties,
    security,
    servers,
    statuses,
    types,
    unions,
    values,
)

__all__ = [
    "bodies",
    "bounds",
    "documentation",
    "headers",
    "lifecycle",
    "names",
    "operations",
    "parameters",
    "properties",
    "security",
    "servers",
    "statuses",
    "types",
    "unions",
    "values",
]
