"""The socket's language as TypeScript, made from ``chat.wire`` so that the two cannot drift apart."""

from __future__ import annotations

import inspect
from typing import get_args

import msgspec
from msgspec import inspect as shape

from chat import wire

_HEAD = """// Made from chat/wire.py by `manage.py chat_wire`. Do not edit; the tests fail when it is stale.
"""
_CONSTANTS = (
    "FRAME_LIMIT",
    "HEARTBEAT",
    "CLOSE_MALFORMED",
    "CLOSE_SIGNED_OUT",
    "CLOSE_TOO_MANY",
    "CLOSE_SLOW",
)

_PARTS = (wire.Quote, wire.File, wire.Reaction, wire.Item)


def _type(kind: shape.Type) -> str:
    match kind:
        case shape.IntType() | shape.FloatType():
            return "number"
        case shape.StrType() | shape.UUIDType() | shape.DateTimeType():
            return "string"
        case shape.BoolType():
            return "boolean"
        case shape.NoneType():
            return "null"
        case shape.ListType() | shape.VarTupleType():
            return f"{_type(kind.item_type)}[]"
        case shape.DictType():
            return f"Record<string, {_type(kind.value_type)}>"
        case shape.UnionType():
            return " | ".join(_type(part) for part in kind.types)
        case shape.StructType():
            return kind.cls.__name__
    raise TypeError(f"the wire does not carry {kind}")


def _interface(struct: type[msgspec.Struct]) -> str:
    kind = shape.type_info(struct)
    assert isinstance(kind, shape.StructType)  # noqa: S101 -- for the type checker; asked of structs only
    promise = " ".join((inspect.getdoc(struct) or "").replace("``", "`").split())
    lines = [f"/** {promise} */", f"export interface {struct.__name__} {{"]
    if kind.tag is not None:
        lines.append(f'  op: "{kind.tag}";')
    # What has a default may be left out of what a client says; the server always says everything.
    may_lack = issubclass(struct, wire.Command)
    lines += [
        f"  {field.encode_name}{'?' if may_lack and not field.required else ''}: {_type(field.type)};"
        for field in kind.fields
    ]
    return "\n".join([*lines, "}"])


def typescript() -> str:
    """The whole file."""
    commands, events = get_args(wire.AnyCommand), get_args(wire.AnyEvent)
    codes = " | ".join(f'"{code}"' for code in wire.CODES)
    parts = [
        _HEAD.strip(),
        "\n".join(f"export const {name} = {getattr(wire, name)};" for name in _CONSTANTS),
        f"/** Codes of `nack` and `error`. */\nexport type Code = {codes};",
        *(_interface(struct) for struct in (*commands, *_PARTS, *events)),
        f"export type Command = {' | '.join(struct.__name__ for struct in commands)};",
        f"export type Event = {' | '.join(struct.__name__ for struct in events)};",
    ]
    return "\n\n".join(parts) + "\n"
