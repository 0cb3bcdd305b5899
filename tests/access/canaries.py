"""A world in which every text that is not for everybody carries a word of its own, in each of its three cities."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from chat.ids import new_client_id
from chat.models import Conversation
from chat.services.conversations import leave_conversation, open_direct, open_group
from chat.services.files import upload
from chat.services.messages import send_message
from exchange.calendars import token_for
from exchange.models import (
    CalendarAddress,
    DatePoll,
    Edition,
    ExchangeFormat,
    Experience,
    Material,
    Session,
    SessionSpeaker,
    Workshop,
)
from moderation.models import Report
from tenancy.models import Application, Network, RoleTerm
from tenancy.viewer import viewer_for
from tests.access.aviary import BIRD, Aviary
from tests.chat import files
from tests.factories.dates import CouncilDayFactory, PollFactory, PollOptionFactory, PollVoteFactory
from tests.factories.exchange import CommentFactory, DraftFactory, ExperienceFactory
from tests.factories.moderation import DecisionFactory, ReportFactory
from tests.factories.notices import NoticeFactory
from tests.factories.tenancy import (
    ApplicationFactory,
    CouncilPaperFactory,
    DivisionFactory,
    FundingFactory,
    InvitationFactory,
    MembershipFactory,
    MunicipalityFactory,
    NetworkFactory,
    OfficeFactory,
    PartnershipFactory,
    PersonFactory,
)
from tests.factories.workshops import (
    EditionFactory,
    FormatFactory,
    RegistrationFactory,
    SessionFactory,
    WorkshopFactory,
)
from toolkit.audit import record

CITY = {"pilot", "coordinator", "office_head"}
PARTNER = {"neighbour", "neighbour_coordinator"}
PROGRAMME = {*CITY, *PARTNER, "outsider", "moderator", "other_moderator"}


@dataclass(frozen=True, slots=True)
class City:
    """A city of the world: whom it has, who of the crowd is in it, who reads what it gives its partners and Land."""

    name: str
    network: Any
    author: Any
    writes: str
    inside: frozenset[str]
    coordination: frozenset[str]
    partners: frozenset[str]
    land: frozenset[str]
    moderation: str


def cities(cast: SimpleNamespace) -> list[City]:
    """Konstanz, its partner Heilbronn, and Gießen in another Land."""
    south = frozenset(CITY | PARTNER)
    return [
        City("kn", cast.konstanz, cast.pilot, "pilot", frozenset(CITY), frozenset({"coordinator"}), south, south,
             "moderator"),
        City("hn", cast.heilbronn, cast.neighbour, "neighbour", frozenset(PARTNER),
             frozenset({"neighbour_coordinator"}), south, south, "moderator"),
        City("gi", cast.giessen, cast.outsider, "outsider", frozenset({"outsider"}), frozenset(),
             frozenset({"outsider"}), frozenset({"outsider"}), "other_moderator"),
    ]  # fmt: skip


def build(cast: SimpleNamespace) -> Aviary:
    """Fill three cities, and a network that is still being set up, with canaries."""
    birds = Aviary()
    PartnershipFactory(asking=cast.heilbronn, asked=cast.konstanz, accepted_at=timezone.now())
    for city in cities(cast):
        _experiences(birds, city)
        _meetings(birds, city)
        _desk(birds, city)
    _konstanz_alone(birds, cast)
    _dates(birds, cast)
    _people(birds, cast)
    _unpublished(birds)
    _talk(birds, cast)
    _moderation(birds, cast)
    return birds


def _experience(birds: Aviary, city: City, name: str, *who: str, factory: Any = ExperienceFactory, **more: Any) -> Any:
    name = f"{city.name}{name}"
    texts = birds.texts(Experience, name, *who, but=("hidden_reason",))
    # Kept since the first version, shown on no page yet: should one show it, this word will say who may read it.
    goals = [{"code": "1", "sign": "+", "reason": birds.word(f"{name}goal")}]
    topics = [birds.word(f"{name}topic", *who)]
    more = {"author": city.author, "strategy_goals": goals, **texts, **more}
    return birds.keep(factory(network=city.network, topics=topics, **more))


def _experiences(birds: Aviary, city: City) -> None:
    """A draft, what the city keeps to itself and what it gives its Land, with comments."""
    _experience(birds, city, "draft", city.writes, factory=DraftFactory)
    network = _experience(birds, city, "network", *city.inside, rung="network")
    _experience(birds, city, "land", *city.land, rung="land")
    body = birds.word(f"{city.name}comment", *city.inside)
    birds.keep(CommentFactory(experience=network, author=city.author, body=body))


def _konstanz_alone(birds: Aviary, cast: SimpleNamespace) -> None:
    """What is hidden, taken back, of one office, for partners, for all networks: once is enough."""
    city = cities(cast)[0]
    why = birds.word("hiddenwhy", "pilot")
    _experience(birds, city, "recalled", "pilot", state="recalled")
    _experience(birds, city, "hidden", "pilot", rung="public", hidden_at=timezone.now(), hidden_reason=why)
    _experience(birds, city, "office", "pilot", rung="office", office=cast.pilot.memberships.get().office)
    _experience(birds, city, "partners", *city.partners, rung="partners")
    everybody = _experience(birds, city, "all", *PROGRAMME, rung="all")
    comment = {"experience": everybody, "author": cast.pilot, "network": cast.konstanz}
    birds.keep(
        CommentFactory(
            **comment,
            body=birds.word("hiddencomment", "pilot"),
            hidden_at=timezone.now(),
            hidden_reason=birds.word("commentwhy", "pilot"),
        )
    )
    birds.keep(CommentFactory(**comment, body=birds.word("withdrawncomment"), withdrawn_at=timezone.now()))

    link = f"https://konferenz.konstanz.example/{birds.bare('onlinelink', 'pilot', 'coordinator')}"
    open_to_all = WorkshopFactory(
        hosts=[cast.konstanz], mode="hybrid", online_url=link, **_workshop_texts(birds, "workshop", *PROGRAMME)
    )
    birds.keep(open_to_all)
    _program(birds, open_to_all, "open", *PROGRAMME)
    Material.objects.create(
        workshop=open_to_all, phase="after", seats_only=True, url="https://unterlagen.example/nur-mit-platz/",
        title=birds.word("seatpaper", "pilot", "coordinator"),
    )  # fmt: skip
    needs = birds.word("needs", "pilot", "coordinator")
    birds.keep(RegistrationFactory(workshop=open_to_all, person=cast.pilot, network=cast.konstanz, needs=needs))
    # In the directory like everybody else; that they come to this workshop is the matter of its hosts alone.
    hidden = PersonFactory(given_name="Tim", about=birds.word("seatabout", *PROGRAMME))
    birds.things += [hidden, MembershipFactory(network=cast.konstanz, person=hidden)]
    birds.keep(
        RegistrationFactory(
            workshop=open_to_all, person=hidden, network=cast.konstanz, name_shown=False,
            needs=birds.word("hiddenneeds", "coordinator"),
        )
    )  # fmt: skip
    queued = RegistrationFactory(
        workshop=open_to_all, person=cast.neighbour, network=cast.heilbronn, state="queued",
        needs=birds.word("queuedneeds", "coordinator"),
    )  # fmt: skip
    birds.keep(queued)
    # Whom a format has asked is the matter of the cities that own it, until they answer.
    birds.keep(FormatFactory(hashtag="Gefragt", motto=birds.word("asked", *PROGRAMME), cities=[cast.konstanz]))
    CalendarAddress.objects.create(person=cast.pilot)
    birds.token = token_for(cast.pilot.pk, 1)


def _workshop_texts(birds: Aviary, name: str, *who: str) -> dict[str, Any]:
    return birds.texts(Workshop, name, *who, but=("online_url", "cancel_reason"))


def _program(birds: Aviary, workshop: Workshop, name: str, *who: str) -> None:
    session = SessionFactory(workshop=workshop, **birds.texts(Session, f"{name}session", *who))
    birds.keep(session)
    SessionSpeaker.objects.create(session=session, **birds.texts(SessionSpeaker, f"{name}speaker", *who))
    Material.objects.create(
        workshop=workshop, phase="before", url=f"https://unterlagen.example/{birds.bare(f'{name}link', *who)}",
        title=birds.word(f"{name}paper", *who),
    )  # fmt: skip


def _meetings(birds: Aviary, city: City) -> None:
    """A workshop still in the making, one for the city alone and one called off, a format with its first edition."""
    name, inside = city.name, city.inside

    def workshop(kind: str, *who: str, **more: Any) -> None:
        made = WorkshopFactory(hosts=[city.network], **_workshop_texts(birds, f"{name}{kind}", *who), **more)
        birds.keep(made)
        _program(birds, made, f"{name}{kind}", *who)

    workshop("draftworkshop", *city.coordination, state="draft")
    workshop("ownworkshop", *inside, rung="network")
    why = birds.word(f"{name}offwhy", *inside)
    workshop("offworkshop", *inside, rung="network", state="cancelled", cancel_reason=why)
    own = FormatFactory(
        cities=[city.network],
        rung="network",
        slug=birds.bare(f"{name}format", *inside),
        hashtag=birds.bare(f"{name}hashtag", *inside),
        **birds.texts(ExchangeFormat, f"{name}format", *inside, but=("hashtag",)),
    )
    birds.keep(own)
    birds.keep(EditionFactory(format=own, number=1, **birds.texts(Edition, f"{name}edition", *inside)))


def _dates(birds: Aviary, cast: SimpleNamespace) -> None:
    """A poll in the making, and one that asks Konstanz and somebody of Gießen, who do not read each other's names."""
    konstanz = {"owners": [cast.konstanz], "everyone": [cast.konstanz]}
    birds.keep(PollFactory(state="draft", **konstanz, **birds.texts(DatePoll, "kndraftpoll", "coordinator")))
    asked = {*CITY, "outsider"}
    texts = birds.texts(DatePoll, "knpoll", *asked)
    poll = birds.keep(PollFactory(people=[cast.outsider], names_shown=False, **konstanz, **texts))
    option = PollOptionFactory(poll=poll)
    for name, person, *who in (
        ("knpilotvote", cast.pilot, "pilot", "coordinator"),
        ("knoutsidervote", cast.outsider, "outsider", "coordinator"),
    ):
        PollVoteFactory(option=option, person=person, remark=birds.word(name, *who))
    CouncilDayFactory(network=cast.konstanz, text=birds.word("kncouncilday", *PROGRAMME))


