"""A program of its own: looks into one file, behind limits, and says in one line of JSON what it found.

Parsers of pictures and archives are the likeliest way in for a file that means harm. So they run here: without Django,
secrets, database, or anything of the environment, with little time, memory and disk. Never imported by the product.

    python -I inside.py picture FORMAT SOURCE TARGET PREVIEW
    python -I inside.py office TYPE SOURCE
"""

from __future__ import annotations

import errno
import io
import itertools
import json
import resource
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

CPU_SECONDS = 20
MEMORY_BYTES = 1536 * 1024 * 1024
#: As much as an upload may have, and as clamd takes by default.
WRITTEN_BYTES = 25 * 1024 * 1024

MAX_PIXELS = 50_000_000
#: Of all pictures of an animation together.
MAX_MOTION_PIXELS = 60_000_000
MAX_FRAMES = 500
PREVIEW_EDGE = 640

MAX_ENTRIES = 5_000
MAX_INFLATED = 300 * 1024 * 1024
#: An archive may unfold to so many times its size; small ones need not care.
MAX_RATIO = 100
SMALL = 20 * 1024 * 1024
MAX_DECLARATION = 1024 * 1024


class Refused(Exception):
    """The file is not taken; the argument is a code of ``toolkit.uploads.refusals``."""


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


# --- pictures -----------------------------------------------------------------------------------------------------


