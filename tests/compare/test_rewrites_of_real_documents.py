"""Rewrites that keep the meaning of real documents are silent, and do not move the verdicts on a real pair."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from monitor.compare import compare
from monitor.contract import Contract
from monitor.policy import client_profile, decide, promise_profile
from monitor.reading import contract_of, read
from monitor.rules import Finding, Level, judge

Json = dict[str, Any]
Rewrite = Callable[[Json], None]
Place = tuple[Any, Any]
"""A holder and a key: what stands there can be replaced."""

pytestmark = pytest.mark.corpus

DOCUMENTS = {
    "incident-io": ("2023-04-26T1739_924a1bc.json", "2023-10-17T1258_63cf60f.json"),
    "box": ("2026-06-10T1016_8b694ff.json", "2026-06-29T1304_c9a878a.json"),
    "adyen-checkout-v71": ("2026-05-11T1355_c17deb7.json", "2026-05-28T0813_74fabab.json"),
    "twilio-api": ("2022-01-12T1920_f5cf05e.json", "2024-04-18T1107_753ee12.json"),
    "xero-accounting": ("2022-01-19T1832_b8f1051.yaml", "2024-06-12T0154_f5a0670.yaml"),
    "openai": ("2023-06-11T0158_8ea6412.yaml", "2024-04-17T1656_a0909a0.yaml"),
}
"""Small documents of the corpus, each with one that came after it."""

LARGE = {
    "stripe": ("2022-04-07T1617_fc5a2b9.json", "2022-04-13T0129_e0123a3.json"),
    "github": ("2021-01-05T1851_c6524d8.json", "2022-07-13T1459_972bff7.json"),
}
"""Large ones, tried with the rewrites that move most."""

# --- walking ---------------------------------------------------------------------------------------------------------

MAPS = ("properties", "patternProperties", "$defs", "dependentSchemas")
LISTS = ("allOf", "oneOf", "anyOf", "prefixItems")
SINGLES = ("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames")
VALUES = ("example", "examples", "default", "enum", "const")


def schemas(holder: Any, key: Any) -> Iterator[Place]:
    """The places of a schema and of all schemas inside it, the innermost first."""
    schema = holder[key]
    if not isinstance(schema, dict):
        return
    for name in MAPS:
        for inner in list(schema.get(name) or ()):
            yield from schemas(schema[name], inner)
    for name in LISTS:
        for index in range(len(schema.get(name) or ())):
            yield from schemas(schema[name], index)
    for name in SINGLES:
        if name in schema:
            yield from schemas(schema, name)
    yield holder, key


def every_schema(value: Any) -> Iterator[Place]:
    """The places of all schemas of a document."""
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        if key == "components":
            for name in list(value[key].get("schemas") or ()):
                yield from schemas(value[key]["schemas"], name)
            yield from every_schema({name: part for name, part in value[key].items() if name != "schemas"})
        elif key == "schema" and isinstance(value[key], dict):
            yield from schemas(value, key)
        elif key not in VALUES and not str(key).startswith("x-"):
            yield from every_schema(value[key])


def operations(root: Json) -> Iterator[Json]:
    for item in root["paths"].values():
        for method in ("get", "put", "post", "delete", "options", "head", "patch", "trace"):
            if method in item:
                yield item[method]


def named(root: Json, reference: str) -> Any:
    value: Any = root
    for token in reference.split("/")[1:]:
        value = value[token.replace("~1", "/").replace("~0", "~")]
    return value


def told_apart(root: Json) -> set[int]:
    """The branches of unions that a discriminator tells apart by their name, by identity."""
    found = set()
    for holder, key in every_schema(root):
        if "discriminator" in holder[key]:
            found |= {id(branch) for name in ("oneOf", "anyOf") for branch in holder[key].get(name) or ()}
    return found


# --- rewrites --------------------------------------------------------------------------------------------------------


def rename_components(root: Json) -> None:
    """Every component gets another name, schemas where their name says nothing on the wire."""
    implied = {
        branch["$ref"].rpartition("/")[2]
        for holder, key in every_schema(root)
        if "discriminator" in holder[key] and "mapping" not in holder[key]["discriminator"]
        for name in ("oneOf", "anyOf")
        for branch in holder[key].get(name) or ()
        if "$ref" in branch
    }
    implied |= {
        name
        for name, schema in root["components"]["schemas"].items()
        if "discriminator" in schema and "oneOf" not in schema and "anyOf" not in schema
    }
    text = json.dumps(root)
    for section, found in root["components"].items():
        for name in found if not section.startswith("x-") else ():
            if section != "schemas" or name not in implied:
                text = text.replace(f'"#/components/{section}/{name}"', f'"#/components/{section}/{name}{SUFFIX}"')
    changed = json.loads(text)
    for section, found in changed["components"].items():
        changed["components"][section] = {
            name if section.startswith("x-") or (section == "schemas" and name in implied) else name + SUFFIX: value
            for name, value in found.items()
        }
    for holder in (changed, *operations(changed)):
        if "security" in holder:
            holder["security"] = [{name + SUFFIX: scopes for name, scopes in way.items()} for way in holder["security"]]
    root.clear()
    root.update(changed)


SUFFIX = "Renamed"


def inline_schemas(root: Json) -> None:
    """What refers to a schema says that schema itself, one step deep."""
    apart = told_apart(root)
    original = copy.deepcopy(root)
    for holder, key in list(every_schema(root)):
        value = holder[key]
        if set(value) == {"$ref"} and id(value) not in apart and value["$ref"].startswith("#/components/schemas/"):
            target = named(original, value["$ref"])
            if isinstance(target, dict) and "discriminator" not in target:
                holder[key] = copy.deepcopy(target)


def inline_leaves(root: Json) -> None:
    """What refers to a schema without references of its own says that schema itself, which is then not named."""
    apart = told_apart(root)
    kept = {
        value["$ref"] for holder, key in every_schema(root) if id(value := holder[key]) in apart and "$ref" in value
    }
    leaves = {
        f"#/components/schemas/{name}": schema
        for name, schema in root["components"]["schemas"].items()
        if '"$ref"' not in json.dumps(schema) and f"#/components/schemas/{name}" not in kept
    }
    text = json.dumps(root)
    for holder, key in list(every_schema(root)):
        if set(holder[key]) == {"$ref"} and holder[key]["$ref"] in leaves:
            holder[key] = copy.deepcopy(leaves[holder[key]["$ref"]])
    text, rest = json.dumps(root), root["components"]["schemas"]
    for reference in leaves:
        if json.dumps(reference) not in text:
            del rest[reference.rpartition("/")[2]]


def inline_deep(root: Json) -> None:
    """What refers to a schema says that schema itself, and so do the references inside it, three steps deep."""
    apart = told_apart(root)
    original = copy.deepcopy(root)

    def inlined(value: Any, within: tuple[str, ...]) -> Any:
        reference = value.get("$ref") if isinstance(value, dict) and set(value) == {"$ref"} else None
        if reference is None or reference in within or not reference.startswith("#/components/schemas/"):
            return value
        target = named(original, reference)
        if not isinstance(target, dict) or "discriminator" in target or len(json.dumps(target)) > MOST_INLINED:
            return value
        holder = {"": copy.deepcopy(target)}
        if len(within) < 3:
            for place, key in list(schemas(holder, "")):
                place[key] = inlined(place[key], (*within, reference))
        return holder[""]

    for holder, key in list(every_schema(root)):
        if id(holder[key]) not in apart:
            holder[key] = inlined(holder[key], ())


MOST_INLINED = 1500
"""The most text of a schema that is inlined with what is inside it: documents would grow without end."""


def inline_messages(root: Json) -> None:
    """What refers to a parameter, body, response or header says it itself."""
    for item in root["paths"].values():
        item["parameters"] = [inlined_message(root, each) for each in item.get("parameters", [])]
    for operation in operations(root):
        operation["parameters"] = [inlined_message(root, each) for each in operation.get("parameters", [])]
        if "requestBody" in operation:
            operation["requestBody"] = inlined_message(root, operation["requestBody"])
        responses = operation["responses"]
        for status in responses:
            responses[status] = response = inlined_message(root, responses[status])
            for name in response.get("headers", {}):
                response["headers"][name] = inlined_message(root, response["headers"][name])


def inlined_message(root: Json, value: Json) -> Json:
    return copy.deepcopy(named(root, value["$ref"])) if set(value) == {"$ref"} else value


def chain_references(root: Json) -> None:
    """Every component refers to another one that says what it said."""
    for section, found in root["components"].items():
        if section in ("schemas", "parameters", "responses", "requestBodies", "headers"):
            for name in list(found):
                if "$ref" not in found[name] and "discriminator" not in found[name]:
                    found[f"{name}End"] = found[name]
                    found[name] = {"$ref": f"#/components/{section}/{name}End"}


def extract_schemas(root: Json) -> None:
    """Every third object that is written out becomes a component."""
    found = root["components"]["schemas"]
    tops = {id(schema) for schema in found.values()}
    places = [place for place in every_schema(root) if "properties" in place[0][place[1]]]
    for number, (holder, key) in enumerate(places):
        if number % 3 == 0 and id(holder[key]) not in tops:
            found[f"Extracted{number}"] = holder[key]
            holder[key] = {"$ref": f"#/components/schemas/Extracted{number}"}


def wrap_references(root: Json) -> None:
    """A reference becomes an `allOf` of that reference."""
    apart = told_apart(root)
    for holder, key in list(every_schema(root)):
        if set(holder[key]) == {"$ref"} and id(holder[key]) not in apart:
            holder[key] = {"allOf": [holder[key]]}


PLAIN = {"type", "properties", "required", "title", "description"}


def merge_all_of(root: Json) -> None:
    """An `allOf` of plain objects with other properties becomes one object."""
    original = copy.deepcopy(root)
    for holder, key in list(every_schema(root)):
        schema = holder[key]
        members = [
            named(original, member["$ref"]) if "$ref" in member else member for member in schema.get("allOf", ())
        ]
        names = [name for member in (schema, *members) for name in member.get("properties", ())]
        plain = all(set(member) <= PLAIN and member.get("type", "object") == "object" for member in members)
        if len(members) > 1 and plain and len(set(names)) == len(names) and schema.get("type", "object") == "object":
            own = {name: value for name, value in schema.items() if name not in ("allOf", "properties", "required")}
            stated = {name: "object" for name in ("type",) if any(name in member for member in (schema, *members))}
            holder[key] = {**own, **stated, "properties": {}, "required": []}
            for member in (schema, *members):
                holder[key]["properties"] |= copy.deepcopy(member.get("properties", {}))
                holder[key]["required"] += member.get("required", [])


def split_objects(root: Json) -> None:
    """Every other plain object becomes an `allOf` of one that has half of its properties and one that has the rest."""
    for number, (holder, key) in enumerate(list(every_schema(root))):
        schema = holder[key]
        names = list(schema.get("properties", ()))
        if number % 2 or len(names) < 2 or not {"type", "properties"} <= set(schema) or "allOf" in schema:
            continue
        if schema.get("additionalProperties", True) not in (True, {}):
            continue  # it does not see what a member of an `allOf` lists, and would refuse it
        halves = names[: len(names) // 2], names[len(names) // 2 :]
        members = [
            {"type": "object", "properties": {name: schema["properties"][name] for name in half}} for half in halves
        ]
        members[1]["required"] = schema.get("required", [])
        kept = {name: value for name, value in schema.items() if name not in ("type", "properties", "required")}
        holder[key] = {**kept, "allOf": members}


def shuffle(root: Json) -> None:
    """Keys, and lists whose order says nothing, in another order."""
    random_ = random.Random(7)
    for holder, key in every_schema(root):
        for name in ("required", "enum", "type", "oneOf", "anyOf"):
            if isinstance(holder[key].get(name), list):
                random_.shuffle(holder[key][name])
    for operation in operations(root):
        random_.shuffle(operation.get("parameters", []))
    mixed = _mixed(root, random_)
    root.clear()
    root.update(mixed)


def _mixed(value: Any, random_: random.Random) -> Any:
    if isinstance(value, dict):
        keys = list(value)
        random_.shuffle(keys)
        return {key: _mixed(value[key], random_) for key in keys}
    return [_mixed(item, random_) for item in value] if isinstance(value, list) else value


def to_3_1(root: Json) -> None:
    """A document of 3.0 in the words of 3.1: `null` among the types, exclusive bounds as numbers."""
    if not root["openapi"].startswith("3.0"):
        return
    root["openapi"] = "3.1.0"
    for holder, key in list(every_schema(root)):
        schema = holder[key]
        if "$ref" in schema:  # what stood beside it had no effect, and would have one now
            said = {name: schema[name] for name in ("$ref", "description", "summary") if name in schema}
            holder[key] = {"anyOf": [said, {"type": "null"}]} if schema.get("nullable") is True else said
            continue
        for bound in ("Minimum", "Maximum"):
            if schema.pop(f"exclusive{bound}", False) is True:
                schema[f"exclusive{bound}"] = schema.pop(bound.lower())
        if schema.pop("nullable", False) is not True:
            continue
        if isinstance(schema.get("type"), str):
            schema["type"] = [schema["type"], "null"]
        elif any(name in schema for name in ("allOf", "oneOf", "anyOf")):
            holder[key] = {"anyOf": [schema, {"type": "null"}]}


WORDS = (
    "title",
    "description",
    "example",
    "examples",
    "default",
    "deprecated",
    "readOnly",
    "writeOnly",
    "externalDocs",
    "xml",
)
"""What stays around a schema that becomes a branch; `xml` too, which says how the property is written."""


def _null_in_a_union(root: Json, keyword: str) -> None:
    to_3_1(root)
    for holder, key in list(every_schema(root)):
        schema = holder[key]
        types = schema.get("type")
        if isinstance(types, list) and "null" in types and len(types) > 1 and "allOf" not in schema:
            words = {name: value for name, value in schema.items() if name in WORDS or name.startswith("x-")}
            rest = [name for name in types if name != "null"]
            inner = {name: value for name, value in schema.items() if name not in words}
            inner["type"] = rest[0] if len(rest) == 1 else rest
            nullable = "enum" not in inner or None in inner["enum"]
            if "enum" in inner:
                inner["enum"] = [value for value in inner["enum"] if value is not None]
            if nullable:
                holder[key] = {**words, keyword: [{"type": "null"}, inner]}
        elif "anyOf" in schema and {"type": "null"} in schema["anyOf"]:
            schema[keyword] = schema.pop("anyOf")


def null_in_any_of(root: Json) -> None:
    """What accepts `null` is an `anyOf` of `null` and the rest."""
    _null_in_a_union(root, "anyOf")


def null_in_one_of(root: Json) -> None:
    """What accepts `null` is a `oneOf` of `null` and the rest."""
    _null_in_a_union(root, "oneOf")


def const_for_enum(root: Json) -> None:
    """A list of one value is that value as a constant, and the other way round."""
    to_3_1(root)
    for holder, key in every_schema(root):
        schema = holder[key]
        if "const" in schema:
            schema["enum"] = [schema.pop("const")]
        elif len(schema.get("enum") or ()) == 1:
            (schema["const"],) = schema.pop("enum")


def write_numbers_otherwise(root: Json) -> None:
    """Whole numbers get a decimal point."""
    for holder, key in every_schema(root):
        schema = holder[key]
        for name, value in schema.items():
            if name.startswith(("min", "max", "exclusive", "multiple", "default")) and type(value) is int:
                schema[name] = float(value)
            elif name == "enum":
                schema[name] = [float(each) if type(each) is int else each for each in value]


def spell_media_types(root: Json) -> None:
    """Names of media types in capitals, with blanks before their parameters."""
    holders = [operation.get("requestBody", {}) for operation in operations(root)]
    holders += [response for operation in operations(root) for response in operation["responses"].values()]
    holders += [part for name in ("requestBodies", "responses") for part in root["components"].get(name, {}).values()]
    for holder in holders:
        if "content" in holder:
            holder["content"] = {name.upper().replace(";", " ; "): value for name, value in holder["content"].items()}


def reword(root: Json) -> None:
    """Descriptions read otherwise, and examples stand beside schemas that stood in them."""
    for holder, key in every_schema(root):
        schema = holder[key]
        if isinstance(schema.get("description"), str):
            schema["description"] += " Or so."
    for operation in operations(root):
        for holder in (*operation.get("parameters", ()), *operation["responses"].values(), operation):
            if isinstance(holder.get("description"), str):
                holder["description"] += " Or so."
        for content in [response.get("content", {}) for response in operation["responses"].values()]:
            for media_type in content.values():
                example = media_type.get("schema", {}).pop("example", None)
                if example is not None:
                    media_type["examples"] = {"one": {"value": example}}


def rename_path_parameters(root: Json) -> None:
    """Every parameter of a path gets another name, in the path's template and where it is declared."""

    def declared(parameters: list[Json]) -> None:
        for parameter in parameters:
            if parameter.get("in") == "path":
                parameter["name"] += "_renamed"

    declared(list(root.get("components", {}).get("parameters", {}).values()))
    for item in root["paths"].values():
        declared(item.get("parameters", []))
    for operation in operations(root):
        declared(operation.get("parameters", []))
    root["paths"] = {re.sub(r"\{([^{}]*)\}", r"{\1_renamed}", path): item for path, item in root["paths"].items()}