def _desk(birds: Aviary, city: City) -> None:
    """What lies on the desks of the coordination and of the association."""
    name, network = city.name, city.network
    email = f"{birds.bare(f'{name}invited', *city.coordination)}@beispiel.example"
    birds.keep(
        InvitationFactory(
            network=network,
            email=email,
            # Only greets the one who is invited; the list names addresses.
            given_name=birds.bare(f"{name}invitedname"),
            family_name=birds.bare(f"{name}invitedfamily"),
        )
    )
    town = MunicipalityFactory(name="Antragstadt", state=network.municipality.state)
    texts = birds.texts(Application, f"{name}application", city.moderation, but=("reason", "override_reason"))
    applicant = f"{birds.bare(f'{name}applicant', city.moderation)}@antragstadt.example"
    birds.keep(ApplicationFactory(municipality=town, state="open", email=applicant, **texts))
    record("network.renamed", person_id=city.author.pk, subject="network", subject_id=network.pk,
           network_id=network.pk, reason=birds.word(f"{name}networkrecord", *city.coordination))  # fmt: skip
    record("application.approved", person_id=city.author.pk, subject="application", subject_id=1,
           state_code=network.municipality.state_id,
           reason=birds.word(f"{name}landrecord", city.moderation))  # fmt: skip
    birds.keep(NoticeFactory(person=city.author, text=birds.word(f"{name}notice", city.writes), url="/mitteilungen/"))


