"""A small file for the demo's conversations: one page of text as PDF, written here so that no binary lies about."""

from __future__ import annotations

from collections.abc import Sequence

#: A4 in points, and where the text begins.
_PAGE = (595, 842)
_LEFT, _TOP, _STEP = 64, 770, 22


def sheet(title: str, lines: Sequence[str]) -> bytes:
    """One page with a title and lines below it; characters of Western Europe only, lines as long as they are."""
    said = [f"BT /F2 18 Tf {_LEFT} {_TOP} Td ({_text(title)}) Tj ET"]
    for place, line in enumerate(lines, start=2):
        said.append(f"BT /F1 12 Tf {_LEFT} {_TOP - place * _STEP} Td ({_text(line)}) Tj ET")
    content = "\n".join(said).encode("cp1252")
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /{} /Encoding /WinAnsiEncoding >>"
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (de) >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {_PAGE[0]} {_PAGE[1]}] /Contents 4 0 R"
        " /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>".encode(),
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
        font.format("Helvetica").encode(),
        font.format("Helvetica-Bold").encode(),
    ]
    made, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, len(made))
    return made + b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1) + table + end


def _text(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
