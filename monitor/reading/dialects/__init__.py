"""The versions of OpenAPI: each a small table filling `monitor.contract.Dialect`."""

from __future__ import annotations

from monitor.contract import Dialect
from monitor.errors import VersionUnsupported
from monitor.reading.dialects.v2 import V2
from monitor.reading.dialects.v3_0 import V3_0
from monitor.reading.dialects.v3_1 import V3_1
from monitor.reading.dialects.v3_2 import V3_2

_BY_VERSION: dict[str, Dialect] = {dialect.name: dialect for dialect in (V2, V3_0, V3_1, V3_2)}


def dialect_for(version: str) -> Dialect:
    """The dialect of a declared version such as `3.0.3`; the patch number never matters (OAS 3.0.4, section 4.1).

    Raises VersionUnsupported.
    """
    found = _BY_VERSION.get(".".join(version.split(".")[:2]))
    if found is None:
        known = ", ".join(_BY_VERSION)
        raise VersionUnsupported(f"OpenAPI {version} is not known", advice=f"Known are {known}.")
    return found
