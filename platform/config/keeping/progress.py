"""Say at the terminal how far a long command is: bars for somebody who watches, one line each for a log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from config.keeping.making import Tell


@contextmanager
def told() -> Iterator[Tell]:
    """A function to tell how far it is, as long as the block lasts."""
    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        yield lambda what, done, total: console.print(f"✓ {what}") if done == total else None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        tasks: dict[str, TaskID] = {}

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=total)
            progress.update(tasks[what], completed=done, total=total)

        yield tell
