"""Discriminators: which property tells the variants of a union apart, and which values name them."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.compare import pairing, unions
from monitor.compare.changes import (
    Change,
    DiscriminatorAdded,
    DiscriminatorChanged,
    DiscriminatorRemoved,
    DiscriminatorValueAdded,
    DiscriminatorValueChanged,
    DiscriminatorValueRemoved,
    Location,
)
from monitor.compare.context import Context, Scope
from monitor.compare.leftovers import leftovers
from monitor.contract import Contract, Node
from monitor.errors import ReferenceUnresolved
from monitor.values import join, same


def compare_discriminators(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Compare the Discriminator Objects of two schemas (OAS 3.0.4, section 4.8.25); in 2.0 it is the name alone."""
    if "discriminator" not in before.mapping and "discriminator" not in after.mapping:
        return
    mine, yours = _as_object(before.child("discriminator")), _as_object(after.child("discriminator"))
    if mine is None and yours is None:
        return
    if mine is None or yours is None:
        kind: type[Change] = DiscriminatorAdded if mine is None else DiscriminatorRemoved
        places = mine.pointer if mine else None, yours.pointer if yours else None
        context.emit(scope, kind, places, old=mine.value if mine else None, new=yours.value if yours else None)
        return
    names = mine.mapping.get("propertyName"), yours.mapping.get("propertyName")
    if not same(*names):
        context.emit(scope, DiscriminatorChanged, (mine.pointer, yours.pointer), old=names[0], new=names[1])
    _mappings(context, scope, _names(context.before, before, mine), _names(context.after, after, yours))
    leftovers(context, scope, mine, yours, ("propertyName", "mapping"))


def _as_object(node: Node) -> Node | None:
    """The object; a name alone says as much as an object with that name. None where nothing is said."""
    if isinstance(node.value, str):
        return Node(node.pointer, {"propertyName": node.value})
    return node if isinstance(node.value, dict) else None


@dataclass(slots=True)
class _Names:
    """Which values name which variants, on one side: `stated` by the mapping, `implied` by the names of components.

    Values are JSON pointers; what cannot be followed stays the text that it is (OAS 3.1.1, section 4.8.25.3).
    """

    contract: Contract
    name: str
    mapping: Node
    branches: list[Node]
    stated: dict[str, str] = field(default_factory=dict)
    implied: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for value, text in self.mapping.mapping.items():
            self.stated[str(value)] = _target(self.contract, text)
        for branch in self.branches:
            reference = pairing.Candidate(self.contract, branch).reference
            name = None if reference is None else self.contract.component_name(reference)
            if reference is not None and name is not None:
                self.implied[name] = reference

    def target(self, value: str) -> str | None:
        """The variant that a value names. Where no union lists them, any component may be one."""
        found = self.stated.get(value) or self.implied.get(value)
        if found is None and not self.branches:
            pointer = join(self.contract.dialect.sections["schemas"], value)
            found = pointer if self.contract.at(pointer).value is not None else None
        return found

    def place(self, value: str) -> Node | None:
        """The entry of the mapping, where there is one."""
        return self.mapping.child(value) if value in self.stated else None


def _target(contract: Contract, text: object) -> str:
    if not isinstance(text, str):
        return repr(text)
    named = join(contract.dialect.sections["schemas"], text)
    if contract.at(named).value is not None:
        return named
    try:
        return contract.refs.hop(text).pointer
    except ReferenceUnresolved:
        return text


def _names(contract: Contract, holder: Node, discriminator: Node) -> _Names:
    listed = [branch for keyword in unions.UNIONS for branch in unions.branches(holder.child(keyword))]
    return _Names(contract, str(discriminator.mapping.get("propertyName")), discriminator.child("mapping"), listed)


def _mappings(context: Context, scope: Scope, mine: _Names, yours: _Names) -> None:
    """Compare what the values name, however the mapping writes it: a name for what it names anyway says nothing."""
    if same(mine.mapping.value, yours.mapping.value) and mine.implied.keys() == yours.implied.keys():
        return
    pairs = _paired_variants(context, mine, yours)
    for value in sorted(mine.stated.keys() | yours.stated.keys()):
        old, new = mine.target(value), yours.target(value)
        kind: type[Change] = DiscriminatorValueChanged
        if old is None:
            kind = DiscriminatorValueAdded
        elif new is None:
            kind = DiscriminatorValueRemoved
        elif old == new or (old, new) in pairs or _is_renamed(context, scope, value, old, new):
            continue
        _tell(context, scope, kind, value, (mine.place(value), yours.place(value)))
    _renamed_values(context, scope, mine, yours, pairs)


def _tell(
    context: Context, scope: Scope, kind: type[Change], value: str, places: tuple[Node | None, Node | None]
) -> None:
    old, new = places
    pointers = old.pointer if old else None, new.pointer if new else None
    context.emit(scope, kind, pointers, old=old.value if old else None, new=new.value if new else None, value=value)


def _paired_variants(context: Context, mine: _Names, yours: _Names) -> dict[tuple[str, str], tuple[Node, Node]]:
    """The branches that became one another, by the pointers of what they refer to."""
    found, _, _ = pairing.paired(context, mine.branches, yours.branches)
    pairs = {}
    for left, right in found:
        references = (
            pairing.Candidate(context.before, left).reference,
            pairing.Candidate(context.after, right).reference,
        )
        if references[0] is not None and references[1] is not None:
            pairs[references[0], references[1]] = left, right
    return pairs


def _is_renamed(context: Context, scope: Scope, value: str, old: str, new: str) -> bool:
    """Whether a variant that no union lists has another name now; it is compared then, as branches are."""
    mine, yours = context.before.at(old), context.after.at(new)
    stays = context.after.at(old).value is not None or context.before.at(new).value is not None
    if stays or mine.value is None or yours.value is None:
        return False
    pair = Node(old, mine.value, referenced=True), Node(new, yours.value, referenced=True)
    left, right = pairing.Candidate(context.before, pair[0]), pairing.Candidate(context.after, pair[1])
    if pairing.alike(left, right) < pairing.ALIKE_NAMED:
        return False
    context.refer(scope.part(f"({value})"), left.core, right.core, use=Location(old, new))
    return True


def _renamed_values(
    context: Context, scope: Scope, mine: _Names, yours: _Names, pairs: dict[tuple[str, str], tuple[Node, Node]]
) -> None:
    """Tell the values that were the names of components which are called otherwise now."""
    for old, new in sorted(pairs):
        names = context.before.component_name(old) or "", context.after.component_name(new) or ""
        mapped = old in mine.stated.values() or new in yours.stated.values()
        if names[0] == names[1] or mapped or yours.target(names[0]) is not None:
            continue
        left, right = pairs[old, new]
        only = pairing.Candidate(context.before, left).properties.get(mine.name)
        if only is None:  # what the property says of its values is what is sent, whatever the component is called
            _tell(context, scope, DiscriminatorValueRemoved, names[0], (left, None))
            _tell(context, scope, DiscriminatorValueAdded, names[1], (None, right))
