"""What is taken, what is refused and with which sentence, and what is left of a picture."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from tests.chat import files
from toolkit.uploads import confined
from toolkit.uploads.confined import Looked, looked_into
from toolkit.uploads.kinds import recognised
from toolkit.uploads.names import clean_name, extension_of
from toolkit.uploads.refusals import SENTENCES, UploadRefused


def look(folder: Path, name: str, content: bytes) -> Looked:
    """What becomes of a file, as when it is uploaded."""
    source = folder / "source"
    source.write_bytes(content)
    return looked_into(recognised(clean_name(name), source), source)


def refused(folder: Path, name: str, content: bytes) -> str:
    """The code with which a file is refused."""
    with pytest.raises(UploadRefused) as caught:
        look(folder, name, content)
    assert str(caught.value) == str(SENTENCES[caught.value.code])
    return caught.value.code


# --- taken --------------------------------------------------------------------------------------------------------

SHEET = files.WORD.replace("wordprocessingml.document", "spreadsheetml.sheet")
SLIDES = files.WORD.replace("wordprocessingml.document", "presentationml.presentation")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Plan.pdf", files.PDF),
        ("Brief.docx", files.docx()),
        ("Liste.xlsx", files.docx(declares=SHEET)),
        ("Vortrag.pptx", files.docx(declares=SLIDES)),
        ("Brief.odt", files.odt()),
        ("Notiz.txt", "Grüße aus Gießen\n".encode()),
        ("Notiz.TXT", b"In Gro\xdfbuchstaben"),
        ("Lies mich.md", b"# Titel\n\n<p>Absatz</p>\n"),
        ("Ausgabe.csv", "Straße;Öffnung\nMarkt 1;8 Uhr\n".encode("cp1252")),
        ("Ausgabe.csv", "Straße;Öffnung\n".encode("utf-16")),
        ("Termin.ics", b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"),
    ],
)
def test_documents_and_texts_are_taken_as_they_are(tmp_path, name, content):
    looked = look(tmp_path, name, content)
    assert (looked.file.read_bytes(), looked.preview, looked.width) == (content, None, None)


@pytest.mark.parametrize("wanted", ["PNG", "JPEG", "GIF", "WEBP"])
def test_pictures_are_taken_and_drawn_anew_in_their_own_format(tmp_path, wanted):
    looked = look(tmp_path, f"Bild.{wanted.lower()}", files.picture(wanted))
    with Image.open(looked.file) as drawn:
        assert (drawn.format, drawn.size) == (wanted, (40, 30))
    assert (looked.width, looked.height) == (40, 30)


# --- refused ------------------------------------------------------------------------------------------------------

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(60)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("leer.pdf", b"", "empty"),
        ("zu gross.txt", b"a" * (25 * 1024 * 1024 + 1), "too_large"),
        ("programm.exe", b"MZ" + bytes(100), "unknown_kind"),
        ("ohne Endung", b"Text", "unknown_kind"),
        ("Rechnung.pdf.exe", b"MZ", "unknown_kind"),
        ("Foto.heic", HEIC, "heic"),
        ("Foto.jpg", HEIC, "heic"),
        ("Alles.zip", files.archive(("a.txt", "a")), "zip"),
        ("Alt.doc", OLE, "old_office"),
        ("Makro.docm", files.docx(), "macros"),
        ("Seite.html", HTML, "web_page"),
        ("Zeichnung.svg", SVG, "web_page"),
        ("Zeichnung.txt", SVG, "web_page"),
        ("Seite.md", b"\xef\xbb\xbf\n  " + HTML, "web_page"),
        ("Seite.csv", HTML.decode().encode("utf-16"), "web_page"),
        ("Seite.txt", b"<?xml version='1.0'?><svg/>", "web_page"),
        ("Skript.txt", b"#!/bin/sh\nrm -r /\n", "mismatch"),
        ("Rtf.txt", b"{\\rtf1 }", "mismatch"),
        ("Programm.txt", b"MZ\x90\x00\x03" + bytes(100), "mismatch"),
        ("Klang.txt", b"\x81\x8d\x8f\x90", "mismatch"),
        ("Termin.ics", b"Morgen um acht", "mismatch"),
        ("Bild.png", SVG, "mismatch"),
        ("Bild.png", HTML, "mismatch"),
        ("Bild.png", files.picture("JPEG"), "mismatch"),
        ("Bild.jpg", files.PDF, "mismatch"),
        ("Plan.pdf", HTML, "mismatch"),
        ("Plan.pdf", files.picture(), "mismatch"),
        ("Plan.pdf", files.PDF[:40], "broken"),
        ("Plan.pdf", files.PDF + b"<script>alert(1)</script>", "mismatch"),
        ("Brief.docx", files.archive(("a.txt", "a")), "mismatch"),
        ("Brief.docx", files.docx(declares=SHEET), "mismatch"),
        ("Brief.docx", OLE, "mismatch"),
        ("Brief.docx", b"PK\x03\x04 und dann nichts", "broken"),
        ("Brief.odt", files.docx(), "mismatch"),
        ("Tabelle.ods", files.odt(), "mismatch"),
        ("Bild.png", files.picture()[:60], "broken"),
        ("Bild.gif", files.picture("GIF")[:20], "mismatch"),
    ],
)
def test_what_is_refused_says_why(tmp_path, name, content, code):
    assert refused(tmp_path, name, content) == code


def test_a_document_with_a_program_in_it_is_refused_whatever_it_is_called(tmp_path):
    macro = files.WORD.replace("document.main", "document.macroEnabled.main")
    for content in (
        files.docx(("word/vbaProject.bin", OLE)),
        files.docx(("word/VBAPROJECT.BIN", b"")),
        files.docx(declares=macro),
    ):
        assert refused(tmp_path, "Brief.docx", content) == "macros"
    assert refused(tmp_path, "Brief.odt", files.odt(("Basic/Standard/Module1.xml", "<a/>"))) == "macros"
    assert refused(tmp_path, "Brief.odt", files.odt(("Scripts/python/a.py", "import os"))) == "macros"


def test_a_file_that_is_two_things_at_once_is_refused(tmp_path):
    zipped = files.archive(("a.txt", "a"), stored=True)
    assert refused(tmp_path, "Plan.pdf", files.PDF + zipped) == "mismatch"
    # An archive whose comment ends as a PDF does.
    comment = b"\nstartxref\n9\n%%EOF\n"
    inside = zipped[:-2] + struct.pack("<H", len(comment)) + comment
    assert refused(tmp_path, "Plan.pdf", b"%PDF-1.4\n" + inside) == "mismatch"
    assert refused(tmp_path, "Brief.docx", b"MZ" + files.docx()) == "mismatch"
    assert refused(tmp_path, "Brief.docx", files.docx() + HTML) in {"mismatch", "broken"}
    assert refused(tmp_path, "Brief.docx", files.PDF + files.docx()) == "mismatch"


def test_of_a_picture_that_is_also_a_page_the_picture_is_left(tmp_path):
    looked = look(tmp_path, "Bild.png", files.picture() + HTML + files.archive(("a.txt", "a")))
    left = looked.file.read_bytes()
    assert b"script" not in left
    assert b"PK" not in left


# --- too much -----------------------------------------------------------------------------------------------------


def test_archives_that_unfold_to_too_much_are_refused(tmp_path):
    thin = b"\0" * (40 * 1024 * 1024)
    assert refused(tmp_path, "Brief.docx", files.docx(("word/media/a.bin", thin))) == "bomb"
    many = [(f"word/{number}.xml", b"") for number in range(5_001)]
    assert refused(tmp_path, "Brief.docx", files.docx(*many)) == "bomb"


def test_an_archive_that_lies_about_its_size_is_refused(tmp_path):
    content = files.docx(("word/media/a.bin", b"\0" * (40 * 1024 * 1024)))
    honest = struct.pack("<I", 40 * 1024 * 1024)
    assert content.count(honest) == 2
    assert refused(tmp_path, "Brief.docx", content.replace(honest, struct.pack("<I", 10))) in {"broken", "bomb"}


def test_archives_with_a_way_out_or_a_password_are_refused(tmp_path):
    assert refused(tmp_path, "Brief.docx", files.docx(("../../etc/passwd", "x"))) == "broken"
    assert refused(tmp_path, "Brief.docx", files.docx(("/etc/passwd", "x"))) == "broken"
    locked = bytearray(files.docx())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = locked.find(mark)
        while at >= 0:
            locked[at + offset] |= 1
            at = locked.find(mark, at + 4)
    assert refused(tmp_path, "Brief.docx", bytes(locked)) == "locked"


def _png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_a_picture_with_too_many_pixels_is_refused_before_it_is_unfolded(tmp_path):
    assert refused(tmp_path, "Bild.png", _png_that_claims(8_000, 6_251)) == "too_many_pixels"
    assert refused(tmp_path, "Bild.png", _png_that_claims(100_000, 100_000)) == "too_many_pixels"


def test_an_animation_keeps_moving_and_one_that_is_too_long_is_refused(tmp_path):
    def moving(frames: int) -> bytes:
        drawn = io.BytesIO()
        pictures = [Image.new("RGB", (20, 20), (number % 256, number // 256, 0)) for number in range(frames)]
        pictures[0].save(drawn, "GIF", save_all=True, append_images=pictures[1:], duration=80, loop=0)
        return drawn.getvalue()

    looked = look(tmp_path, "Welle.gif", moving(3))
    with Image.open(looked.file) as drawn:
        frames: Any = drawn
        assert frames.n_frames == 3
    assert refused(tmp_path, "Welle.gif", moving(501)) == "too_much_motion"


def test_a_program_that_does_not_come_back_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(confined, "PATIENCE", 0.001)
    assert refused(tmp_path, "Bild.png", files.picture()) == "too_much"


def test_a_program_that_is_ended_by_its_limits_is_a_sentence(tmp_path, monkeypatch):
    program = tmp_path / "greedy.py"
    program.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGXCPU)\n")
    monkeypatch.setattr(confined, "_PROGRAM", program)
    assert refused(tmp_path, "Bild.png", files.picture()) == "too_much"


def test_when_many_files_are_looked_at_the_next_one_is_asked_to_come_back(tmp_path, monkeypatch):
    monkeypatch.setattr(confined, "WAIT", 0.01)
    held = [confined._places.acquire() for _ in range(confined.AT_ONCE)]
    try:
        assert refused(tmp_path, "Bild.png", files.picture()) == "busy"
    finally:
        for _ in held:
            confined._places.release()
    assert look(tmp_path, "Bild.png", files.picture()).width == 40


def test_the_program_gets_no_environment_and_little_of_everything(tmp_path, monkeypatch):
    program = tmp_path / "tells.py"
    inside = confined._PROGRAM
    program.write_text(
        "import importlib.util, json, os, resource, sys\n"
        f"spec = importlib.util.spec_from_file_location('inside', {str(inside)!r})\n"
        "inside = importlib.util.module_from_spec(spec)\n"
        "spec.loader.exec_module(inside)\n"
        "inside.limit_myself()\n"
        "told = {'environment': sorted(os.environ), 'django': 'django' in sys.modules,\n"
        "    'cpu': resource.getrlimit(resource.RLIMIT_CPU)[0], 'memory': resource.getrlimit(resource.RLIMIT_AS)[0]}\n"
        "print(json.dumps(told | {'width': 1, 'height': 1}))\n"
    )
    monkeypatch.setattr(confined, "_PROGRAM", program)
    monkeypatch.setenv("SECRET_KEY", "not for parsers")
    told = confined._run("picture")
    assert told["environment"] in (["LC_ALL"], ["LC_ALL", "LC_CTYPE"])
    assert (told["django"], told["cpu"], told["memory"]) == (False, 20, 1536 * 1024 * 1024)


# --- what is left of a picture ------------------------------------------------------------------------------------


def test_of_a_photo_neither_place_nor_camera_nor_names_are_left_and_it_stands_upright(tmp_path):
    photo = files.photo_with_a_place()
    with Image.open(io.BytesIO(photo)) as before:
        assert before.getexif().get_ifd(0x8825)
        assert before.info["comment"] == b"Geheimer Kommentar"
    looked = look(tmp_path, "Foto.jpg", photo)
    assert (looked.width, looked.height) == (20, 80)
    assert looked.preview
    for path in (looked.file, looked.preview):
        content = path.read_bytes()
        for secret in (b"Exif", b"GPS", b"Kamerawerk", b"Geheimer", "Mara".encode("utf-16-le")):
            assert secret not in content
        with Image.open(path) as after:
            assert dict(after.getexif()) == {}
            assert not {"exif", "xmp", "comment", "icc_profile", "photoshop"} & after.info.keys()


@pytest.mark.parametrize("wanted", ["PNG", "WEBP"])
def test_of_other_pictures_nothing_is_left_either(tmp_path, wanted):
    from PIL.PngImagePlugin import PngInfo

    said = PngInfo()
    said.add_itxt("Author", "Mara Musterlotsin")
    exif = Image.Exif()
    exif[0x010F] = "Kamerawerk Beispiel"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    more: dict[str, Any] = {"pnginfo": said} if wanted == "PNG" else {"xmp": b"<x>Mara Musterlotsin</x>"}
    looked = look(tmp_path, f"Bild.{wanted.lower()}", files.picture(wanted, exif=exif, icc_profile=profile, **more))
    content = looked.file.read_bytes()
    for secret in (b"Mara", b"Kamerawerk", b"iCCP", b"ICCP", b"EXIF", b"eXIf", b"XMP"):
        assert secret not in content


def test_a_picture_that_is_clear_in_places_stays_so(tmp_path):
    looked = look(tmp_path, "Zeichen.png", files.picture(mode="RGBA", colour=(255, 0, 0, 0)))
    assert looked.preview
    for path in (looked.file, looked.preview):
        with Image.open(path) as after:
            pixel: Any = after.convert("RGBA").getpixel((5, 5))
            assert pixel[3] == 0


def test_a_large_photo_gets_a_preview_of_640_pixels_at_most(tmp_path):
    looked = look(tmp_path, "Foto.jpg", files.picture("JPEG", (3000, 4000)))
    assert looked.preview
    with Image.open(looked.preview) as small:
        assert (small.format, small.size) == ("WEBP", (480, 640))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16"])
def test_unusual_colours_are_drawn_as_well(tmp_path, mode):
    assert look(tmp_path, "Bild.png", files.picture(mode=mode, colour=0)).width == 40


def test_a_photo_for_printers_becomes_one_for_screens(tmp_path):
    looked = look(tmp_path, "Druck.jpg", files.picture("JPEG", mode="CMYK", colour=(0, 255, 255, 0)))
    with Image.open(looked.file) as after:
        assert after.mode == "RGB"


# --- names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Plan.pdf", "Plan.pdf"),
        ("C:\\Eigene Dateien\\Plan.pdf", "Plan.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("Rechnung\u202efdp.exe", "Rechnungfdp.exe"),
        ("Zeile\r\nContent-Type: x.pdf", "Zeile Content-Type- x.pdf"),
        ("  .  Punkt . pdf ", "Punkt.pdf"),
        ("A\u030angstro\u0308m.pdf", "Ångström.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ("\ud800.pdf", "Datei.pdf"),
        (".pdf", "Datei.pdf"),
        ("", "Datei"),
        ('<b>"?*.pdf', "-b----.pdf"),
        ("n" * 300 + ".docx", "n" * 115 + ".docx"),
    ],
)
def test_a_name_is_cleaned_of_what_leads_astray(said, name):
    assert clean_name(said) == name


@given(st.text(max_size=200))
def test_any_name_becomes_one_that_can_be_kept(said):
    name = clean_name(said)
    assert 0 < len(name) <= 120
    assert clean_name(name) == name
    assert not set('/\\<>:"|?*\r\n\0') & set(name)
    assert name.encode()
    assert extension_of(name) == extension_of(name).strip()