def move_path_items(root: Json) -> None:
    """Path items stand elsewhere, and `paths` refers to them."""
    for number, path in enumerate(list(root["paths"])):
        root.setdefault("x-items", {})[f"i{number}"] = root["paths"][path]
        root["paths"][path] = {"$ref": f"#/x-items/i{number}"}


def move_parameters(root: Json) -> None:
    """Parameters of a path item are said by each of its operations."""
    for item in root["paths"].values():
        shared = item.pop("parameters", [])
        for operation in operations({"paths": {"": item}}):
            own = [identity(root, parameter) for parameter in operation.get("parameters", [])]
            more = [parameter for parameter in shared if identity(root, parameter) not in own]
            if more:
                operation["parameters"] = [*operation.get("parameters", []), *copy.deepcopy(more)]


def share_parameters(root: Json) -> None:
    """What every operation of a path asks for is said once, by the path item."""
    for item in root["paths"].values():
        listed = [operation.get("parameters", []) for operation in operations({"paths": {"": item}})]
        for parameter in [each for each in listed[0] if all(each in other for other in listed)] if listed else []:
            item.setdefault("parameters", []).append(parameter)
            for parameters in listed:
                parameters.remove(parameter)


def identity(root: Json, parameter: Json) -> tuple[str, str]:
    members = named(root, parameter["$ref"]) if "$ref" in parameter else parameter
    return members["name"], members["in"]


