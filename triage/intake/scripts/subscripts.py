"""Items and slices of what values stand for."""

from __future__ import annotations

from dataclasses import replace

from triage.intake.scripts.copies import are_copies, copied
from triage.intake.scripts.corpora import Corpus, corpus_part
from triage.intake.scripts.label_values import of_column
from triage.intake.scripts.orders import by_index, is_index, length_of
from triage.intake.scripts.scales import columns_of
from triage.intake.scripts.shapes import column, subscripted_tensor
from triage.intake.scripts.source import Spot
from triage.intake.scripts.trace import Run
from triage.intake.scripts.values import (
    Archive,
    Array,
    Bound,
    Data,
    Items,
    Known,
    Model,
    Table,
    Tensor,
    Unknown,
    Value,
    number,
)

__all__ = ["item", "set_item"]


def item(run: Run, owner: Value, key: Value, spot: Spot) -> Value:
    """What `owner[key]` stands for."""
    if isinstance(owner, Items):
        return _of_items(run, owner, key)
    if isinstance(owner, Table):
        known = key.value if isinstance(key, Known) else None
        if isinstance(key, Known) and isinstance(known, str | int | float | bool) and known in owner.values:
            return owner.values[known]
        return Unknown(str(known) if isinstance(known, str) else "entry", run.tick())
    if isinstance(owner, Array):
        return _of_array(run, owner, key, spot)
    if isinstance(owner, Tensor):
        return subscripted_tensor(owner, key)
    if isinstance(owner, Model) and owner.kind in ("row", "list"):
        found = item(run, Items(list(owner.items)), key, spot)
        if isinstance(found, Items):
            return Model(owner.kind, owner.name, owner.framework, owner.spot, found.values, born=owner.born)
        return found
    if isinstance(owner, Corpus):
        return corpus_part(owner, key)
    if isinstance(owner, Data):
        return Unknown("sample", run.tick())
    if isinstance(owner, Unknown):
        return _of_unknown(run, owner, key, spot)
    return _of_bound(run, owner, key) if isinstance(owner, Bound) else Unknown("item", run.tick())


def _of_bound(run: Run, owner: Bound, key: Value) -> Value:
    if owner.method == "shape" and isinstance(owner.owner, Array) and number(key) == 0:
        return length_of(run, owner.owner)
    return Bound(owner.owner, "param_group") if owner.method == "param_groups" else Unknown("item", run.tick())


def _of_unknown(run: Run, owner: Unknown, key: Value, spot: Spot) -> Value:
    if isinstance(key, Array) and is_index(key) and key.order:
        return _of_array(run, Array(object(), born=owner.born, sure=False), key, spot)
    known = key.value if isinstance(key, Known) else ""
    name = f"{owner.name}[{known}]" if isinstance(known, str | int) and len(owner.name) < 80 else owner.name
    return Unknown(name, run.tick())


def _of_items(run: Run, owner: Items, key: Value) -> Value:
    position = number(key)
    if position is not None and not owner.open and -len(owner.values) <= position < len(owner.values):
        return owner.values[int(position)]
    if isinstance(key, slice):
        parts = [number(edge) if edge is not None else None for edge in (key.start, key.stop, key.step)]
        known = all(
            part is not None or edge is None for part, edge in zip(parts, (key.start, key.stop, key.step), strict=True)
        )
        if (
            known
            and not owner.open
            and all(part is None or float(part).is_integer() for part in parts)
            and parts[2] != 0
        ):
            low, high, step = (None if part is None else int(part) for part in parts)
            return Items(owner.values[low:high:step], spot=owner.spot)
        return Items(list(owner.values), open=True, spot=owner.spot)
    if owner.values and owner.open and not isinstance(key, Array):
        return owner.values[0]
    return Unknown("item", run.tick())


def _of_array(run: Run, owner: Array, key: Value, spot: Spot) -> Array:
    found = replace(_picked(run, owner, key, spot), dims=column(owner, key))
    return of_column(owner, key, found, spot)


