"""Certificates of attendance: one's own at once, everybody's by a job that says how far it is."""

from __future__ import annotations

import tempfile
import time
import zipfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from procrastinate.contrib.django import app

from exchange.certificates.drawing import NotDrawn, Paper, draw
from exchange.models import CertificateBundle, Session, Workshop
from exchange.policies.days import (
    KEPT,
    Day,
    days_of,
    may_get_all_certificates,
    may_get_certificate,
    visible_attendance,
    visible_bundles,
)
from exchange.policies.workshops import hosts_of
from exchange.queries.days import Present, hours_of, own_attendance, present
from exchange.queries.program import sessions_of
from exchange.queries.workshops import readable_workshop
from exchange.services.hosting import record_act
from tenancy.viewer import Viewer
from toolkit.access import Conflict, require
from toolkit.acting import verb
from toolkit.jobs import job_for_nobody, job_for_viewer
from toolkit.past_sight import answer_of
from toolkit.uploads import store
from toolkit.uploads.names import clean_name

#: Below ``MEDIA_ROOT``.
ROOM = "certificates"
#: So long the file with everybody's certificates lies there.
KEPT_FILE = timedelta(days=7)
#: A job that says nothing for so long was lost; another may be asked for.
SILENT = timedelta(minutes=15)
#: So many are drawn before the page is told how far it is.
AT_ONCE = 25

_BUSY = gettext_lazy("Gerade werden viele Nachweise erstellt. Bitte versuchen Sie es in einer Minute noch einmal.")


# --- what stands on one ----------------------------------------------------------------------------------------------


def _when(day: Day) -> str:
    return _("{day}, {begins} bis {ends} Uhr").format(
        day=date_format(day.date, "j. F Y"), begins=f"{day.begins:%H:%M}", ends=f"{day.ends:%H:%M}"
    )


def duration_in_words(minutes: int) -> str:
    """„2 Stunden 30 Minuten“, in the reader's language."""
    hours, rest = divmod(minutes, 60)
    words = [ngettext("{n} Stunde", "{n} Stunden", hours).format(n=hours)] if hours else []
    if rest or not hours:
        words.append(ngettext("{n} Minute", "{n} Minuten", rest).format(n=rest))
    return " ".join(words)


def paper_for(workshop: Workshop, who: Present, *, address: str, sessions: Sequence[Session] = ()) -> Paper:
    """What stands on the certificate of somebody who was there, in the language that is active.

    ``workshop`` has its hosts prefetched, ``sessions`` are its programme. Only the days on which they were there count;
    ``address`` is where the installation is, without a slash behind it.
    """
    there = {row.day for row in who.rows}
    hours = hours_of([day for day in days_of(workshop) if day.date in there], sessions)
    minutes = sum(one.minutes for one in hours)
    hosts = [h.network.municipality.name for h in workshop.hosts.all() if h.network_id in hosts_of(workshop)]
    code = who.rows[0].check_code
    facts = [(_("Termin"), _when(one.day)) for one in hours]
    if minutes:
        facts.append((_("Dauer"), duration_in_words(minutes)))
    online = (who.mode or workshop.mode) == Workshop.Mode.ONLINE
    facts.append((_("Ort"), _("Online") if online or not workshop.place else workshop.place))
    facts.append((_("Gastgebend"), ", ".join(hosts)))
    grouped = "-".join(code[place : place + 4] for place in range(0, len(code), 4))
    until = date_format(timezone.localtime(workshop.ends_at + KEPT), "j. F Y")
    return Paper(
        lang=translation.get_language() or "de",
        region="DE",
        title=_("Teilnahmenachweis: {name}, {title}").format(name=who.name, title=workshop.title),
        by=" · ".join(hosts),
        hosts=hosts,
        heading=_("Teilnahmenachweis"),
        name=who.name,
        city=who.city,
        sentence=_("hat teilgenommen an:"),
        event=workshop.title,
        facts=facts,
        issued=_("Ausgestellt am {day} über Lotsennetz").format(day=date_format(timezone.localdate(), "j. F Y")),
        check=_("Prüfcode {code}, prüfbar bis {day}:").format(code=grouped, day=until),
        address=f"{address}{reverse('exchange:certificate-check', kwargs={'code': code})}",
    )


# --- one's own -------------------------------------------------------------------------------------------------------


