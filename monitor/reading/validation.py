"""Is a document valid by the official meta-schemas of its OpenAPI version?"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from monitor.reading.document import Document, Problem
from monitor.reading.problems import explain

MOST_PROBLEMS = 100

_FILES = {"2.0": "v2.0", "3.0": "v3.0", "3.1": "v3.1", "3.2": "v3.2"}
_SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def validate(document: Document) -> tuple[Problem, ...]:
    """Where the document breaks the meta-schema of its version; at most 100 problems, in order of their place.

    The meta-schemas are those that openapi-spec-validator carries. It is the authority itself (authority.py);
    this check says the same of structure in a thousandth of the time.
    """
    version = ".".join(document.openapi.split(".")[:2])
    found: dict[tuple[str, str], Problem] = {}
    errors = _validator(version, own_dialect="jsonSchemaDialect" in document.root).iter_errors(document.root)
    for problem in (problem for error in errors for problem in explain(error)):
        found.setdefault((problem.pointer, problem.message), problem)
        if len(found) >= MOST_PROBLEMS:
            break
    mistyped = {pointer for pointer, message in found if " is not of type " in message}
    # What else there is to say of a value of the wrong type follows from that: once is enough.
    return tuple(found[key] for key in sorted(found) if key[0] not in mistyped or " is not of type " in key[1])


def _home() -> Path:
    """The folder of openapi-spec-validator, which is not imported: that takes half a second."""
    found = find_spec("openapi_spec_validator")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("specwatch is installed incompletely: openapi-spec-validator is missing")
    return Path(found.origin).parent


@lru_cache(maxsize=8)
def _validator(version: str, *, own_dialect: bool) -> Any:
    import jsonschema_rs  # not needed to compare, and start-up time counts

    base = _home() / "resources" / "schemas" / _FILES[version] / "schema.json"
    schema = json.loads(base.read_text(encoding="utf-8"))
    if version in ("3.1", "3.2") and not own_dialect:
        # These meta-schemas leave open what a Schema Object is, for documents that choose a dialect of their own. In
        # all others it is JSON Schema 2020-12 (OAS 3.1.1, section 4.8.24), whose meta-schema the validator carries.
        schema["$defs"]["schema"] = {"$dynamicAnchor": "meta", "$ref": _SCHEMA_DIALECT}
    return jsonschema_rs.validator_for(schema)
