"""openapi-spec-validator, as a process of its own: `python -m monitor.reading.authority`.

It reads a document as JSON on standard input and prints a list of `{"pointer", "message"}` on standard output. It needs
20 seconds for 13 MB and yields nothing in between, so whoever starts it sets a time limit (monitor/jobs/authority).
"""

from __future__ import annotations

import json
import sys
from itertools import islice

from monitor.reading.validation import MOST_PROBLEMS
from monitor.values import JsonObject
from monitor.values.pointer import join


def problems_of(root: JsonObject) -> list[dict[str, str]]:
    """What openapi-spec-validator finds wrong; at most 100 problems."""
    from openapi_spec_validator import (  # half a second
        OpenAPIV2SpecValidator,
        OpenAPIV30SpecValidator,
        OpenAPIV31SpecValidator,
        OpenAPIV32SpecValidator,
    )

    version = str(root.get("openapi") or root.get("swagger"))[:3]
    known = {
        "2.0": OpenAPIV2SpecValidator,
        "3.0": OpenAPIV30SpecValidator,
        "3.1": OpenAPIV31SpecValidator,
        "3.2": OpenAPIV32SpecValidator,
    }
    found = islice(known[version](root).iter_errors(), MOST_PROBLEMS)
    return [{"pointer": join("", *error.absolute_path), "message": str(error.message)[:500]} for error in found]


def main() -> None:
    """Read, validate, print."""
    sys.stdout.write(json.dumps(problems_of(json.loads(sys.stdin.buffer.read()))))


if __name__ == "__main__":
    main()