def own_certificate(viewer: Viewer, workshop: Workshop, *, address: str, at: datetime | None = None) -> bytes:
    """One's own certificate as PDF. Raises ``Denied``, and ``Conflict`` where it cannot be drawn just now."""
    mine = own_attendance(viewer, workshop)
    require(may_get_certificate(viewer, workshop, mine, at=at or timezone.now()))
    (who,) = present(viewer, workshop, person_id=viewer.someone)
    paper = paper_for(workshop, who, address=address, sessions=sessions_of(viewer, workshop))
    with tempfile.TemporaryDirectory() as folder:
        try:
            (file,) = draw([paper], Path(folder))
        except NotDrawn as error:
            raise Conflict(_BUSY) from error
        return file.read_bytes()


# --- everybody's -----------------------------------------------------------------------------------------------------


@verb
def ask_for_certificates(
    viewer: Viewer, workshop_id: int, *, language: str, address: str, at: datetime | None = None
) -> CertificateBundle:
    """Have a job draw the certificates of everybody who was there.

    Raises ``Workshop.DoesNotExist``, ``Denied``, and ``Conflict`` while another is at it, or where nobody was there.
    """
    now = at or timezone.now()
    workshop = readable_workshop(viewer, workshop_id)
    require(may_get_all_certificates(viewer, workshop, at=now))
    total = visible_attendance(viewer).filter(workshop=workshop).values("registration").distinct().count()
    if not total:
        raise Conflict(_("Noch ist niemand als anwesend eingetragen."))
    bundles = visible_bundles(viewer).filter(workshop=workshop, asked_at__gt=now - SILENT)
    if bundles.filter(finished_at=None, failed_at=None).exists():
        raise Conflict(_("Die Nachweise werden gerade erstellt."))
    bundle = CertificateBundle.objects.create(
        workshop=workshop, asked_by_id=viewer.someone, asked_at=now, language=language, total=total
    )
    network_id = min(viewer.coordinates & hosts_of(workshop), default=None)
    record_act(viewer, "certificates_made", workshop, network_id=network_id)
    draw_certificates.defer(person_id=viewer.someone, bundle_id=bundle.pk, address=address)
    return bundle


@job_for_viewer("exchange.draw_certificates", queue="files")
def draw_certificates(viewer: Viewer, *, bundle_id: int, address: str) -> None:
    """Draw them into one file, and write down how far it is. Begun anew it begins from the front."""
    bundle = visible_bundles(viewer).filter(pk=bundle_id, finished_at=None, failed_at=None).first()
    if bundle is None:
        return  # whoever asked hosts no more, or it is done already
    workshop = readable_workshop(viewer, bundle.workshop_id)
    people = present(viewer, workshop)
    sessions = sessions_of(viewer, workshop)
    try:
        with store.incoming(ROOM) as folder, translation.override(bundle.language):
            packed = folder / "certificates.zip"
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                for begin in range(0, len(people), AT_ONCE):
                    some = people[begin : begin + AT_ONCE]
                    papers = [paper_for(workshop, who, address=address, sessions=sessions) for who in some]
                    _pack(archive, papers, begin, folder)
                    _how_far(bundle, begin + len(some), len(people))
            store.put(ROOM, bundle.key, packed, None)
    except (NotDrawn, OSError):
        bundle.failed_at = timezone.now()
        bundle.save(update_fields=["failed_at"])
        return
    bundle.finished_at = timezone.now()
    bundle.save(update_fields=["finished_at"])


def _pack(archive: zipfile.ZipFile, papers: Sequence[Paper], begin: int, folder: Path) -> None:
    files = draw(papers, folder)
    for number, (paper, file) in enumerate(zip(papers, files, strict=True), start=begin + 1):
        archive.write(file, clean_name(f"{number:03d} {paper.name.replace('/', '-')}.pdf"))
        file.unlink()


def _how_far(bundle: CertificateBundle, done: int, total: int) -> None:
    bundle.done, bundle.total = done, total
    bundle.save(update_fields=["done", "total"])


def file_of(bundle: CertificateBundle) -> Path:
    """Where the file lies, or would lie."""
    return store.place_of(ROOM, bundle.key).file


@app.periodic(cron="17 * * * *")
@job_for_nobody("exchange.sweep_certificates", because="It deletes files and rows past their time, whosever they are.")
def sweep_certificates(*, timestamp: int) -> None:
    """Every hour: delete the files that have lain there for a week, and what was left unfinished."""
    before = time.time() - KEPT_FILE.total_seconds()
    for key in list(store.keys_older_than(ROOM, before)):
        store.place_of(ROOM, key).remove()
    store.forget_unfinished(ROOM, time.time() - 3600)
    with transaction.atomic():
        answer_of("exchange_forget_bundles", timezone.now() - KEPT_FILE)
