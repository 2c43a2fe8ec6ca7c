"""Several files as one document."""

from __future__ import annotations

import json
from typing import Any

import pytest

from monitor.errors import DocumentError, DocumentTooLarge, FetchError, ReferenceUnresolved, SyntaxFault, TooDeep
from monitor.reading import read, validate
from monitor.reading.bundling import Bundle, BundleLimits, bundle, has_parts

ENTRY = "https://api.example/specs/openapi.yaml"
HEAD = "openapi: 3.0.3\ninfo: {title: Harbour, version: '1'}\n"
BOAT = "type: object\nproperties:\n  name: {type: string}\n"


def bundled(files: dict[str, str], *, limits: BundleLimits | None = None) -> Bundle | None:
    """The bundle of files by their paths under /specs/, the first one being the document."""
    first, *_ = files

    def load(uri: str) -> bytes:
        path = uri.removeprefix("https://api.example/specs/")
        if path not in files:
            raise FetchError("the server answers HTTP 404 Not Found", category="http status", where=uri, status=404)
        return files[path].encode()

    uri = f"https://api.example/specs/{first}"
    return bundle(files[first].encode(), uri, load, source=first, limits=limits)


def made(files: dict[str, str]) -> dict[str, Any]:
    """What the bundle says."""
    found = bundled(files)
    assert found is not None
    value: dict[str, Any] = json.loads(found.data)
    return value


def responding(schema: str) -> str:
    """A document whose only operation answers with that schema (one line of YAML)."""
    return (
        f"{HEAD}paths:\n  /boats:\n    get:\n      responses:\n        '200':\n          description: Fine.\n"
        f"          content:\n            application/json:\n              schema: {schema}\n"
    )


def schema_of(document: dict[str, Any]) -> Any:
    """The schema that `responding` put there."""
    content = document["paths"]["/boats"]["get"]["responses"]["200"]["content"]
    return content["application/json"]["schema"]


def test_a_document_of_one_file_is_left_as_it_came():
    assert bundled({"openapi.yaml": responding("{$ref: '#/components/schemas/Boat'}")}) is None
    assert not has_parts(responding("{$ref: '#/components/schemas/Boat'}").encode())
    assert not has_parts(b'{"$ref": "#/a", "b": {"$ref" : "#\\u002fc"}}')


@pytest.mark.parametrize(
    "text",
    [
        "$ref: boat.yaml",
        "$ref: 'boat.yaml'",
        '"$ref": "boat.yaml"',
        '{"$ref":"boat.yaml"}',
        "$ref: >-\n  boat.yaml",
        '{"\\u0024ref": "boat.yaml"}',
        "$dynamicRef: tree.yaml#node",
        "discriminator: {propertyName: kind, mapping: {cat: Cat.yaml}}",
    ],
)
def test_a_reference_to_another_file_is_seen_however_it_is_written(text: str):
    assert has_parts(text.encode())


def test_a_schema_in_another_file_becomes_a_component_named_by_its_path():
    document = made({"openapi.yaml": responding("{$ref: models/boat.yaml}"), "models/boat.yaml": BOAT})
    assert schema_of(document) == {"$ref": "#/components/schemas/models.boat"}
    assert document["components"]["schemas"]["models.boat"]["properties"] == {"name": {"type": "string"}}
    assert validate(read(json.dumps(document).encode())) == ()


def test_what_the_document_names_itself_keeps_that_name():
    root = responding("{$ref: models/boat.yaml}") + "components:\n  schemas:\n    Boat: {$ref: ./models/boat.yaml}\n"
    document = made({"openapi.yaml": root, "models/boat.yaml": BOAT})
    assert schema_of(document) == {"$ref": "#/components/schemas/Boat"}
    assert list(document["components"]["schemas"]) == ["Boat"]
    assert document["components"]["schemas"]["Boat"]["type"] == "object"


def test_a_whole_map_in_another_file_takes_the_place_of_its_reference():
    root = responding("{$ref: '#/components/schemas/Boat'}") + "components:\n  schemas: {$ref: schemas/_index.yaml}\n"
    files = {
        "openapi.yaml": root,
        "schemas/_index.yaml": "Boat: {$ref: boat.yaml}\nCrew: {$ref: '_index.yaml#/Boat'}\n",
        "schemas/boat.yaml": "type: object\nproperties:\n  crew: {$ref: '_index.yaml#/Crew'}\n",
    }
    schemas = made(files)["components"]["schemas"]
    assert schemas["Boat"]["properties"] == {"crew": {"$ref": "#/components/schemas/Boat"}}
    assert schemas["Crew"] == {"$ref": "#/components/schemas/Boat"}