def _people(birds: Aviary, cast: SimpleNamespace) -> None:
    for name, network, *who in (
        ("kn", cast.konstanz, *CITY),
        ("hn", cast.heilbronn, *PARTNER),
        ("gi", cast.giessen, "outsider"),
    ):
        unlisted = MembershipFactory(
            network=network,
            office=OfficeFactory(network=network, name="Hauptamt"),
            person__given_name=birds.bare(f"{name}unlisted", *who),
            person__family_name=BIRD,
            person__search_key=f"xq{name}unlistedxq {BIRD.lower()}",
            person__about=birds.word(f"{name}unlistedabout", *who),
            person__listed=False,
            person__email=f"{birds.bare(f'{name}nobodymail')}@beispiel.example",
            person__email_seen="nobody",
            person__phone=birds.bare(f"{name}nobodyphone"),
            person__phone_seen="nobody",
        )
        unlisted.person.topics.set([birds.word(f"{name}unlistedtopic", *who)])
        shy = MembershipFactory(
            network=network,
            person__email=f"{birds.bare(f'{name}networkmail', *who)}@beispiel.example",
            person__phone=birds.bare(f"{name}networkphone", *who),
        )
        birds.things += [unlisted, unlisted.person, shy, shy.person]
    suspended = MembershipFactory(
        network=cast.konstanz,
        person__is_active=False,
        person__given_name=birds.bare("suspended", "coordinator"),
        person__suspended_reason=birds.word("suspendedwhy"),
    )
    birds.things += [suspended, suspended.person]


