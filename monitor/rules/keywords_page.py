"""The page of keywords: how each keyword of the official meta-schemas is compared, found out by comparing.

For each keyword `monitor/_data/keywords/samples.toml` has a pair of values. The page shows the rules that fire when
the keyword comes, goes and changes, so it cannot say anything else than what the engine does.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources as packages
from typing import Any, Final

from monitor import resources
from monitor.compare import compare
from monitor.contract import Contract
from monitor.reading import contract_of, read
from monitor.rules.judge import judge
from monitor.values.pointer import resolve

VERSIONS: Final = ("2.0", "3.0", "3.1", "3.2")
EDITS: Final = ("added", "removed", "changed")

_HEAD: Final = """\
# Keywords

*Written by `docs/generate.py`, by comparing a pair of documents for each cell; do not edit. The pairs are in
`monitor/_data/keywords/samples.toml`.*

Every keyword of the official meta-schemas (OpenAPI 2.0, 3.0, 3.1 and 3.2, JSON Schema 2020-12), the versions that have
it, and the [rules](rules/index.md) that fire when it comes, when it goes, and when its value changes to the one of the
sample; other values may fire other rules of the same family. A keyword has more than one line where versions differ.

- *compared*: it has rules of its own.
- *documentation*: people read it, no client depends on it.
- *leftover*: nothing understands it. It is told as `unclassified-changed`, which is risky, and never dropped.
- *silent*: the sample changes nothing; the note says why.
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """A pair of values for one keyword of one object in one version, and the pointer of the object that has it.

    `always`: it is required, and only changes. `silent`: why nothing is told of it.
    """

    was: Any
    now: Any
    beside: Mapping[str, Any]
    without: tuple[str, ...]
    at: str
    always: bool
    silent: str
    note: str


@dataclass(frozen=True, slots=True)
class Row:
    """How the engine compares one keyword: the ids of the rules for each edit, None where the edit cannot be."""

    of: str
    keyword: str
    versions: tuple[str, ...]
    rules: tuple[tuple[str, ...] | None, ...]
    silent: str
    note: str

    @property
    def how(self) -> str:
        """In a word: compared, documentation, leftover (wholly or in part) or silent."""
        found = {rule for edit in self.rules for rule in edit or ()}
        if not found:
            return "silent"
        if found == {"documentation-changed"}:
            return "documentation"
        if found == {"unclassified-changed"}:
            return "leftover"
        return "compared, in part a leftover" if "unclassified-changed" in found else "compared"


# --- what the meta-schemas have --------------------------------------------------------------------------------------

_META: Final = {"2.0": "v2.0", "3.0": "v3.0", "3.1": "v3.1", "3.2": "v3.2"}
_VOCABULARIES: Final = ("applicator", "content", "core", "format-annotation", "meta-data", "unevaluated", "validation")
_OAS: Final = {"3.1": "oas3.1/vocabularies/base", "3.2": "oas3.2/meta/2025-09-17.json"}
_MIXINS: Final = {"examples", "explode-for-form"}
_METHODS: Final = re.compile(r"\^\(([a-z|]+)\)\$")