def test_a_path_an_operation_and_a_text_stand_where_they_were_referred_to():
    root = HEAD.replace("Harbour,", "Harbour, description: {$ref: intro.md},") + (
        "paths:\n  /boats: {$ref: paths/boats.yaml}\n  /crews:\n    get: {$ref: paths/crews.yaml#/list}\n"
    )
    files = {
        "openapi.yaml": root,
        "intro.md": "# Welcome\n",
        "paths/boats.yaml": "get:\n  responses:\n    default: {$ref: ../common.yaml#/responses/Error}\n",
        "paths/crews.yaml": "list:\n  parameters:\n    - {$ref: ../common.yaml#/parameters/page}\n  responses: {}\n",
        "common.yaml": "parameters:\n  page: {name: page, in: query, schema: {type: integer}}\n"
        "responses:\n  Error: {description: It went wrong.}\n",
    }
    document = made(files)
    assert document["info"]["description"] == "# Welcome\n"
    assert document["paths"]["/boats"]["get"]["responses"]["default"] == {"$ref": "#/components/responses/common.Error"}
    assert document["paths"]["/crews"]["get"]["parameters"] == [{"$ref": "#/components/parameters/common.page"}]


def test_what_stands_beside_a_reference_to_a_path_stays():
    root = HEAD + "paths:\n  /boats: {$ref: boats.yaml, summary: All of them.}\n"
    document = made({"openapi.yaml": root, "boats.yaml": "summary: Boats.\nget: {responses: {}}\n"})
    assert document["paths"]["/boats"] == {"summary": "All of them.", "get": {"responses": {}}}


def test_files_may_refer_to_each_other_in_a_circle():
    files = {
        "openapi.yaml": responding("{$ref: boat.yaml}"),
        "boat.yaml": "type: object\nproperties:\n  crew: {type: array, items: {$ref: crew.yaml}}\n",
        "crew.yaml": "type: object\nproperties:\n  boat: {$ref: boat.yaml}\n  mates: {$ref: '#'}\n",
    }
    schemas = made(files)["components"]["schemas"]
    assert schemas["crew"]["properties"]["boat"] == {"$ref": "#/components/schemas/boat"}
    assert schemas["crew"]["properties"]["mates"] == {"$ref": "#/components/schemas/crew"}


def test_a_file_may_refer_back_to_the_document():
    root = responding("{$ref: boat.yaml}") + "components:\n  schemas:\n    Id: {type: string}\n"
    document = made(
        {"openapi.yaml": root, "boat.yaml": "properties: {id: {$ref: 'openapi.yaml#/components/schemas/Id'}}"}
    )
    assert document["components"]["schemas"]["boat"]["properties"]["id"] == {"$ref": "#/components/schemas/Id"}


def test_what_stands_within_a_definition_is_reached_through_it():
    files = {
        "openapi.yaml": responding("{allOf: [{$ref: boat.yaml}, {$ref: 'boat.yaml#/definitions/Mast'}]}"),
        "boat.yaml": "properties: {mast: {$ref: '#/definitions/Mast'}}\ndefinitions: {Mast: {type: string}}\n",
    }
    document = made(files)
    assert list(document["components"]["schemas"]) == ["boat"]
    mast = {"$ref": "#/components/schemas/boat/definitions/Mast"}
    assert schema_of(document)["allOf"][1] == mast
    assert document["components"]["schemas"]["boat"]["properties"]["mast"] == mast


def test_references_to_references_lead_to_the_end():
    files = {
        "openapi.yaml": responding("{$ref: 'a.yaml#/Boat/properties/name'}"),
        "a.yaml": "Boat: {$ref: b.yaml}\n",
        "b.yaml": "{$ref: boat.yaml}",
        "boat.yaml": BOAT,
    }
    assert made(files)["components"]["schemas"] == {"boat.properties.name": {"type": "string"}}


def test_a_name_does_not_depend_on_what_else_there_is_unless_it_would_be_the_same():
    one = made({"openapi.yaml": responding("{$ref: a/boat.yaml}"), "a/boat.yaml": BOAT})
    two = made(
        {
            "openapi.yaml": responding("{anyOf: [{$ref: b/boat.yaml}, {$ref: a/boat.yaml}]}"),
            "b/boat.yaml": "type: string",
            "a/boat.yaml": BOAT,
        }
    )
    assert list(one["components"]["schemas"]) == ["a.boat"]
    assert list(two["components"]["schemas"]) == ["a.boat", "b.boat"]


