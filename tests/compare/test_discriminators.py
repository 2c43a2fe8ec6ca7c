"""A discriminator is compared by which variants its values name, however its mapping writes that."""

from __future__ import annotations

import pytest

U = {"type": "object", "properties": {"k": {"type": "string"}, "u": {"type": "string"}}}
W = {"type": "object", "properties": {"k": {"type": "string"}, "w": {"type": "string"}}}


def ref(name):
    return {"$ref": f"#/components/schemas/{name}"}


def union(mapping, *names):
    discriminator = {"propertyName": "k"} if mapping is None else {"propertyName": "k", "mapping": mapping}
    return {"oneOf": [ref(name) for name in names or ("U", "W")], "discriminator": discriminator}


def full(**mapping):
    return {value: f"#/components/schemas/{name}" for value, name in mapping.items()}


def told(changes):
    return sorted(type(change).__name__ for change in changes)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(full(u="U", w="W"), {"u": "U", "w": "W"}, id="bare names"),
        pytest.param(None, full(U="U"), id="an implied name written out"),
        pytest.param(full(u="U"), full(u="U", W="W"), id="an implied name beside another"),
    ],
)
def test_the_same_names_written_otherwise_are_no_change(schema_changes, before, after):
    components = {"U": U, "W": W}
    assert schema_changes(union(before), union(after), was=components) == ()
    assert schema_changes(union(after), union(before), was=components) == ()


def test_a_value_whose_variant_is_called_otherwise_names_the_same_variant(schema_changes):
    found = schema_changes(
        union(full(u="U", w="W")), union(full(u="U2", w="W"), "U2", "W"), was={"U": U, "W": W}, now={"U2": U, "W": W}
    )
    assert told(found) == ["ComponentRenamed"]


def test_a_value_that_names_another_variant_is_told(schema_changes):
    components = {"U": U, "W": W}
    found = schema_changes(union(full(u="U", w="W")), union(full(u="W", w="U")), was=components)
    assert [(type(change).__name__, change.value) for change in found] == [
        ("DiscriminatorValueChanged", "u"),
        ("DiscriminatorValueChanged", "w"),
    ]


def test_a_value_that_names_nothing_any_more_is_told(schema_changes):
    components = {"U": U, "W": W}
    assert told(schema_changes(union(full(u="U", v="U")), union(full(u="U")), was=components)) == [
        "DiscriminatorValueRemoved"
    ]
    assert told(schema_changes(union(full(u="U")), union(full(u="U", v="U")), was=components)) == [
        "DiscriminatorValueAdded"
    ]


def test_a_variant_that_only_its_component_named_and_that_is_called_otherwise_has_another_value(schema_changes):
    found = schema_changes(union(None), union(None, "U2", "W"), was={"U": U, "W": W}, now={"U2": U, "W": W})
    assert told(found) == ["ComponentRenamed", "DiscriminatorValueAdded", "DiscriminatorValueRemoved"]


def test_a_variant_whose_property_says_its_value_may_be_called_otherwise(schema_changes):
    one = {"type": "object", "properties": {"k": {"type": "string", "enum": ["u"]}, "u": {"type": "string"}}}
    found = schema_changes(union(None), union(None, "U2", "W"), was={"U": one, "W": W}, now={"U2": one, "W": W})
    assert told(found) == ["ComponentRenamed"]


def test_a_variant_that_no_union_lists_is_compared_when_it_is_called_otherwise(schema_changes):
    def base(name):
        return {"type": "object", "properties": {"k": {"type": "string"}}, "discriminator": {"propertyName": "k", "mapping": full(u=name)}}  # fmt: skip

    def variant(length):
        return {"allOf": [ref("Base"), {"properties": {"u": {"type": "string", "maxLength": length}}}]}

    def run(length):
        was, now = {"Base": base("U"), "U": variant(9)}, {"Base": base("U2"), "U2": variant(length)}
        return schema_changes(ref("Base"), ref("Base"), was=was, now=now)

    assert told(run(9)) == ["ComponentRenamed"]
    assert told(run(5)) == ["BoundDecreased", "ComponentRenamed"]