_OBJECTS: Final = {
    "info": "Info", "contact": "Contact", "license": "License", "externaldocs": "External Documentation",
    "externaldocumentation": "External Documentation", "operation": "Operation", "pathitem": "Path Item",
    "responses": "Responses", "response": "Response", "header": "Header", "bodyparameter": "Parameter",
    "headerparametersubschema": "Parameter", "queryparametersubschema": "Parameter",
    "formdataparametersubschema": "Parameter", "pathparametersubschema": "Parameter", "schema": "Schema",
    "fileschema": "Schema", "primitivesitems": "Items", "xml": "XML", "tag": "Tag", "jsonreference": "Reference",
    "basicauthenticationsecurity": "Security Scheme", "apikeysecurity": "Security Scheme",
    "oauth2implicitsecurity": "Security Scheme", "oauth2passwordsecurity": "Security Scheme",
    "oauth2applicationsecurity": "Security Scheme", "oauth2accesscodesecurity": "Security Scheme",
    "reference": "Reference", "server": "Server", "servervariable": "Server Variable", "components": "Components",
    "discriminator": "Discriminator", "mediatype": "Media Type", "example": "Example", "parameter": "Parameter",
    "parameterlocation": "Parameter", "requestbody": "Request Body", "securityscheme": "Security Scheme",
    "apikeysecurityscheme": "Security Scheme", "httpsecurityscheme": "Security Scheme",
    "oauth2securityscheme": "Security Scheme", "openidconnectsecurityscheme": "Security Scheme",
    "oauthflows": "OAuth Flows", "implicitoauthflow": "OAuth Flow", "passwordoauthflow": "OAuth Flow",
    "clientcredentialsflow": "OAuth Flow", "authorizationcodeoauthflow": "OAuth Flow", "link": "Link",
    "encoding": "Encoding", "parameters": "Parameter",
}  # fmt: skip
"""What the definitions of the meta-schemas are called in the specifications; their names without case and dashes."""


@cache
def official() -> frozenset[tuple[str, str, str]]:
    """Every object, keyword and version of the official meta-schemas, as openapi-spec-validator carries them."""
    found: set[tuple[str, str, str]] = set()
    for version, folder in _META.items():
        schema = _packaged("openapi_spec_validator", f"resources/schemas/{folder}/schema.json")
        definitions = schema.pop("$defs", None) or schema.pop("definitions")
        found |= {("OpenAPI", keyword, version) for keyword in _keywords(schema, definitions)}
        for name, definition in definitions.items():
            found |= {(of, keyword, version) for of, keyword in _of_definition(name, definition, definitions)}
    for version, file in _OAS.items():
        schema = _packaged("openapi_schema_validator", f"schemas/{file}")
        found |= {("Schema", keyword, version) for keyword in schema["properties"]}
        for name, definition in schema["$defs"].items():
            found |= {(of, keyword, version) for of, keyword in _of_definition(name, definition, {})}
        found |= {("Schema", keyword, version) for keyword in _json_schema()}
    return frozenset(found)


def _json_schema() -> set[str]:
    folder = "schemas/draft202012"
    found = set(_packaged("jsonschema_specifications", f"{folder}/metaschema.json")["properties"])
    for name in _VOCABULARIES:
        found |= set(_packaged("jsonschema_specifications", f"{folder}/vocabularies/{name}")["properties"])
    return found