def test_two_definitions_of_one_name_get_their_own_in_either_order():
    files = {"a.boat.yaml": BOAT, "a/boat.json": '{"type": "string"}'}
    there = made({"openapi.yaml": responding("{anyOf: [{$ref: a.boat.yaml}, {$ref: a/boat.json}]}"), **files})
    back = made({"openapi.yaml": responding("{anyOf: [{$ref: a/boat.json}, {$ref: a.boat.yaml}]}"), **files})
    assert there["components"] == back["components"]
    names = list(there["components"]["schemas"])
    assert len(names) == 2
    assert all(name.startswith("a.boat-") and len(name) == len("a.boat-") + 8 for name in names)
    assert schema_of(there)["anyOf"] == schema_of(back)["anyOf"][::-1]


def test_a_name_that_the_document_has_already_is_not_taken():
    root = responding("{$ref: Boat.yaml}") + "components: {schemas: {Boat: {type: integer}}}\n"
    schemas = made({"openapi.yaml": root, "Boat.yaml": BOAT})["components"]["schemas"]
    assert schemas["Boat"] == {"type": "integer"}
    assert len(schemas) == 2


def test_a_discriminator_that_names_files_names_the_components():
    schema = (
        "{oneOf: [{$ref: models/cat.yaml}, {$ref: '#/components/schemas/Dog'}], discriminator: {propertyName: kind, "
        "mapping: {cat: models/cat.yaml, dog: Dog, hound: '#/components/schemas/Dog'}}}"
    )
    root = responding(schema) + "components: {schemas: {Dog: {type: object}}}\n"
    mapping = schema_of(made({"openapi.yaml": root, "models/cat.yaml": BOAT}))["discriminator"]["mapping"]
    assert mapping == {"cat": "#/components/schemas/models.cat", "dog": "Dog", "hound": "#/components/schemas/Dog"}


def test_a_property_that_is_called_ref_is_no_reference():
    files = {
        "openapi.yaml": responding("{$ref: boat.yaml}"),
        "boat.yaml": "properties: {$ref: {type: string}, discriminator: {type: string}, $id: {type: string}}\n",
    }
    assert list(made(files)["components"]["schemas"]["boat"]["properties"]) == ["$ref", "discriminator", "$id"]


def test_a_reference_within_an_example_is_data_and_an_example_in_a_file_is_that_file():
    root = responding("{$ref: boat.yaml}").replace(
        "              schema:", "              example: {$ref: boat.json}\n              schema:"
    )
    files = {
        "openapi.yaml": root,
        "boat.json": '{"name": "Alba", "see": {"$ref": "nowhere.json"}}',
        "boat.yaml": "default: {$ref: nowhere.yaml}\nenum: [{a: {$ref: nowhere.yaml}}]\n",
    }
    document = made(files)
    content = document["paths"]["/boats"]["get"]["responses"]["200"]["content"]["application/json"]
    assert content["example"] == {"name": "Alba", "see": {"$ref": "nowhere.json"}}
    assert document["components"]["schemas"]["boat"]["default"] == {"$ref": "nowhere.yaml"}


def test_swagger_2_has_its_own_sections():
    root = (
        "swagger: '2.0'\ninfo: {title: Harbour, version: '1'}\npaths:\n  /boats:\n    get:\n"
        "      parameters: [{$ref: common.json#/parameters/page}]\n"
        "      responses: {'200': {description: Fine., schema: {$ref: common.json#/definitions/Boat}}}\n"
    )
    common = '{"parameters": {"page": {"name": "page", "in": "query", "type": "string"}}, "definitions": {"Boat": {}}}'
    document = made({"openapi.yaml": root, "common.json": common})
    assert document["definitions"] == {"common.Boat": {}}
    assert list(document["parameters"]) == ["common.page"]


def test_an_id_names_a_schema_wherever_it_lies():
    root = responding("{$ref: schemas/boat.json}").replace("3.0.3", "3.1.0")
    files = {
        "openapi.yaml": root,
        "schemas/boat.json": json.dumps(
            {
                "$id": "https://schemas.example/v2/boat",
                "properties": {"a": {"$ref": "crew.json"}, "b": {"$ref": "/v2/boat"}, "c": {"$ref": "#mast"}},
                "$defs": {"mast": {"$anchor": "mast", "type": "string"}},
            }
        ),
        "schemas/crew.json": "{}",
    }
    boat = made(files)["components"]["schemas"]["schemas.boat"]
    assert "$id" not in boat
    assert boat["properties"]["a"] == {"$ref": "#/components/schemas/schemas.crew"}
    assert boat["properties"]["b"] == {"$ref": "#/components/schemas/schemas.boat"}
    assert boat["properties"]["c"] == {"$ref": "#/components/schemas/schemas.boat/$defs/mast"}


def test_an_id_in_the_document_itself_is_not_another_file():
    root = responding("{$ref: 'https://schemas.example/boat'}").replace("3.0.3", "3.1.0") + (
        "components: {schemas: {Boat: {$id: 'https://schemas.example/boat'}}}\n"
    )
    assert has_parts(root.encode())
    assert bundled({"openapi.yaml": root}) is None


