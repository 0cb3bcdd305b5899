"""Files for the tests, made on the spot: good ones, and those that mean harm."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

PDF = b"%PDF-1.4\n%\xe2\xe3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n"
ODT = "application/vnd.oasis.opendocument.text"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def picture(wanted: str = "PNG", size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
    """A small red picture."""
    drawn = io.BytesIO()
    Image.new(options.pop("mode", "RGB"), size, options.pop("colour", "red")).save(drawn, wanted, **options)
    return drawn.getvalue()


def photo_with_a_place() -> bytes:
    """A photo lying on its side, 80 × 20, that says where and with what it was taken, by whom, and shows a preview."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Kamerawerk Beispiel"
    exif[0x9C9D] = "Mara Musterlotsin".encode("utf-16-le")
    gps = exif.get_ifd(0x8825)
    gps.update({1: "N", 2: (IFDRational(47), IFDRational(39), IFDRational(48)), 3: "E", 4: (9, 10, 30)})
    return picture("JPEG", (80, 20), exif=exif, comment=b"Geheimer Kommentar")


def archive(*files: tuple[str, bytes | str], stored: bool = False) -> bytes:
    """An archive of these files, in this order."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as zipped:
        for name, content in files:
            zipped.writestr(name, content)
    return packed.getvalue()


def docx(*more: tuple[str, bytes | str], declares: str = WORD) -> bytes:
    """The smallest thing that says it is a document of Word."""
    types = f'<Types><Override PartName="/word/document.xml" ContentType="{declares}"/></Types>'
    return archive(("[Content_Types].xml", types), ("word/document.xml", "<w:document/>"), *more)


def odt(*more: tuple[str, bytes | str]) -> bytes:
    """The smallest thing that says it is a text of LibreOffice."""
    return archive(("mimetype", ODT), ("content.xml", "<office:document-content/>"), *more)


def uploaded(name: str, content: bytes) -> SimpleUploadedFile:
    """As it comes in by a form; what the browser says of its type is not asked."""
    return SimpleUploadedFile(name, content, content_type="application/x-whatever")