def _packaged(package: str, path: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((packages.files(package) / path).read_text(encoding="utf-8"))
    return loaded


def _of_definition(name: str, definition: dict[str, Any], others: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if name in _MIXINS:
        return
    of = _OBJECTS.get(name.replace("-", "").lower(), f"unknown: {name}")
    if of == "OAuth Flows":
        inner = definition.pop("$defs", {})
        yield from (("OAuth Flow", keyword) for flow in inner.values() for keyword in _keywords(flow, others))
    yield from ((of, keyword) for keyword in _keywords(definition, others))


def _keywords(schema: Any, definitions: dict[str, Any]) -> Iterator[str]:
    """The members that a definition names, wherever in it, but not those of the objects in its members."""
    if isinstance(schema, list):
        for part in schema:
            yield from _keywords(part, definitions)
    if not isinstance(schema, dict):
        return
    yield from schema.get("properties", ())
    for pattern in schema.get("patternProperties", ()):
        methods = _METHODS.fullmatch(pattern)
        yield from methods[1].split("|") if methods else ()
    mixin = str(schema.get("$ref")).rpartition("/")[2]
    if mixin in _MIXINS and mixin in definitions:
        yield from _keywords(definitions[mixin], definitions)
    for keyword, part in schema.items():
        if keyword not in ("properties", "patternProperties", "additionalProperties", "required", "default", "items"):
            inner = part.values() if keyword in ("$defs", "dependentSchemas") else [part]
            for each in inner:
                yield from _keywords(each, definitions)


# --- what the engine makes of it -------------------------------------------------------------------------------------


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.text("keywords", "samples.toml"))


def samples() -> dict[tuple[str, str, str], Sample]:
    """The pair for each object, keyword and version that has one."""
    found = {}
    for of, keyword, version in sorted(official()):
        listed = _data()["keywords"].get(of, {}).get(keyword, [])
        for pair in listed if isinstance(listed, list) else [listed]:
            if version in pair.get("of", VERSIONS):
                found[of, keyword, version] = Sample(
                    pair["was"], pair["now"], pair.get("with", {}), tuple(pair.get("without", ())),
                    pair.get("at") or _place(of, version) + pair.get("inside", ""), pair.get("always", False),
                    pair.get("silent", ""), pair.get("note", ""),
                )  # fmt: skip
    return found


def _place(of: str, version: str) -> str:
    return str(_data()["places"][_family(version)][of])


def _family(version: str) -> str:
    return "2.0" if version == "2.0" else "3"


def sampled() -> set[tuple[str, str]]:
    """Every object and keyword that the file of samples speaks of."""
    return {(of, keyword) for of, keywords in _data()["keywords"].items() for keyword in keywords}


def rows() -> tuple[Row, ...]:
    """One row for each keyword, more where versions differ; by object in the order of the samples, then by keyword."""
    alike: dict[tuple[str, str, tuple[tuple[str, ...] | None, ...], str, str], list[str]] = {}
    for (of, keyword, version), sample in samples().items():
        fired = tuple(_fired(keyword, version, sample, edit) for edit in EDITS)
        alike.setdefault((of, keyword, fired, sample.silent, sample.note), []).append(version)
    order = list(_data()["keywords"])
    every = [
        Row(of, keyword, tuple(versions), fired, silent, note)
        for (of, keyword, fired, silent, note), versions in alike.items()
    ]
    return tuple(sorted(every, key=lambda row: (order.index(row.of), row.keyword, row.versions)))


def _fired(keyword: str, version: str, sample: Sample, edit: str) -> tuple[str, ...] | None:
    """The rules that fire for one edit, in order of their ids; None where a required keyword would come or go."""
    if sample.always and edit != "changed":
        return None
    before = {} if edit == "added" else {keyword: sample.was}
    after = {"added": {keyword: sample.was}, "removed": {}, "changed": {keyword: sample.now}}[edit]
    sides = [_contract_with(version, sample, members, keyword) for members in (before, after)]
    return tuple(sorted({finding.rule.id for finding in judge(compare(*sides))}))


def _contract_with(version: str, sample: Sample, members: Mapping[str, Any], keyword: str) -> Contract:
    text = _data()["documents"][_family(version)].replace("VERSION", f"{version}.0")
    root = read(text.encode(), source="sample.yaml").root
    holder = resolve(root, sample.at)
    assert isinstance(holder, dict)
    for name in (keyword, *sample.without):
        holder.pop(name, None)
    holder.update({**sample.beside, **members})
    return contract_of(read(json.dumps(root).encode(), source="sample.json"))


# --- the page --------------------------------------------------------------------------------------------------------


def keywords_page() -> str:
    """The whole page, as Markdown."""
    parts = [_HEAD]
    every = rows()
    for of in dict.fromkeys(row.of for row in every):
        listed = [_line(row) for row in every if row.of == of]
        parts.append(f"## {of} Object\n\n| keyword | versions | how | {' | '.join(EDITS)} |\n|---|---|---|---|---|---|")
        parts[-1] += "\n" + "\n".join(listed) + "\n"
    return "\n".join(parts)


def _line(row: Row) -> str:
    how = ". ".join(words for words in (row.how, row.silent, row.note) if words)
    return f"| `{row.keyword}` | {', '.join(row.versions)} | {how} | {' | '.join(_cell(edit) for edit in row.rules)} |"


def _cell(rules: tuple[str, ...] | None) -> str:
    if rules is None:
        return ""
    return ", ".join(f"[{rule}](rules/{rule}.md)" for rule in rules) or "-"