def extract_messages(root: Json) -> None:
    """Parameters, bodies and responses become components."""
    parts = root.setdefault("components", {})
    for number, operation in enumerate(operations(root)):
        for index, parameter in enumerate(operation.get("parameters", [])):
            _extract(parts, "parameters", f"P{number}-{index}", operation["parameters"], index, parameter)
        if "requestBody" in operation:
            _extract(parts, "requestBodies", f"B{number}", operation, "requestBody", operation["requestBody"])
        for status, response in list(operation.get("responses", {}).items()):
            _extract(parts, "responses", f"R{number}-{status}", operation["responses"], status, response)


def _extract(parts: Json, section: str, name: str, holder: Any, key: Any, value: Json) -> None:
    if "$ref" not in value:
        parts.setdefault(section, {})[name] = value
        holder[key] = {"$ref": f"#/components/{section}/{name}"}


def inherit_less(root: Json) -> None:
    """Every operation says for itself what it had from the root: security and servers."""
    for operation in operations(root):
        for key in ("security", "servers"):
            if key in root:
                operation.setdefault(key, copy.deepcopy(root[key]))


NAMES = {"component-renamed", "component-added", "component-removed"}
WORDS_CHANGED = {"documentation-changed", "extension-changed"}
REWRITES: dict[Rewrite, set[str]] = {
    rename_components: {*NAMES, *WORDS_CHANGED},
    inline_schemas: NAMES,
    inline_leaves: NAMES,
    inline_deep: NAMES,
    inline_messages: NAMES,
    extract_schemas: NAMES,
    chain_references: NAMES,
    wrap_references: set(),
    merge_all_of: {*NAMES, *WORDS_CHANGED},
    split_objects: set(),
    shuffle: {"enum-order-changed"},
    to_3_1: {"documentation-changed", "ineffective-keyword-changed"},
    null_in_any_of: {"documentation-changed", "ineffective-keyword-changed"},
    null_in_one_of: {"documentation-changed", "ineffective-keyword-changed"},
    const_for_enum: {"documentation-changed", "ineffective-keyword-changed"},
    write_numbers_otherwise: set(),
    spell_media_types: set(),
    reword: {"documentation-changed"},
    rename_path_parameters: {"path-parameter-renamed"},
    move_path_items: {"extension-changed"},
    move_parameters: set(),
    share_parameters: set(),
    extract_messages: NAMES,
    inherit_less: set(),
}
"""Each rewrite with the rules that may speak of it: of names, of what it put under `x-items`, of the version itself."""

