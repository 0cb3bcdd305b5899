"""Verbs of the materials of a workshop: files and links, to read before and after."""

from __future__ import annotations

import logging
import time
from itertools import islice
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.db.models import Sum
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app
from redis import RedisError

from exchange.models import Material
from exchange.policies.program import may_edit_program, visible_materials
from exchange.policies.workshops import hosts_of, visible_workshops
from exchange.services.hosting import locked, record_act
from tenancy.viewer import Viewer
from toolkit.access import Conflict, require
from toolkit.acting import verb
from toolkit.jobs import job_for_nobody
from toolkit.limits import within_limit
from toolkit.past_sight import rows_of
from toolkit.uploads import clamd, store
from toolkit.uploads.confined import Looked, looked_into
from toolkit.uploads.kinds import Kind, recognised
from toolkit.uploads.names import clean_name
from toolkit.uploads.refusals import MAX_BYTES, UploadRefused

logger = logging.getLogger(__name__)

#: Below ``MEDIA_ROOT``.
ROOM = "workshops"
#: So many materials a workshop may have, and so many bytes all its files together.
MOST = 40
ALL_BYTES = 200 * 1024 * 1024
#: So many files one person may upload in an hour.
HOUR_FILES = 60


@verb
def _require_may_add(viewer: Viewer, workshop_id: int) -> None:
    require(may_edit_program(viewer, visible_workshops(viewer).get(pk=workshop_id)))


def add_file(
    viewer: Viewer, workshop_id: int, uploaded: UploadedFile, *, phase: str, title: str = "", seats_only: bool = False
) -> Material:
    """Check a file by its content, clean it, keep it with the workshop. Raises ``Conflict`` on ``file``, ``Denied``.

    Kept whole or not at all. Not one transaction: looking into a file takes seconds, in which no connection is held.
    """
    name = clean_name(uploaded.name or "")
    _require_may_add(viewer, workshop_id)
    try:
        if uploaded.size is not None and uploaded.size > MAX_BYTES:
            raise UploadRefused("too_large")
        if not _within_the_hour(viewer):
            raise UploadRefused("busy")
        if not connection.in_atomic_block:
            connection.close()
        with store.incoming(ROOM) as folder:
            source = folder / "source"
            with source.open("xb") as file:
                for piece in uploaded.chunks():
                    file.write(piece)
            kind = recognised(name, source)
            looked = looked_into(kind, source)
            _scanned(looked.file)
            words = {"phase": phase, "title": title or name[:160], "seats_only": seats_only, "name": name}
            return _kept(viewer, workshop_id, kind, looked, words)
    except UploadRefused as refusal:
        raise Conflict(str(refusal), field="file") from refusal
    except OSError as error:
        logger.exception("A file could not be stored.")
        raise Conflict(str(UploadRefused("unavailable")), field="file") from error


def _within_the_hour(viewer: Viewer) -> bool:
    try:
        return within_limit("material-upload", str(viewer.person_id), times=HOUR_FILES, seconds=3600)
    except RedisError:
        # Counting is lost with the engine; what a workshop may have stands in the database.
        return True


def _scanned(file: Path) -> None:
    """Ask the virus scanner, where there is one: few files, and whoever uploads waits for the answer."""
    if not settings.CLAMD_ADDRESS:
        return
    finding = clamd.scanned(settings.CLAMD_ADDRESS, file)
    if finding.virus:
        logger.warning("The scanner found %s in a file for a workshop; it was not kept.", finding.virus)
        raise Conflict(_("Der Virenscanner hat die Datei beanstandet. Sie wurde nicht behalten."), field="file")


def _kept(viewer: Viewer, workshop_id: int, kind: Kind, looked: Looked, words: dict[str, object]) -> Material:
    """On the disk first, then in the database: a row always has its file; a file without a row is swept away."""
    key = uuid4()
    size = looked.file.stat().st_size
    place = store.put(ROOM, key, looked.file, None)
    try:
        return _added(viewer, workshop_id, {**words, "key": key, "size": size, "media_type": kind.media_type})
    except BaseException:
        place.remove()
        raise


@verb
def _added(viewer: Viewer, workshop_id: int, words: dict[str, object]) -> Material:
    workshop = locked(workshop_id)
    require(may_edit_program(viewer, workshop))
    rows = Material.objects.filter(workshop=workshop)
    if rows.count() >= MOST:
        raise Conflict(format_lazy(_("Höchstens {n} Unterlagen je Veranstaltung."), n=MOST), field="file")
    taken = rows.aggregate(taken=Sum("size"))["taken"] or 0
    if taken + int(str(words.get("size", 0))) > ALL_BYTES:
        raise Conflict(_("Höchstens 200 MB je Veranstaltung. Ein Link geht immer."), field="file")
    material = Material.objects.create(workshop=workshop, added_by_id=viewer.someone, **words)
    acting = min(viewer.coordinates & hosts_of(workshop), default=None)
    record_act(viewer, "material_added", workshop, network_id=acting, changes={"material": ["", material.title]})
    return material


def add_link(
    viewer: Viewer, workshop_id: int, url: str, *, phase: str, title: str, seats_only: bool = False
) -> Material:
    """Put an address beside the files. Raises ``Conflict`` on ``file`` when there are too many, ``Denied``."""
    return _added(viewer, workshop_id, {"url": url, "phase": phase, "title": title, "seats_only": seats_only})


@verb
def remove_material(viewer: Viewer, material_id: int) -> int:
    """Take it away, for good; answers of which workshop. Raises ``Material.DoesNotExist``, ``Denied``."""
    workshop = locked(visible_materials(viewer).values_list("workshop_id", flat=True).get(pk=material_id))
    require(may_edit_program(viewer, workshop))
    material = Material.objects.get(pk=material_id)
    if material.key is not None:
        place = store.place_of(ROOM, material.key)
        transaction.on_commit(place.remove, robust=True)
    acting = min(viewer.coordinates & hosts_of(workshop), default=None)
    record_act(viewer, "material_removed", workshop, network_id=acting, changes={"material": [material.title, ""]})
    material.delete()
    return workshop.pk


def path_of(key: UUID) -> Path:
    """Where a file lies on the disk."""
    return store.place_of(ROOM, key).file


# --- what nobody needs any more --------------------------------------------------------------------------------------

#: What lies there and is known to nobody may be an upload that is just being stored (seconds).
GRACE = 3600
SWEPT_AT_ONCE = 500


@app.periodic(cron="37 * * * *")
@job_for_nobody(
    "exchange.sweep_materials",
    because="It compares keys of files on the disk with those that the database still needs.",
    queue="files",
)
def sweep_materials(*, timestamp: int) -> None:
    """Every hour: forget the files of deleted drafts, and what an interrupted upload left."""
    before = time.time() - GRACE
    keys = store.keys_older_than(ROOM, before)
    while some := list(islice(keys, SWEPT_AT_ONCE)):
        kept = {key for (key,) in rows_of("exchange_materials_kept", some)}
        for key in some:
            if key not in kept:
                store.place_of(ROOM, key).remove()
    store.forget_unfinished(ROOM, before)
