"""openapi-spec-validator, as a process of its own: `python -m monitor.reading.authority`.

It reads documents as JSON on standard input and answers each on standard output, both behind a line with their number
of bytes, until nobody sends any more: `{"problems": [{"pointer", "message"}]}`, or `{"fault"}` where it cannot judge a
document. It needs 20 seconds for 13 MB and yields nothing in between, so whoever starts it sets a time limit
(monitor/jobs/authority), and names as its argument how many bytes of memory it may take.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

from monitor.contract import References, target_of
from monitor.errors import ReferenceUnresolved
from monitor.reading.numbers import walk
from monitor.reading.reader import declared_version
from monitor.reading.validation import MOST_PROBLEMS
from monitor.values import JsonObject, resolve
from monitor.values.pointer import join

_LONGEST = 500


def problems_of(root: JsonObject) -> list[dict[str, str]]:
    """What openapi-spec-validator finds wrong; at most 100 problems.

    Raises whatever it raises, unless something was found before. Raises VersionMissing, VersionUnsupported.
    """
    found: list[dict[str, str]] = []
    try:
        for error in islice(_validator_for(root).iter_errors(), MOST_PROBLEMS):
            found.append({"pointer": _pointer(root, error), "message": _words(error)})
    except Exception:
        # It stumbles over what it has just called invalid, and over a reference that leads nowhere.
        found += islice(_dangling(root), MOST_PROBLEMS - len(found))
        if not found:
            raise
    return found


def _validator_for(root: JsonObject) -> Any:
    from openapi_spec_validator import (  # half a second
        OpenAPIV2SpecValidator,
        OpenAPIV30SpecValidator,
        OpenAPIV31SpecValidator,
        OpenAPIV32SpecValidator,
    )

    known = {
        "2.0": OpenAPIV2SpecValidator,
        "3.0": OpenAPIV30SpecValidator,
        "3.1": OpenAPIV31SpecValidator,
        "3.2": OpenAPIV32SpecValidator,
    }
    # Without handlers it follows no reference out of the document: by default it would read files and fetch URLs.
    local = type("Local", (known[declared_version(root)[:3]],), {"resolver_handlers": {}})
    return local(root)


def _pointer(root: JsonObject, error: Any) -> str:
    """Its place in the document; some of its errors only know their place in a schema, which nobody could find."""
    pointer = join("", *error.absolute_path)
    try:
        resolve(root, pointer)
    except LookupError:
        return ""
    return pointer


def _words(error: Any) -> str:
    """The first paragraph of its message: after it come the meta-schema and the instance in full."""
    return str(error.message).partition("\n\n")[0][:_LONGEST]


def _dangling(root: JsonObject) -> Iterator[dict[str, str]]:
    references = References(root)
    for pointer, value in walk(root):
        target = target_of(value)
        if target is None or not target.startswith("#"):
            continue
        try:
            references.hop(target)
        except ReferenceUnresolved as error:
            yield {"pointer": join(pointer, "$ref"), "message": error.what}


def _stay_inside() -> None:
    """Whatever a document says, nothing is fetched or opened because of it (an audit hook, PEP 578).

    The validator opens its own meta-schemas as `file:` URLs.
    """
    package = find_spec("openapi_spec_validator")
    own = Path(package.origin).parent.as_uri() if package and package.origin else ""

    def refuse(event: str, details: tuple[object, ...]) -> None:
        opens = event == "urllib.Request" and not (own and str(details[0]).startswith(own + "/"))
        if opens or event in ("socket.getaddrinfo", "socket.connect"):
            raise PermissionError("its references out of the document are not followed")

    sys.addaudithook(refuse)


def _answer(data: bytes) -> bytes:
    try:
        return json.dumps({"problems": problems_of(json.loads(data))}).encode()
    except MemoryError:
        return json.dumps({"fault": "it cannot be judged within the memory that it may take"}).encode()
    except Exception as error:
        said = str(error).partition("\n")[0]
        return json.dumps({"fault": f"it cannot be judged: {type(error).__name__}: {said}"[:_LONGEST]}).encode()


def _take_no_more_than(memory: int) -> None:
    """Let allocations fail beyond so many bytes of address space, and leave no core behind, where the system can."""
    try:
        import resource
    except ImportError:
        return  # only POSIX has it
    for limit, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(limit)[1]
        value = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(OSError, ValueError):
            resource.setrlimit(limit, (value, value))


def main(memory: int) -> None:
    """Read, validate, answer; with so many bytes of memory at most."""
    _take_no_more_than(memory)
    _stay_inside()
    documents, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # whatever else is printed is no answer
    while size := documents.readline():
        answer = _answer(documents.read(int(size)))
        answers.write(b"%d\n" % len(answer) + answer)
        answers.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
