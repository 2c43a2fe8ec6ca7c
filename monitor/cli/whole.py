"""Writing a file whole or not at all: whoever reads it meanwhile has the one before."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole(output: Path, *, mode: int) -> Iterator[BinaryIO]:
    """A file to write into that takes `output`'s place when all is written; `mode` as far as the umask lets it.

    Raises OSError.
    """
    part = output.with_name(f".{output.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, mode), "wb") as file:
            yield file
        part.replace(output)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