# --- what is compared ------------------------------------------------------------------------------------------------


@cache
def original(shared: Path, folder: str, side: int) -> Json:
    file = shared / "corpus" / folder / (DOCUMENTS | LARGE)[folder][side]
    return read(file.read_bytes(), source=file.name).root


@cache
def original_contract(shared: Path, folder: str, side: int) -> Contract:
    return contract(original(shared, folder, side))


def contract(root: Json) -> Contract:
    return contract_of(read(json.dumps(root).encode(), source="rewritten.json"))


def rewritten(root: Json, rewrite: Rewrite) -> Contract:
    changed = copy.deepcopy(root)
    rewrite(changed)
    assert json.dumps(changed) != json.dumps(root), "the rewrite found nothing to do"
    return contract(changed)


def found(before: Contract, after: Contract) -> tuple[Finding, ...]:
    return judge(compare(before, after))


Told = set[tuple[str, ...]]


def verdicts(before: Contract, after: Contract) -> Told:
    """What clients of each operation are told of the wire: rule, level, promise and message, without rewritten names."""
    told: Told = set()
    for verdict in decide(
        found(before, after), client=client_profile("strict"), promise=promise_profile("incident-io")
    ):
        rule, message = verdict.finding.rule, verdict.finding.message
        # The name of a variant is that of its component or its title, and a list of values has the document's order.
        named = rule.id.startswith(("union-", "all-of-", "enum-added", "enum-removed"))
        message = "" if named else re.sub(r"(\d)\.0\b", r"\1", message.replace(SUFFIX, "").replace("_renamed", ""))
        for site, level in verdict.site_levels:
            if rule.affects == "wire" and level is not Level.DOCS:
                place = re.sub(r"\{[^{}]*\}", "{}", str(site.operation))
                told.add((rule.id, level, verdict.promise, message, place, site.direction))
    return told


