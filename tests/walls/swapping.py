"""Let a function of the product do something else for a while, wherever it was imported to.

Modules import functions by name, so replacing a name in one module changes nothing in the others. What all of them
share is the function's code: that is what is swapped here.
"""

from __future__ import annotations

import contextlib
import types
from collections.abc import Callable, Iterator
from typing import Any

_instead: dict[str, Callable[..., Any]] = {}


def original(function: Any) -> Callable[..., Any]:
    """A copy of a function that goes on doing what it does now."""
    copy = types.FunctionType(function.__code__, function.__globals__, function.__name__, function.__defaults__)
    copy.__kwdefaults__ = dict(function.__kwdefaults__ or {})
    return copy


@contextlib.contextmanager
def swapped(function: Any, instead: Callable[..., Any]) -> Iterator[None]:
    """As long as the block lasts, whoever calls ``function`` calls ``instead``, with the same arguments."""
    key = f"{function.__module__}.{function.__qualname__}"
    if function.__code__.co_freevars:
        raise ValueError(f"{key} remembers variables of its own; swap what it calls")
    before = (function.__code__, function.__defaults__, function.__kwdefaults__)
    stub: dict[str, Any] = {}
    source = (
        "def stub(*arguments, **named):\n"
        "    from tests.walls.swapping import _instead\n"
        f"    return _instead[{key!r}](*arguments, **named)\n"
    )
    exec(compile(source, __file__, "exec"), stub)  # a constant of our own, with the name of the function in it
    _instead[key] = instead
    function.__defaults__ = function.__kwdefaults__ = None
    function.__code__ = stub["stub"].__code__
    try:
        yield
    finally:
        function.__code__, function.__defaults__, function.__kwdefaults__ = before
        del _instead[key]
