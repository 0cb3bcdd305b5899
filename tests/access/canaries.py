"""A world in which every text that is not for everybody carries a word of its own."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from chat.ids import new_client_id
from chat.services.conversations import open_direct, open_group
from chat.services.messages import send_message
from exchange.calendars import token_for
from exchange.models import CalendarAddress
from moderation.models import Report
from tenancy.viewer import viewer_for
from tests.factories.exchange import CommentFactory, DraftFactory, ExperienceFactory
from tests.factories.moderation import DecisionFactory, ReportFactory
from tests.factories.notices import NoticeFactory
from tests.factories.tenancy import (
    ApplicationFactory,
    InvitationFactory,
    MembershipFactory,
    MunicipalityFactory,
    NetworkFactory,
    OfficeFactory,
    PartnershipFactory,
    PersonFactory,
)
from tests.factories.workshops import EditionFactory, FormatFactory, RegistrationFactory, WorkshopFactory
from toolkit.audit import record

#: A word that stands beside every canary, to search for: what is asked for comes back on the page by itself.
BIRD = "Kanarienvogel"
CITY = {"pilot", "coordinator", "office_head"}
PARTNER = {"neighbour", "neighbour_coordinator"}


#: What an address is about, by a part of its name; an address that none of these names is tried with every number.
SPEAKS_OF = {
    "experience": ("Experience",),
    "comment": ("Comment",),
    "workshop": ("Workshop",),
    "seat": ("Workshop",),
    "host": ("Workshop",),
    "participant": ("Workshop",),
    "member": ("Membership",),
    "person": ("Person",),
    "invitation": ("Invitation",),
    "partnership": ("Partnership",),
    "application": ("Application",),
}


class Aviary:
    """Canaries, who may hear each, and the things that carry them."""

    def __init__(self) -> None:
        self.heard_by: dict[str, set[str]] = {}
        self.things: list[Any] = []

    def word(self, name: str, *who: str) -> str:
        """A canary with the word to search for: ``Kanarienvogel xqnamexq``."""
        return f"{BIRD} {self.bare(name, *who)}"

    def bare(self, name: str, *who: str) -> str:
        """A canary alone, for an address or an identifier."""
        canary = f"xq{name}xq"
        self.heard_by[canary] = set(who)
        return canary

    def keep(self, thing: Any) -> Any:
        self.things.append(thing)
        return thing

    def ids(self, name: str = "") -> list[int]:
        """The numbers to try at the address ``name``: those of the things it speaks of, else of all things."""
        kinds = next((kinds for part, kinds in SPEAKS_OF.items() if part in name.rsplit(":", maxsplit=1)[-1]), ())
        return sorted({t.pk for t in self.things if isinstance(t.pk, int) and (not kinds or type(t).__name__ in kinds)})


def build(cast: SimpleNamespace) -> Aviary:
    """Fill Konstanz, and a network that is still being set up, with canaries."""
    birds = Aviary()
    konstanz, heilbronn, pilot = cast.konstanz, cast.heilbronn, cast.pilot
    PartnershipFactory(asking=heilbronn, asked=konstanz, accepted_at=timezone.now())
    office = pilot.memberships.get().office
    _experiences(birds, cast, office)
    _people(birds, cast)
    _workshops(birds, cast)
    _talk_and_moderation(birds, cast)

    birds.keep(InvitationFactory(network=konstanz, email=f"{birds.bare('invited', 'coordinator')}@konstanz.example"))
    birds.keep(
        ApplicationFactory(
            municipality=MunicipalityFactory(name="Antragstadt"),
            state="open",
            note=birds.word("note", "moderator"),
            email=f"{birds.bare('applicant', 'moderator')}@antragstadt.example",
        )
    )
    record("network.renamed", person_id=cast.coordinator.pk, subject="network", subject_id=konstanz.pk,
           network_id=konstanz.pk, reason=birds.word("networkrecord", "coordinator"))  # fmt: skip
    record("application.approved", person_id=cast.moderator.pk, subject="application", subject_id=1,
           state_code="08", reason=birds.word("landrecord", "moderator"))  # fmt: skip
    birds.keep(NoticeFactory(person=pilot, text=birds.word("notice", "pilot"), url="/mitteilungen/"))
    return birds


def _experiences(birds: Aviary, cast: SimpleNamespace, office: Any) -> None:
    def one(name: str, *who: str, factory: Any = ExperienceFactory, **more: Any) -> Any:
        more.setdefault("author", cast.pilot)
        return birds.keep(
            factory(
                network=cast.konstanz,
                title=birds.word(f"{name}title", *who),
                summary=birds.word(f"{name}summary", *who),
                what_we_did=birds.word(f"{name}text", *who),
                contact=birds.word(f"{name}contact", *who),
                topics=[birds.word(f"{name}topic", *who)],
                **more,
            )
        )

    one("draft", "pilot", factory=DraftFactory)
    one("recalled", "pilot", state="recalled")
    one("hidden", "pilot", rung="public", hidden_at=timezone.now(), hidden_reason=birds.word("hiddenwhy", "pilot"))
    one("office", "pilot", rung="office", office=office)
    network = one("network", *CITY, rung="network")
    one("partners", *CITY, *PARTNER, rung="partners")
    one("land", *CITY, *PARTNER, rung="land")
    everybody = one("all", *CITY, *PARTNER, "outsider", "moderator", "other_moderator", rung="all")
    birds.keep(CommentFactory(experience=network, author=cast.pilot, body=birds.word("comment", *CITY)))
    birds.keep(
        CommentFactory(
            experience=everybody,
            author=cast.pilot,
            network=cast.konstanz,
            body=birds.word("hiddencomment", "pilot"),
            hidden_at=timezone.now(),
            hidden_reason=birds.word("commentwhy", "pilot"),
        )
    )
    birds.keep(
        CommentFactory(
            experience=everybody,
            author=cast.pilot,
            network=cast.konstanz,
            body=birds.word("withdrawncomment"),
            withdrawn_at=timezone.now(),
        )
    )


def _people(birds: Aviary, cast: SimpleNamespace) -> None:
    unlisted = MembershipFactory(
        network=cast.konstanz,
        office=OfficeFactory(network=cast.konstanz, name="Hauptamt"),
        person__given_name=birds.bare("unlisted", *CITY),
        person__family_name=BIRD,
        person__search_key=f"xqunlistedxq {BIRD.lower()}",
        person__about=birds.word("unlistedabout", *CITY),
        person__listed=False,
        person__email=f"{birds.bare('nobodymail')}@konstanz.example",
        person__email_seen="nobody",
        person__phone=birds.bare("nobodyphone"),
        person__phone_seen="nobody",
    )
    unlisted.person.topics.set([birds.word("unlistedtopic", *CITY)])
    shy = MembershipFactory(
        network=cast.konstanz,
        person__email=f"{birds.bare('networkmail', *CITY)}@konstanz.example",
        person__phone=birds.bare("networkphone", *CITY),
    )
    suspended = MembershipFactory(
        network=cast.konstanz,
        person__is_active=False,
        person__given_name=birds.bare("suspended", "coordinator"),
        person__suspended_reason=birds.word("suspendedwhy"),
    )
    for membership in (unlisted, shy, suspended):
        birds.keep(membership)
        birds.keep(membership.person)
    fresh = NetworkFactory(
        municipality=MunicipalityFactory(name=birds.bare("freshtown"), search_key=f"xqfreshtownxq {BIRD.lower()}"),
        slug="xqfreshslugxq",
        name=birds.word("freshname"),
        slogan=birds.word("freshslogan"),
        published_at=None,
    )
    # The register of municipalities is public; that one of them has begun is not.
    del birds.heard_by["xqfreshtownxq"]
    birds.bare("freshslug")
    birds.keep(fresh)
    birds.keep(
        MembershipFactory(
            network=fresh,
            office=OfficeFactory(network=fresh, name=birds.word("freshoffice")),
            person__given_name=birds.bare("freshperson"),
            person__search_key=f"xqfreshpersonxq {BIRD.lower()}",
        )
    )


def _workshops(birds: Aviary, cast: SimpleNamespace) -> None:
    konstanz = cast.konstanz
    programme = (*CITY, *PARTNER, "outsider", "moderator", "other_moderator")
    everybody = birds.keep(
        WorkshopFactory(
            hosts=[konstanz],
            title=birds.word("workshop", *programme),
            mode="hybrid",
            online_url=f"https://konferenz.konstanz.example/{birds.bare('onlinelink', 'pilot', 'coordinator')}",
        )
    )
    birds.keep(
        RegistrationFactory(
            workshop=everybody,
            person=cast.pilot,
            network=konstanz,
            needs=birds.word("needs", "pilot", "coordinator"),
        )
    )
    hidden = PersonFactory(given_name=birds.bare("namehidden", "coordinator"))
    MembershipFactory(network=konstanz, person=hidden)
    del birds.heard_by["xqnamehiddenxq"]  # a member of Konstanz: found in the directory, but see the page below
    birds.keep(RegistrationFactory(workshop=everybody, person=hidden, network=konstanz, name_shown=False))
    birds.keep(WorkshopFactory(hosts=[konstanz], state="draft", title=birds.word("draftworkshop", "coordinator")))
    birds.keep(WorkshopFactory(hosts=[konstanz], rung="network", title=birds.word("networkworkshop", *CITY)))
    single = FormatFactory(
        hashtag=birds.bare("format", *CITY), motto=birds.word("motto", *CITY), cities=[konstanz], rung="network"
    )
    birds.keep(single)
    birds.keep(EditionFactory(format=single, motto=birds.word("edition", *CITY)))
    CalendarAddress.objects.create(person=cast.pilot)
    birds.token = token_for(cast.pilot.pk, 1)  # type: ignore[attr-defined]  # the secret of one person, tried by none


def _talk_and_moderation(birds: Aviary, cast: SimpleNamespace) -> None:
    viewer = viewer_for(cast.pilot)
    direct = open_direct(viewer, cast.neighbour.pk)
    send_message(viewer, direct, new_client_id(), birds.word("direct", "pilot", "neighbour"))
    group = open_group(viewer, birds.word("group", "pilot", "coordinator"), [cast.coordinator.pk])
    send_message(viewer, group, new_client_id(), birds.word("groupmessage", "pilot", "coordinator"))
    birds.things += [SimpleNamespace(pk=direct), SimpleNamespace(pk=group)]
    # Who decides weighs the words and not who reported them.
    birds.keep(
        ReportFactory(
            author=cast.neighbour,
            title=birds.word("reporttitle", "moderator"),
            excerpt=birds.word("excerpt", "moderator"),
            text=birds.word("reporttext", "moderator"),
            reporter_name=birds.bare("reporter"),
            reporter_email=f"{birds.bare('reportermail')}@beispiel.example",
        )
    )
    decision = birds.keep(
        DecisionFactory(
            author=cast.office_head,
            title=birds.word("decisiontitle", "moderator", "office_head"),
            reason=birds.word("decisionreason", "moderator", "office_head"),
        )
    )
    birds.keep(
        ReportFactory(
            state=Report.State.DECIDED,
            decision=decision,
            author=cast.office_head,
            text=birds.word("decidedtext", "moderator"),
            reporter_name=birds.bare("decidedreporter"),
        )
    )


def paths(birds: Aviary, resolver: URLResolver | None = None, namespace: str = "") -> Iterator[str]:
    """Every address of the product with every number and every short name of the world in its place."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from paths(birds, entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
        elif isinstance(entry, URLPattern) and entry.name:
            yield from _filled(f"{namespace}{entry.name}", entry, birds)


def _filled(name: str, entry: URLPattern, birds: Aviary) -> Iterator[str]:
    formats = [thing.slug for thing in birds.things if getattr(thing, "hashtag", "")]
    slugs = {
        "slug": ["konstanz", "xqfreshslugxq", "heilbronn", *formats],
        "step": ["wir"], "part": ["wir", "aemter"], "kind": ["experience", "comment", "message", "workshop"],
        "asked": ["heilbronn"], "number": [1], "token": ["geraten"], "key": ["geraten"], "uidb36": ["1"],
    }  # fmt: skip
    wanted = list(entry.pattern.converters)
    numbers = birds.ids(name)
    rounds: list[dict[str, Any]] = [{}]
    for part in wanted:
        rounds = [{**made, part: value} for made in rounds for value in slugs.get(part, numbers)]
    for kwargs in rounds:
        try:
            yield reverse(name, kwargs=kwargs)
        except NoReverseMatch:
            continue
