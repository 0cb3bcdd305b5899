"""Every page of the product, on the demo, as each kind of person finds it: at both widths and in both themes."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.urls import resolve
from django.utils import timezone
from playwright.sync_api import Browser

from tests.access.test_every_address import rows, unasked
from tests.browser.harness.server import Server
from tests.browser.harness.stage import Stage

if TYPE_CHECKING:
    from tenancy.models import Network, Person

DATA = Path(__file__).parents[2] / "platform" / "tenancy" / "data"
# Without the mark pytest-django makes no database for a run that holds nothing but this file.
pytestmark = pytest.mark.django_db
KONSTANZ = "/netzwerke/konstanz"

#: Addresses that answer with a page, but not to somebody who just comes by; each with the reason.
SEEN_ELSEWHERE = {
    "account_confirm_email": "behind a link in a mail; the page of a wrong link is visited",
    "account_confirm_login_code": "only in the middle of signing in by code, which is switched off",
    "account_set_password": "only for accounts without a password; the form is that of changing it",
    "account_reauthenticate": "only before an act that asks for the password again; none does yet",
    "tenancy:apply-sent": "only after one has applied; that story looks at it from all sides",
    "toolkit:offline": "what a browser shows without a line; tests/browser/test_application.py takes the line away",
    "chat:missed-off": "behind a link in a mail",
    "mailbox": "for whoever runs an installation without a mail server; tests/config visits it",
}
#: Answers that are no pages: data, calendars, feeds, fragments, and ways to somewhere else.
NO_PAGES = (
    *("rest-", "api-network", "api-person", "api-municipality", "api-schema"),
    *("exchange:experience-feed", "exchange:format-calendar", "exchange:workshop-calendar", "exchange:own-calendar"),
    *("exchange:certificate-own", "exchange:certificates-file", "exchange:certificates-progress"),
    *("exchange:public-calendar", "exchange:city-calendar", "exchange:poll-calendar"),
    *("exchange:funding-list", "exchange:host-numbers-csv", "exchange:material-file"),
    *("exchange:participant-csv", "exchange:topic-suggest", "tenancy:topic-suggest", "tenancy:municipality-suggest"),
    *(
        "chat:cards",
        "chat:people",
        "chat:file",
        "chat:file-preview",
        "chat:rows",
        "chat:messages",
        "toolkit:alive",
        "toolkit:ready",
    ),
    *("toolkit:worker", "toolkit:manifest"),
    *("tenancy:network-setup-resume", "tenancy:network-edit-start", "account_signup"),
)


@dataclass
class Demo:
    """The people who look, and what each of them visits: ``(address, status)``."""

    stage: Stage
    people: dict[str, Person | None]
    pages: dict[str, list[tuple[str, int]]] = field(default_factory=dict)

    def visit(self, who: str, *addresses: str, status: int = 200) -> None:
        self.pages.setdefault(who, []).extend((address, status) for address in addresses)


def everything(demo: Demo) -> None:
    """What there is to visit."""
    from chat.ids import new_client_id
    from chat.models import Conversation
    from chat.services.conversations import open_group
    from chat.services.deeds import edit_message
    from chat.services.messages import send_message
    from exchange.door_codes import door_code
    from exchange.models import Attendance, Comment, DatePoll, Experience, FeedbackAnswer, MinutesSection, Workshop
    from moderation.models import ModerationDecision, Report
    from tenancy.models import Application, Membership, Network, Office
    from tenancy.viewer import viewer_for
    from tests.factories.exchange import DraftFactory
    from tests.factories.moderation import DecisionFactory
    from tests.factories.notices import NoticeFactory
    from tests.factories.tenancy import CouncilPaperFactory, FundingFactory, InvitationFactory
    from tests.factories.workshops import QuotaFactory, RegistrationFactory, WorkshopFactory

    mara, paula, verena = (demo.people[who] for who in ("pilot", "coordinator", "moderator"))
    assert mara is not None
    assert paula is not None
    network = Membership.objects.get(person=paula).network
    emre = Membership.objects.get(person__email__startswith="emre.").person
    draft = DraftFactory(network=network, author=mara, title="Was ich noch aufschreiben will")
    own = Experience.objects.filter(author=mara, state="published").latest("id")
    public = Experience.objects.filter(rung="public", comment_count__gt=0).exclude(author=mara).latest("comment_count")
    comment = Comment.objects.filter(author=mara).latest("id")
    free, full = Workshop.objects.get(title="Lotsen gewinnen und halten"), Workshop.objects.get(seats=6)
    open_to_all = Workshop.objects.filter(rung="public").latest("id")
    direct = Conversation.objects.filter(kind="direct", participants__person=mara).first()
    room = Conversation.objects.get(kind="room", subject_kind="format")
    report, application = Report.objects.latest("id"), Application.objects.filter(state="open").latest("id")
    office = Office.objects.filter(network=network).earliest("id")
    member = Membership.objects.get(person=mara)
    InvitationFactory(network=network, email="eingeladen@konstanz.example")
    NoticeFactory.create_batch(2, person=mara, url="/erfahrungen/")
    NoticeFactory(person=mara, kind="invitation", read_at=timezone.now())
    CouncilPaperFactory(network=network)
    FundingFactory(network=network, notice_on=datetime.date(2024, 5, 3))
    decision: ModerationDecision = DecisionFactory(
        author=mara, network=network, land_id="08", decided_by=verena, kind="comment", object_id=comment.pk
    )
    assert direct is not None
    group = open_group(viewer_for(paula), "Vorbereitung", [mara.pk])
    said = send_message(viewer_for(mara), group, new_client_id(), "Wer bringt den Beamer mit?").seq
    edit_message(viewer_for(mara), group, said, "Wer bringt die Leinwand mit?")
    word = f"/chat/{group}/{said}/"

    poll = f"/terminsuche/{DatePoll.objects.get().pk}/"
    demo.visit("pilot", "/terminsuche/", poll, f"{KONSTANZ}/sitzungstage/")
    demo.visit("coordinator", "/terminsuche/neu/", poll, f"{poll}bearbeiten/", f"{poll}tage/", f"{poll}fragen/")
    demo.visit("coordinator", f"{KONSTANZ}/sitzungstage/")
    demo.visit("visitor", "/", "/erfahrungen/", f"/erfahrungen/{public.pk}/", "/suche/?q=akte", "/formate/")
    demo.visit("visitor", "/formate/knmeetshn/", "/veranstaltungen/", f"/veranstaltungen/{open_to_all.pk}/")
    demo.visit("visitor", "/netzwerke/", "/netzwerke/?q=gibtesnicht", "/netzwerke/heidelberg/", "/mitmachen/", "/api/")
    demo.visit("visitor", "/quellen/", "/impressum/", "/datenschutz/", "/barrierefreiheit/", "/konto/login/")
    demo.visit("visitor", "/konto/password/reset/", "/konto/password/reset/done/", "/konto/confirm-email/")
    demo.visit("visitor", "/konto/password/reset/key/1-geraten/", "/konto/password/reset/key/done/")
    demo.visit("visitor", "/konto/confirm-email/geraten/", "/konto/inactive/")
    demo.visit("visitor", f"/moderation/melden/experience/{public.pk}/", "/moderation/melden/danke/")
    demo.visit("visitor", "/einladung/geraten/", "/mitmachen/bestaetigen/geraten/", status=410)

    demo.visit(
        "pilot",
        "/chat/suche/?q=akte",
        "/",
        "/suche/?q=akte",
        "/suche/?q=gibtesnicht",
        "/erfahrungen/",
        "/erfahrungen/?q=gibtesnicht",
    )
    demo.visit("pilot", "/erfahrungen/neu/", "/erfahrungen/meine/", f"/erfahrungen/{own.pk}/")
    demo.visit("pilot", f"/erfahrungen/{own.pk}/bearbeiten/", f"/erfahrungen/{draft.pk}/bearbeiten/")
    demo.visit("pilot", f"/erfahrungen/{draft.pk}/", f"/erfahrungen/{public.pk}/")
    demo.visit("pilot", f"/kommentare/{comment.pk}/bearbeiten/", f"{KONSTANZ}/", "/personen/", "/personen/?q=zzzz")
    demo.visit("pilot", f"/personen/{emre.pk}/", f"/personen/{mara.pk}/", "/profil/", "/formate/knmeetshn/")
    demo.visit("pilot", "/veranstaltungen/", f"/veranstaltungen/{free.pk}/", f"/veranstaltungen/{full.pk}/")
    demo.visit(
        "pilot",
        "/veranstaltungen/kalender/abonnieren/",
        "/veranstaltungen/kalender/",
        "/veranstaltungen/kalender/?ansicht=woche",
        "/veranstaltungen/kalender/?ansicht=liste",
        "/veranstaltungen/?zeit=vergangen",
        "/chat/",
        "/chat/neu/",
    )
    demo.visit("pilot", f"/chat/{direct.pk}/", f"/chat/{room.pk}/", "/mitteilungen/", "/konto/password/change/")
    demo.visit("pilot", "/chat/?archiv", "/chat/themen/", "/chat/einstellungen/", f"/chat/{room.pk}/mitglieder/")
    demo.visit("pilot", word, f"{word}bearbeiten/", f"{word}fassungen/", f"{word}gelesen-von/")
    demo.visit("pilot", f"/chat/{group}/faden/{said}/")
    demo.visit("pilot", "/konto/email/", "/konto/logout/", f"/moderation/entscheidungen/{decision.pk}/")
    demo.visit("pilot", "/gibt-es-nicht/", status=404)
    demo.visit("pilot", f"{KONSTANZ}/einladungen/", status=403)

    demo.visit("coordinator", "/chat/themen/neu/", f"/chat/{group}/beschreiben/", f"/chat/{group}/mitglieder/?q=a")
    demo.visit("coordinator", f"/chat/{group}/aufbewahrung/", f"/chat/netzwerk/{network.pk}/aufbewahrung/")
    demo.visit("coordinator", "/", "/formate/neu/", "/formate/knmeetshn/", "/formate/knmeetshn/bearbeiten/")
    demo.visit("coordinator", "/formate/knmeetshn/folgen/neu/", "/formate/knmeetshn/folgen/1/", "/veranstaltungen/neu/")
    demo.visit("coordinator", *(f"/veranstaltungen/{free.pk}/{part}" for part in ("", "bearbeiten/", "absagen/")))
    held = Workshop.objects.get(title="Sprechstunden, die gern besucht werden")
    section = MinutesSection.objects.filter(minutes__workshop=held).earliest("id")
    written = ("", "protokoll/", "protokoll/neu/", "protokoll/verlauf/", f"protokoll/{section.pk}/")
    demo.visit("coordinator", *(f"/veranstaltungen/{held.pk}/{part}" for part in (*written, "foerderung/?kosten=3000")))
    demo.visit("coordinator", f"{KONSTANZ}/veranstaltungen-zahlen/", "/formate/knmeetshn/", "/formate/anregen/")
    demo.visit("pilot", f"/veranstaltungen/{held.pk}/", f"/veranstaltungen/{held.pk}/protokoll/")
    demo.visit("coordinator", f"/veranstaltungen/{free.pk}/teilnehmende/", f"{KONSTANZ}/", f"{KONSTANZ}/partner/")
    hosting = {"hosts": [network]}
    taken = WorkshopFactory(**hosting, seats=3, approval=True, quota_release_at=timezone.now())
    for place in ("seat", "requested", "queued"):
        RegistrationFactory(workshop=taken, network=network, state=place)
    QuotaFactory(workshop=taken, network=network)
    giving = WorkshopFactory(**hosting)
    RegistrationFactory(workshop=giving, network=network, person=mara)
    demo.visit("coordinator", f"/veranstaltungen/{taken.pk}/", f"/veranstaltungen/{taken.pk}/plaetze/")
    demo.visit("pilot", f"/veranstaltungen/{giving.pk}/", f"/veranstaltungen/{giving.pk}/weitergeben/")
    for workshop in (
        WorkshopFactory(**hosting, state="draft", asked=[Network.objects.get(slug="heilbronn")]),
        WorkshopFactory(**hosting, state="cancelled", cancel_reason="Sturm"),
        WorkshopFactory(**hosting, starts_at=timezone.now() - datetime.timedelta(days=3)),
        WorkshopFactory(**hosting, mode="hybrid", seats=5),
    ):
        demo.visit("coordinator", f"/veranstaltungen/{workshop.pk}/")
    demo.visit("coordinator", "/veranstaltungen/?art=online&land=99")
    now = timezone.now()
    running = WorkshopFactory(**hosting, starts_at=now - datetime.timedelta(minutes=30))
    over = WorkshopFactory(**hosting, starts_at=now - datetime.timedelta(days=2))
    for workshop in (running, over):
        seat = RegistrationFactory(workshop=workshop, person=mara, network=network)
    there = Attendance.objects.create(
        workshop=over, registration=seat, person=mara, day=over.starts_at.date(), by="list", marked_by=paula
    )
    for number in range(1, 6):
        FeedbackAnswer.objects.create(workshop=over, helpful=number, recommend="yes", good="Die Beispiele")
    demo.visit("coordinator", *(f"/veranstaltungen/{running.pk}/{part}/" for part in ("anwesenheit", "tuer")))
    demo.visit("coordinator", f"/veranstaltungen/{over.pk}/nachweise/")
    demo.visit("coordinator", f"/veranstaltungen/{over.pk}/rueckmeldung/ergebnis/")
    demo.visit("coordinator", f"/veranstaltungen/{free.pk}/rueckmeldung/fragen/", f"/veranstaltungen/{over.pk}/")
    demo.visit("pilot", f"/veranstaltungen/{running.pk}/einchecken/{door_code(running.pk, 0)}/")
    demo.visit("pilot", f"/veranstaltungen/{over.pk}/", f"/veranstaltungen/{over.pk}/rueckmeldung/")
    demo.visit("visitor", "/nachweis/", "/nachweis/ABCD/", f"/nachweis/{there.check_code}/")
    demo.visit("coordinator", f"{KONSTANZ}/einrichten/bezeichnung/", f"{KONSTANZ}/einrichten/vorschau/")
    for part in ("wir", "beginn", "aemter", "umfang", "mehr", "foerderung", "vorlagen"):
        demo.visit("coordinator", f"{KONSTANZ}/bearbeiten/{part}/")
    demo.visit("coordinator", f"{KONSTANZ}/aemter/{office.pk}/", f"{KONSTANZ}/einladungen/", f"{KONSTANZ}/mitglieder/")
    demo.visit("coordinator", f"/mitgliedschaften/{member.pk}/", f"/mitgliedschaften/{member.pk}/beenden/")
    demo.visit("coordinator", "/moderation/protokoll/konstanz/", "/mitteilungen/")

    demo.visit("moderator", "/", "/moderation/", f"/moderation/meldungen/{report.pk}/", "/moderation/entscheidungen/")
    demo.visit("moderator", "/moderation/protokoll/", "/mitmachen/antraege/", f"/mitmachen/antraege/{application.pk}/")
    demo.visit("moderator", "/mitmachen/antraege/?stand=entschieden", "/chat/", "/personen/", f"{KONSTANZ}/")
    assert free.starts_at > timezone.now()
    programmes(demo, mara, paula, network)


def programmes(demo: Demo, mara: Person, paula: Person, network: Network) -> None:
    """A workshop with a full programme, and one with none; what is proposed, read and asked; dates that come again."""
    from exchange.models import (
        Answer,
        Material,
        OpenSpace,
        ProposalVote,
        Question,
        SessionProposal,
        SessionSpeaker,
        WorkshopSeries,
    )
    from tenancy.models import Network
    from tests.factories.workshops import RegistrationFactory, SessionFactory, WorkshopFactory

    starts = timezone.now().replace(minute=0, second=0, microsecond=0) + datetime.timedelta(days=30)
    hours = [starts + datetime.timedelta(hours=hour) for hour in range(30)]
    series = WorkshopSeries.objects.create(
        title="Lotsenfrühstück",
        rule="FREQ=WEEKLY;COUNT=4",
        first_day=starts.date() - datetime.timedelta(days=35),
        left_out=[(starts.date() + datetime.timedelta(days=7)).isoformat()],
        created_by=paula,
    )
    whole = {"hosts": [network], "starts_at": hours[0], "ends_at": hours[29], "price": 12, "contact": "Frau Muster"}
    day = WorkshopFactory(**whole, title="Zwei Lotsentage", series=series, series_day=starts.date())
    past = starts - datetime.timedelta(days=35)
    WorkshopFactory(hosts=[network], title="Lotsenfrühstück", series=series, series_day=past.date(), starts_at=past)
    heilbronn = Network.objects.get(slug="heilbronn")
    theirs = WorkshopFactory(
        hosts=[heilbronn], asked=[network], title="Gemeinsam", series_day=starts.date(), starts_at=starts,
        series=WorkshopSeries.objects.create(title="Gemeinsam", rule="FREQ=WEEKLY;COUNT=2", first_day=starts.date()),
    )  # fmt: skip
    seat = RegistrationFactory(workshop=day, person=mara, network=network)
    first = SessionFactory(workshop=day, title="Ankommen", place="Foyer", text="Kaffee und Namensschilder.")
    SessionFactory(workshop=day, title="Pause", kind="break", starts_at=hours[1], ends_at=hours[2])
    for title, track, begins in (
        ("Einsteigen", "Eins", 2),
        ("Vertiefen", "Zwei", 2),
        ("Weiter", "Zwei", 3),
        ("Tag 2", "", 27),
    ):
        ends = hours[begins + 1]
        SessionFactory(workshop=day, title=title, track=track, place="Saal", starts_at=hours[begins], ends_at=ends)
    SessionSpeaker.objects.create(session=first, person=paula, organisation="Konstanz")
    SessionSpeaker.objects.create(session=first, name="Tim Beispiel", organisation="Musterstadt", position=1)
    link = {"workshop": day, "url": "https://unterlagen.example/lesen", "added_by": paula}
    Material.objects.create(**link, phase="before", title="Zum Einlesen")
    Material.objects.create(**link, phase="after", title="Ergebnisse", seats_only=True)
    OpenSpace.objects.create(workshop=day, until=starts)
    said = {"workshop": day, "proposer": mara}
    voted = SessionProposal.objects.create(**said, title="Akten ohne Angst", text="Wie fängt man an?")
    ProposalVote.objects.create(workshop=day, proposal=voted, person=mara, slot=0)
    SessionProposal.objects.create(**said, title="Schon dabei", state="taken", session=first)
    kinds: tuple[dict[str, Any], ...] = (
        {"kind": "text", "hint": "Ein Satz genügt.", "required": True},
        {"kind": "choice", "options": ["Alles", "Vegan"], "shown": "seated"},
        {"kind": "several", "options": ["Bahn", "Rad", "Bus"]},
        {"kind": "yes_no"},
        {"kind": "text", "retired_at": timezone.now()},
    )
    asked = [
        Question.objects.create(workshop=day, position=number, text=f"Frage {number}?", **words)
        for number, words in enumerate(kinds, start=1)
    ]
    for question, value in zip(asked, ("Mit Vorwissen.", "Vegan", ["Bahn", "Rad"], True, "Früher."), strict=True):
        Answer.objects.create(question=question, registration=seat, value=value)

    at, bare = f"/veranstaltungen/{day.pk}", WorkshopFactory(hosts=[network])
    demo.visit("coordinator", f"{at}/", f"{at}/programm/", f"{at}/programm/neu/", f"{at}/programm/{first.pk}/")
    demo.visit("coordinator", f"{at}/unterlagen/", f"{at}/vorschlaege/", f"{at}/teilnehmende/")
    demo.visit("coordinator", f"{at}/fragen/", *(f"{at}/fragen/{question.pk}/" for question in asked[:2]))
    empty = ("", "programm/", "unterlagen/", "vorschlaege/", "fragen/", "reihe/")
    demo.visit("coordinator", *(f"/veranstaltungen/{bare.pk}/{part}" for part in empty))
    demo.visit("coordinator", f"/veranstaltungen/reihen/{series.pk}/", f"/veranstaltungen/reihen/{theirs.series_id}/")
    demo.visit("pilot", f"{at}/", f"{at}/vorschlaege/neu/", f"{at}/antworten/")
    demo.visit("pilot", f"/veranstaltungen/reihen/{series.pk}/")


@pytest.fixture(scope="module")
def demo(
    browser: Browser, server: Server, django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[Demo]:
    """The register and the demo, committed because the server reads them, and taken away afterwards."""
    from tenancy.models import Person

    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # pytest-django ships no type
        try:
            call_command("import_register", str(DATA / "GV100AD_20231130.txt"), stdout=StringIO())
            call_command("import_associations", stdout=StringIO())
            call_command("load_demo", stdout=StringIO())
            starts = {"pilot": "mara.musterlotsin@", "coordinator": "paula.pinnwand@", "moderator": "verena.verband@"}
            people = {who: Person.objects.get(email__startswith=start) for who, start in starts.items()}
            made = Demo(Stage(browser, server), {"visitor": None, **people})
            everything(made)
            for person in people.values():
                made.stage.sign_in(person)  # here, because what a test writes is not committed
            yield made
            made.stage.close()
        finally:
            call_command("flush", interactive=False, verbosity=0, reset_sequences=False, inhibit_post_migrate=True)


@pytest.mark.parametrize("who", ["visitor", "pilot", "coordinator", "moderator"])
def test_every_page_is_without_fault_at_any_width_and_in_any_theme(demo: Demo, who: str) -> None:
    visitor = demo.stage.visitor(demo.people[who])
    faults = []
    for address, status in demo.pages[who]:
        try:
            visitor.visit(address, status=status, until="load")
            assert visitor.page.url == f"{demo.stage.server.url}{address}", f"{address} leads to {visitor.page.url}"
            visitor.check_every_look()
        except AssertionError as fault:
            faults.append(str(fault))
    visitor.close()
    assert not faults, "\n\n".join(faults)


def test_no_page_is_forgotten(demo: Demo) -> None:
    asked = {key.partition("#")[0] for key, (_module, row) in rows().items() if row.method == "get"} - set(unasked())
    visited = {
        resolve(address.partition("?")[0]).view_name
        for pages in demo.pages.values()
        for address, _status in pages
        if "gibt-es-nicht" not in address
    }
    missing = {name for name in asked - visited - set(SEEN_ELSEWHERE) if not name.startswith(NO_PAGES)}
    assert missing == set(), "Pages that no browser looks at: " + ", ".join(sorted(missing))