def test_the_parts_are_told_with_their_digests():
    found = bundled({"openapi.yaml": responding("{$ref: boat.yaml}"), "boat.yaml": BOAT})
    assert found is not None
    assert (found.parts[0].name, found.parts[0].size) == ("boat.yaml", len(BOAT))
    assert [part.name for part in found.parts] == ["boat.yaml", "openapi.yaml"]
    assert all(len(part.sha256) == 64 for part in found.parts)


def test_a_part_that_is_missing_is_named_with_the_place_that_refers_to_it():
    files = {"openapi.yaml": responding("{$ref: boat.yaml}"), "boat.yaml": "properties: {mast: {$ref: mast.yaml}}"}
    with pytest.raises(FetchError) as caught:
        bundled(files)
    assert caught.value.status == 404
    assert "mast.yaml, which boat.yaml#/properties/mast refers to" in str(caught.value)


@pytest.mark.parametrize(
    ("boat", "error", "words"),
    [
        (
            "properties: {mast: {$ref: '#/definitions/Mast'}}",
            ReferenceUnresolved,
            "boat.yaml#/properties/mast refers to",
        ),
        ("{$ref: crew.yaml}", ReferenceUnresolved, "goes round in a circle"),
        ("a: b: c", SyntaxFault, "boat.yaml:1"),
        ("x-mast: {$ref: '#'}", ReferenceUnresolved, "goes round in a circle"),
    ],
)
def test_a_part_that_cannot_be_used_is_named(boat: str, error: type[DocumentError], words: str):
    with pytest.raises(error) as caught:
        bundled({"openapi.yaml": responding("{$ref: boat.yaml}"), "boat.yaml": boat, "crew.yaml": "{$ref: boat.yaml}"})
    assert words in str(caught.value)


def chain(length: int) -> dict[str, str]:
    """Files of which each refers to the next."""
    files = {f"{number}.yaml": f"items: {{$ref: {number + 1}.yaml}}" for number in range(1, length)}
    return {"openapi.yaml": responding("{$ref: 1.yaml}"), **files, f"{length}.yaml": "type: string"}


def test_files_without_end_are_refused():
    with pytest.raises(DocumentTooLarge, match="more than 20 files"):
        bundled(chain(30), limits=BundleLimits(parts=20))
    with pytest.raises(DocumentTooLarge, match="altogether"):
        bundled(chain(30), limits=BundleLimits(bytes=500))


def test_files_that_double_each_other_are_refused():
    doubling = {f"{n}.yaml": f"a: {{$ref: {n + 1}.yaml}}\nb: {{$ref: {n + 1}.yaml}}" for n in range(1, 40)}
    with pytest.raises(DocumentTooLarge):
        bundled(
            {"openapi.yaml": HEAD + "paths: {}\nx-a: {$ref: 1.yaml}\n", **doubling, "40.yaml": "c"},
            limits=BundleLimits(nodes=10_000),
        )


def test_files_in_files_in_files_are_refused_before_they_are_too_deep_to_read():
    nested = {f"{n}.yaml": f"a: {{b: {{c: {{$ref: {n + 1}.yaml}}}}}}" for n in range(1, 100)}
    with pytest.raises(TooDeep):
        bundled({"openapi.yaml": HEAD + "paths: {}\nx-a: {$ref: 1.yaml}\n", **nested, "100.yaml": "c"})


def test_the_same_files_give_the_same_bytes_whoever_refers_first():
    files = {"a.yaml": BOAT, "b.yaml": "properties: {a: {$ref: a.yaml}}"}
    one = bundled({"openapi.yaml": responding("{$ref: b.yaml}"), **files})
    two = bundled({"openapi.yaml": responding("{$ref: b.yaml}"), **dict(reversed(files.items()))})
    assert one == two


@pytest.mark.corpus
@pytest.mark.slow
def test_a_tree_of_three_thousand_files_is_one_valid_document(shared, tmp_path):
    import subprocess
    import sys
    from pathlib import Path
    from urllib.parse import urlsplit

    unpack = shared / "corpus" / "unpack.py"
    subprocess.run([sys.executable, unpack, tmp_path, "digitalocean"], check=True)
    for entry in sorted(tmp_path.rglob("DigitalOcean-public.v2.yaml")):
        found = bundle(entry.read_bytes(), entry.as_uri(), lambda uri: Path(urlsplit(uri).path).read_bytes())
        assert found is not None
        assert len(found.parts) > 2700
        document = read(found.data)
        assert validate(document) == ()
        assert bundle(found.data, entry.as_uri(), lambda uri: pytest.fail(f"{uri} was asked for")) is None