def picture(wanted: str, source: str, target: str, preview: str) -> dict[str, Any]:
    """Draw a picture anew, upright, in plain colours, with nothing else in it: no place, no camera, no words."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # asked below, with a reason
    try:
        opened = Image.open(source, formats=[wanted])
    except (OSError, ValueError, SyntaxError) as error:
        raise Refused("mismatch") from error
    with opened:
        width, height = opened.size
        if width * height > MAX_PIXELS:
            raise Refused("too_many_pixels")
        # A picture of a telephone may carry a second one for depth: only the first is the picture.
        frames = 1 if opened.format == "MPO" else getattr(opened, "n_frames", 1)
        if frames > 1:
            return _motion(opened, frames, wanted, target, preview)
        opened.load()
        still = _plain_colours(ImageOps.exif_transpose(opened))
        still.info = _nothing_but_transparency(still)
        _write(still, target, wanted, _OPTIONS[wanted])
        _preview(still, preview)
        return {"width": still.width, "height": still.height}


def _motion(opened: Any, frames: int, wanted: str, target: str, preview: str) -> dict[str, Any]:
    if frames > MAX_FRAMES or frames * opened.width * opened.height > MAX_MOTION_PIXELS:
        raise Refused("too_much_motion")
    pictures: list[Image] = []
    durations: list[int] = []
    loop = opened.info.get("loop", 0)
    for number in range(frames):
        opened.seek(number)
        frame = opened.convert("RGBA")
        frame.info = {}
        pictures.append(frame)
        durations.append(int(opened.info.get("duration") or 100))
    first, *others = pictures
    more: dict[str, Any] = {"disposal": 2} if wanted == "GIF" else {}
    more |= {"save_all": True, "append_images": others, "duration": durations, "loop": loop}
    _write(first, target, wanted, more)
    _preview(first, preview)
    return {"width": first.width, "height": first.height}


def _plain_colours(image: Image) -> Image:
    """In the colours that screens take for granted, so that no profile has to go along."""
    from PIL import ImageCms

    profile = image.info.get("icc_profile")
    if profile and image.mode in {"RGB", "RGBA", "CMYK"}:
        try:
            return (
                ImageCms.profileToProfile(
                    image,
                    ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                    ImageCms.createProfile("sRGB"),
                    outputMode="RGBA" if image.mode == "RGBA" else "RGB",
                )
                or image
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            # A profile that is broken is no profile.
            pass
    return image.convert("RGB") if image.mode in {"CMYK", "YCbCr", "LAB", "HSV"} else image


def _nothing_but_transparency(image: Image) -> dict[str | tuple[int, int], Any]:
    kept = image.info.get("transparency")
    return {} if kept is None else {"transparency": kept}


_OPTIONS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 88, "optimize": True, "progressive": True},
    "WEBP": {"quality": 88, "method": 4},
    "PNG": {"optimize": True},
    "GIF": {"optimize": True},
}


def _write(image: Image, target: str, wanted: str, options: dict[str, Any]) -> None:
    """By way of the memory: at a limit of the disk the encoders say nothing that could be understood."""
    drawn = io.BytesIO()
    image.save(drawn, wanted, **options)
    if drawn.tell() > WRITTEN_BYTES:
        raise Refused("too_large")
    Path(target).write_bytes(drawn.getbuffer())


def _preview(image: Image, target: str) -> None:
    from PIL.Image import Resampling

    clear = image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
    small = image.convert("RGBA" if clear else "RGB")
    small.thumbnail((PREVIEW_EDGE, PREVIEW_EDGE), Resampling.LANCZOS)
    small.info = {}
    _write(small, target, "WEBP", {"quality": 80, "method": 4})


# --- office documents ---------------------------------------------------------------------------------------------


def office(wanted: str, source: str) -> dict[str, Any]:
    """Unfold an office document piece by piece, keep nothing, and ask what it says it is."""
    try:
        with zipfile.ZipFile(source) as archive:
            entries = archive.infolist()
            _require_plain(archive, entries, source)
            _require_declared(archive, entries, wanted)
            _unfold(archive, entries, source)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, ValueError) as error:
        raise Refused("broken") from error
    except RuntimeError as error:
        # What zipfile says of entries with a password.
        raise Refused("locked") from error
    return {}


def _require_plain(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], source: str) -> None:
    """One archive from the first byte to the last, no entry over another, no way out of it."""
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_INFLATED:
        raise Refused("bomb")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("locked")
    with Path(source).open("rb") as file:
        begins = file.read(4)
        file.seek(-22, 2)
        ends = file.read(4)
    if begins != b"PK\x03\x04" or ends != b"PK\x05\x06" or archive.comment:
        raise Refused("mismatch")
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    if not ordered or ordered[0].header_offset != 0:
        raise Refused("mismatch")
    for entry, following in itertools.pairwise(ordered):
        if entry.header_offset + 30 + entry.compress_size > following.header_offset:
            raise Refused("bomb")
    for entry in entries:
        parts = entry.filename.replace("\\", "/").split("/")
        if ".." in parts or entry.filename.startswith(("/", "\\")) or "\0" in entry.filename:
            raise Refused("broken")


def _require_declared(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], wanted: str) -> None:
    """The document is of the kind that its name says, and brings no program along."""
    names = [entry.filename.lower() for entry in entries]
    if any(name.endswith("vbaproject.bin") or name.startswith(("basic/", "scripts/")) for name in names):
        raise Refused("macros")
    if wanted.startswith("application/"):
        first = min(entries, key=lambda entry: entry.header_offset)
        said = _small(archive, first) if first.filename == "mimetype" else b""
        if said.strip() != wanted.encode():
            raise Refused("mismatch")
        return
    listed = next((entry for entry in entries if entry.filename == "[Content_Types].xml"), None)
    said = _small(archive, listed) if listed else b""
    # Some write their list in UTF-16.
    said = said.replace(b"\0", b"").lower()
    if b"macroenabled" in said or b"vbaproject" in said:
        raise Refused("macros")
    if wanted.encode() not in said:
        raise Refused("mismatch")


def _small(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as file:
        said = file.read(MAX_DECLARATION + 1)
    if len(said) > MAX_DECLARATION:
        raise Refused("bomb")
    return said


def _unfold(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], source: str) -> None:
    """What the list says of sizes is a claim: count what comes out."""
    packed = Path(source).stat().st_size
    inflated = 0
    for entry in entries:
        with archive.open(entry) as file:
            while piece := file.read(1024 * 1024):
                inflated += len(piece)
                if inflated > MAX_INFLATED or (inflated > SMALL and inflated > MAX_RATIO * packed):
                    raise Refused("bomb")


def main(arguments: list[str]) -> dict[str, Any]:
    """Carry out one command line; every way to fail has its code."""
    try:
        what, *rest = arguments
        return picture(*rest) if what == "picture" else office(*rest)
    except Refused as refusal:
        return {"code": refusal.args[0]}
    except MemoryError:
        return {"code": "too_much"}
    except OSError as error:
        # What cannot be decoded has no number.
        return {"code": "unavailable" if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EIO} else "broken"}
    except Exception:
        # Parsers raise whatever they like at a file that is made to break them.
        return {"code": "broken"}


if __name__ == "__main__":
    limit_myself()
    sys.stdout.write(json.dumps(main(sys.argv[1:])))