def _picked(run: Run, owner: Array, key: Value, spot: Spot) -> Array:
    if isinstance(key, slice):
        return _marked(run, _sliced(owner, key), key, spot)
    if isinstance(key, Items) and key.values:
        return _by_several(run, owner, key, spot)
    if isinstance(key, Known):
        return _by_constant(owner, key, spot)
    if isinstance(key, Array) and is_index(key):
        return by_index(run, owner, key, spot)
    if are_copies(key):
        return copied(owner, spot, key)
    if isinstance(key, Bound) and key.method == "index" and isinstance(key.owner, Array):
        return _alike(owner, key.owner)
    # Rows that an array of numbers or truth values picks: which, and in which order, is not told.
    return replace(owner, cuts=(*owner.cuts, None), order=(*owner.order, key), classes=None, sure=False)


def _by_several(run: Run, owner: Array, key: Items, spot: Spot) -> Array:
    """Rows and columns, or a list of either."""
    first = key.values[0]
    if isinstance(first, slice):
        rows = _marked(run, _sliced(owner, first), first, spot)
        return rows if len(key.values) == 1 else replace(rows, role="", classes=None, sure=False)
    if isinstance(first, Known) and first.value in (Ellipsis, None):
        return owner
    if isinstance(first, Array) and is_index(first):
        return replace(by_index(run, owner, first, spot), role="", classes=None, sure=False)
    if isinstance(first, Bound) and first.method == "index" and isinstance(first.owner, Array):
        return _alike(owner, first.owner)
    named = key.made == "list" and number(first) is None and not isinstance(first, Array)
    if named and any(name == "table" for name, _, _ in owner.flow):
        # A list of names picks columns.
        flow = (*owner.flow, ("columns", names, spot)) if (names := columns_of(key)) else owner.flow
        return replace(owner, classes=None, sure=False, flow=flow)
    return replace(owner, cuts=(*owner.cuts, None), classes=None, sure=False)


def _by_constant(owner: Array, key: Known, spot: Spot) -> Array:
    if isinstance(key.value, str) and isinstance(owner.root, Archive):
        root = owner.root.entries.setdefault(key.value, object())
        return replace(owner, root=root, classes=None, sure=False)
    if isinstance(key.value, str):
        return replace(owner, classes=None, sure=False, flow=(*owner.flow, ("column", key.value, spot)))
    if key.value in (Ellipsis, None):
        return replace(owner, classes=None, sure=False)
    cuts = (*owner.cuts, None)
    return Array(owner.root, owner.dataset, "", "", owner.born, cuts, owner.order, owner.scaled, sure=False)


def _alike(owner: Array, other: Array) -> Array:
    """The rows that the index of another table names."""
    return replace(owner, order=other.order, cuts=other.cuts, flow=(*owner.flow, *other.flow), sure=False)


def _marked(run: Run, found: Array, key: slice, spot: Spot) -> Array:
    """What was cut out, with the array whose length it was cut to."""
    return replace(found, flow=(*found.flow, ("cut", key.stop, spot))) if key.stop in run.lengths else found


def _sliced(owner: Array, key: slice) -> Array:
    low, high, step = key.start, key.stop, key.step
    if step is not None:
        turned = number(step) == -1 and low is None and high is None
        return replace(owner, order=(*owner.order, "turned")) if turned else replace(owner, cuts=(*owner.cuts, None))
    if low is None and high is None:
        return owner
    return replace(owner, cuts=(*owner.cuts, (_edge(low), _edge(high))), samples=None)


def _edge(value: Value) -> Value:
    """A number, or what stands for one; None for the end of the array."""
    return None if value is None else known if (known := number(value)) is not None else value


def set_item(run: Run, owner: Value, key: Value, value: Value, spot: Spot) -> None:
    """What an assignment to `owner[key]` does."""
    if isinstance(owner, Table) and isinstance(key, Known) and isinstance(key.value, str | int):
        owner.values[key.value] = value
    elif isinstance(owner, Items | Model) and (position := number(key)) is not None:
        held = owner.values if isinstance(owner, Items) else owner.items
        if isinstance(owner, Model):
            run.happens("replace", spot, owner, name=str(int(position)), value=value, before=None)
            owner.attributes[str(int(position))] = value
        if -len(held) <= position < len(held):
            held[int(position)] = value
    elif isinstance(owner, Bound) and owner.method == "param_group":
        run.happens("rate_set", spot, owner.owner, value=value, key=key)
    else:
        run.happens("stored", spot, owner, key=key, value=value)