@cache
def told_before(shared: Path, folder: str) -> Told:
    return verdicts(original_contract(shared, folder, 0), original_contract(shared, folder, 1))


NOTHING_TO_DO: set[tuple[str, Rewrite]] = {
    ("incident-io", extract_schemas),
    ("xero-accounting", extract_schemas),
    *(("adyen-checkout-v71", rewrite) for rewrite in (to_3_1, null_in_any_of, null_in_one_of)),
    *((folder, move_parameters) for folder in DOCUMENTS if folder != "xero-accounting"),
    *((folder, merge_all_of) for folder in DOCUMENTS if folder != "box"),
}
QUICK = "incident-io"
"""The document that is tried at every turn; the others are in `make sweep`."""
OF_LARGE = (rename_components, inline_leaves, wrap_references, shuffle, split_objects, null_in_any_of, extract_messages)
"""What is tried on large documents: what moves most."""


def cases() -> list[Any]:
    every = [(folder, rewrite) for folder in DOCUMENTS for rewrite in REWRITES]
    every = [case for case in every if case not in NOTHING_TO_DO]
    marked = {case: [pytest.mark.slow] if case[0] != QUICK else [] for case in every}
    marked |= {(folder, rewrite): [pytest.mark.slow] for folder in LARGE for rewrite in OF_LARGE}
    return [pytest.param(*case, id=f"{case[0]} {case[1].__name__}", marks=marks) for case, marks in marked.items()]


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("folder", "rewrite"), cases())
def test_a_rewrite_that_keeps_the_meaning_is_no_change_on_the_wire(shared: Path, folder: str, rewrite: Rewrite) -> None:
    before, after = original_contract(shared, folder, 0), rewritten(original(shared, folder, 0), rewrite)
    for findings in (found(before, after), found(after, before)):
        assert {finding.rule.id for finding in findings} <= REWRITES[rewrite]
        assert {finding.level for finding in findings} <= {Level.DOCS}


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("folder", "rewrite"), cases())
def test_the_verdicts_on_a_real_pair_are_the_same_when_one_side_is_rewritten(
    shared: Path, folder: str, rewrite: Rewrite
) -> None:
    expected = told_before(shared, folder)
    assert expected
    before, after = original(shared, folder, 0), original(shared, folder, 1)
    assert verdicts(rewritten(before, rewrite), original_contract(shared, folder, 1)) == expected
    assert verdicts(original_contract(shared, folder, 0), rewritten(after, rewrite)) == expected


@pytest.mark.parametrize("folder", DOCUMENTS)
def test_a_document_in_yaml_with_numbers_for_statuses_is_the_one_in_json(shared: Path, folder: str) -> None:
    root = copy.deepcopy(original(shared, folder, 0))
    for operation in operations(root):
        operation["responses"] = {f"status {status}": value for status, value in operation["responses"].items()}
    text = "---\n" + re.sub(r'"status (\d+)":', r"\1:", json.dumps(root)).replace('"status ', '"')
    assert re.search(r"[{ ]200:", text)
    written = contract_of(read(text.encode(), source="rewritten.yaml"))
    assert found(original_contract(shared, folder, 0), written) == ()