def _unpublished(birds: Aviary) -> None:
    """A network in its first hour: everything it says is its own, and none of the crowd is in it."""
    fresh = NetworkFactory(
        # The register of municipalities is public; that one of them has begun is not.
        municipality=MunicipalityFactory(name="Anfangstadt", search_key=f"anfangstadt {BIRD.lower()}"),
        slug="xqfreshslugxq",
        published_at=None,
        role_term=None,
        **birds.texts(Network, "fresh"),
    )
    birds.bare("freshslug")
    birds.keep(fresh)
    RoleTerm.objects.create(network=fresh, style="paired", **birds.texts(RoleTerm, "freshterm"))
    FundingFactory(network=fresh, programme=birds.word("freshfunding"), note=birds.word("freshnote"))
    CouncilPaperFactory(network=fresh, kind=birds.word("freshpaper"), conflicts=birds.word("freshconflict"))
    division = DivisionFactory(network=fresh, name=birds.word("freshdivision"))
    office = OfficeFactory(
        network=fresh, division=division, name=birds.word("freshoffice"), task=birds.word("freshtask")
    )
    birds.keep(office)
    birds.keep(
        MembershipFactory(
            network=fresh,
            office=office,
            person__given_name=birds.bare("freshperson"),
            person__search_key=f"xqfreshpersonxq {BIRD.lower()}",
        )
    )


def _talk(birds: Aviary, cast: SimpleNamespace) -> None:
    """Two people alone, a group that somebody left, and a talk in each of the other cities."""

    def said(name: str, by: Any, conversation: int, *who: str) -> None:
        send_message(viewer_for(by), conversation, new_client_id(), birds.word(name, *who))
        birds.keep(Conversation.objects.get(pk=conversation))

    def gave(name: str, by: Any, conversation: int, *who: str, sent: bool = True) -> None:
        called = f"{birds.word(f'{name}name', *who)}.txt"
        content = birds.word(name, *who).encode()
        row = birds.keep(upload(viewer_for(by), conversation, files.uploaded(called, content)))
        if sent:
            send_message(viewer_for(by), conversation, new_client_id(), "", files=[row.key])

    direct = open_direct(viewer_for(cast.pilot), cast.neighbour.pk)
    said("direct", cast.pilot, direct, "pilot", "neighbour")
    gave("directfile", cast.pilot, direct, "pilot", "neighbour")
    gave("unsentfile", cast.neighbour, direct, "neighbour", sent=False)
    both = ("pilot", "coordinator")
    group = open_group(viewer_for(cast.pilot), birds.word("group", *both), [cast.coordinator.pk, cast.office_head.pk])
    said("beforeleaving", cast.pilot, group, *both)
    gave("filebeforeleaving", cast.office_head, group, *both)
    leave_conversation(viewer_for(cast.office_head), group)
    said("afterleaving", cast.coordinator, group, *both)
    there = open_group(viewer_for(cast.neighbour), birds.word("hngroup", *PARTNER), [cast.neighbour_coordinator.pk])
    said("hnmessage", cast.neighbour, there, *PARTNER)
    far = open_direct(viewer_for(cast.outsider), cast.other_moderator.pk)
    said("gimessage", cast.outsider, far, "outsider", "other_moderator")


def _moderation(birds: Aviary, cast: SimpleNamespace) -> None:
    for name, land, author, moderator in (
        ("bw", cast.konstanz.municipality.state, cast.neighbour, "moderator"),
        ("he", cast.giessen.municipality.state, cast.outsider, "other_moderator"),
    ):
        birds.keep(
            ReportFactory(
                land=land,
                author=author,
                title=birds.word(f"{name}reporttitle", moderator),
                excerpt=birds.word(f"{name}excerpt", moderator),
                text=birds.word(f"{name}reporttext", moderator),
                # Who decides weighs the words and not who reported them.
                reporter_name=birds.bare(f"{name}reporter"),
                reporter_email=f"{birds.bare(f'{name}reportermail')}@beispiel.example",
            )
        )
    both = ("moderator", "office_head")
    decision = birds.keep(
        DecisionFactory(
            author=cast.office_head,
            title=birds.word("decisiontitle", *both),
            reason=birds.word("decisionreason", *both),
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
