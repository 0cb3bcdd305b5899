"""A program of its own: draws certificates as PDF, behind limits. Never imported by the product.

    python -I inside.py TARGET < papers.json

Reads a list of papers and writes ``0.pdf``, ``1.pdf`` … into the folder ``TARGET``. Words of people go into it, so it
runs without Django, secrets, database, or anything of the environment, with little time, memory and disk.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

CPU_SECONDS = 30
MEMORY_BYTES = 2 * 1024 * 1024 * 1024
WRITTEN_BYTES = 5 * 1024 * 1024

HERE = Path(__file__).parent


def limit_myself() -> None:
    """From here on: little time, memory and disk, and no traces."""
    for what, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, WRITTEN_BYTES),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        _soft, hard = resource.getrlimit(what)
        limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (limit, limit))


def main(target: Path) -> None:
    """Draw what comes in; PDF/UA-1, so that the compiler itself refuses what a screen reader could not read."""
    import typst

    papers = json.load(sys.stdin)
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(HERE / "fonts")])
    for number, paper in enumerate(papers):
        typst.Compiler(
            str(HERE / "certificate.typ"),
            root=str(HERE),
            font_paths=fonts,
            sys_inputs={"paper": json.dumps(paper)},
        ).compile(output=str(target / f"{number}.pdf"), format="pdf", pdf_standards=["ua-1"])


if __name__ == "__main__":
    limit_myself()
    main(Path(sys.argv[1]))
