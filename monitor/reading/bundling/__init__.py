"""A document that consists of several files, as one: every `$ref` that leads to another file leads into the document.

What a reference may name where it stands (a schema, a parameter, a response) becomes a component; what it may not by
the letter, and is done all the same (an operation, a text, a whole map), takes the place of the reference.
"""

from monitor.reading.bundling.bundle import Bundle, bundle, has_parts
from monitor.reading.bundling.parts import BundleLimits, Load, Part

__all__ = ["Bundle", "BundleLimits", "Load", "Part", "bundle", "has_parts"]
