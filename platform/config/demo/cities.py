"""The four real networks with their public facts, and the invented people in them."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.contrib.auth.hashers import make_password
from django.utils.text import slugify

from tenancy.models import (
    Association,
    CouncilPaper,
    Division,
    Funding,
    Membership,
    Moderator,
    Municipality,
    Network,
    NetworkStart,
    Office,
    Partnership,
    Person,
    PersonTopic,
    RoleTerm,
    Topic,
)
from toolkit.text import fold, sort_key

if TYPE_CHECKING:
    from config.demo.loader import Stage

CRESTS = {"08335043": "KN", "08121000": "HN", "08221000": "HD", "06531005": "GI"}
STYLES = {"paired": "paired", "generic masculine": "generic", "asterisk": "asterisk"}
OWN_WORDS = {
    "08221000": "Unsere Digitallotsinnen und Digitallotsen zeigen ihrem Amt den Weg: Sie beraten, probieren aus und "
    "erzählen weiter, was funktioniert hat.",
    "08121000": "Mehr als dreißig Beschäftigte gestalten den digitalen Wandel der Stadt mit und tragen Wissen in "
    "ihre Ämter.",
    "08335043": "Dreiundzwanzig Ämter und Eigenbetriebe, in jedem mindestens ein Mensch, den man fragen kann. "
    "Vorschläge aus den Ämtern betrafen zum Beispiel die SEPA-Lastschrift und die Bündelung von Schnittstellen.",
    "06531005": "Digi-Lots*innen verbinden die Ämter: Sie sensibilisieren, motivieren und geben ihr Wissen weiter. "
    "Die ersten fünfzehn bekamen ihr Ernennungsschreiben im August 2023 vom Oberbürgermeister; eine zweite Runde war "
    "da schon in Ausbildung, eine dritte geplant.",
}


def topic(name: str) -> Topic:
    """The topic of this name, made when it is new."""
    found, _new = Topic.objects.get_or_create(name=name, defaults={"slug": slugify(fold(name)) or "thema"})
    return found


def load_cities(stage: Stage, people: dict[str, Any], facts_file: Path) -> None:
    """Networks, offices, people, moderators, one operator and one partnership."""
    facts = {n["ags"]: n for n in json.loads(facts_file.read_text(encoding="utf-8"))["networks"]}
    offices: dict[tuple[str, str], Office] = {}
    domains: dict[str, str] = {}
    for entry in people["network"]:
        network = _network(stage, facts[entry["ags"]], entry["domain"])
        stage.networks[entry["ags"]] = network
        domains[entry["ags"]] = entry["domain"]
        for office in _offices(network, entry["offices"], facts[entry["ags"]]):
            offices[entry["ags"], office.name] = office
    _people(stage, people, offices, domains)
    Partnership.objects.create(
        asking=stage.networks["08335043"], asked=stage.networks["08121000"], accepted_at=stage.ago(days=400)
    )


def _network(stage: Stage, facts: dict[str, Any], domain: str) -> Network:
    municipality = Municipality.objects.get(ags=facts["ags"])
    municipality.mail_domains = [domain]
    municipality.save(update_fields=["mail_domains"])
    rule = facts.get("pilots_per_office", {})
    lead = facts.get("lead_office", {})
    qualification = facts.get("qualification", {})
    network = Network.objects.create(
        municipality=municipality,
        slug=slugify(fold(municipality.name)),
        crest=CRESTS[facts["ags"]],
        name=facts["network_name"],
        slogan=facts.get("slogan", ""),
        about=OWN_WORDS[facts["ags"]],
        goals=facts.get("goals", []),
        role_facets=facts.get("role_facets", []),
        beneficiaries=facts.get("beneficiaries", []),
        sdg_targets=facts.get("sdg_targets", []),
        strategy=facts.get("strategy", ""),
        parent_project=facts.get("parent_project", {}).get("name") or facts.get("state_programme", ""),
        lead_office=lead.get("name", ""),
        lead_division=lead.get("division", ""),
        size_note=facts.get("size") or facts.get("offices_count", ""),
        pilots_min=rule.get("min", 1),
        pilots_max=rule.get("max", 3),
        qualification="; ".join(
            str(qualification[key]) for key in ("kind", "mandatory", "elective") if qualification.get(key)
        ),
        qualification_topics=qualification.get("topics", []),
        event_series=facts.get("event_series", []),
        successes=facts.get("successes", []),
        modelled_on_id=facts.get("modelled_on"),
        contact_email=f"lotsen@{domain}",
        setup_step="done",
        published_at=stage.ago(days=500),
    )
    _role_term(network, facts["role_term"])
    for position, claim in enumerate(facts["claimed_starts"]):
        NetworkStart.objects.create(network=network, value=claim["value"], source=claim["source"], position=position)
    for money in facts.get("funding", []):
        Funding.objects.create(
            network=network,
            programme=money["programme"],
            notice_on=money["notice"],
            total_eur=money["total_eur"],
            land_share_eur=money["land_share_eur"],
            own_share_max_eur=money["own_share_max_eur"],
            note=money["note"],
        )
    for paper in facts.get("council_papers", []):
        CouncilPaper.objects.create(
            network=network,
            number=paper["number"],
            kind=paper["kind"],
            dated_on=paper["date"],
            updated_on=paper["updated"],
            references=paper["references"],
            sessions=[
                {"body": s["body"], "on": s["session"], "public": s["public"], "result": s["result"]}
                for s in paper["sequence"]
            ],
            strategy_goals=paper["strategy_goals"],
            conflicts=paper["conflicts"],
        )
    return network


def _role_term(network: Network, term: dict[str, str]) -> None:
    singular = term.get("display_singular") or (
        f"{term['feminine_singular']} oder {term['masculine_singular']}"
        if "feminine_singular" in term
        else term["masculine_singular"]
    )
    genitive = {"paired": term.get("genitive_singular", ""), "asterisk": f"eine*r {singular}"}
    RoleTerm.objects.create(
        network=network,
        style=STYLES[term["style"]],
        singular=singular,
        plural=term["display_plural"],
        dative_plural=term.get("dative_plural", term["display_plural"]),
        genitive_singular=genitive.get(STYLES[term["style"]]) or f"eines {singular}n",
        feminine_singular=term.get("feminine_singular", ""),
        masculine_singular=term.get("masculine_singular", ""),
    )


def _offices(network: Network, rows: list[list[str]], facts: dict[str, Any]) -> list[Office]:
    tasks = {o["name"]: o.get("task", "") for o in facts.get("involved_offices", [])}
    made = []
    for name, area, division_name in rows:
        division = None
        if division_name:
            division, _new = Division.objects.get_or_create(network=network, name=division_name)
        made.append(
            Office.objects.create(
                network=network,
                division=division,
                name=name,
                sort_key=sort_key(name),
                task_area=area,
                task=tasks.get(name, ""),
            )
        )
    return made


def _person(stage: Stage, key: str, given: str, family: str, email: str, hashed: str, about: str = "") -> Person:
    person = Person.objects.create(
        email=email,
        given_name=given,
        family_name=family,
        sort_key=sort_key(f"{family} {given}"),
        search_key=fold(f"{given} {family}"),
        about=about,
        password=hashed,
        email_seen=Person.Seen.ALL,
        joined_at=stage.ago(days=300),
    )
    # The address counts as confirmed, so that the demo's people can sign in at once.
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    stage.people[key] = person
    return person


def _people(
    stage: Stage, people: dict[str, Any], offices: dict[tuple[str, str], Office], domains: dict[str, str]
) -> None:
    hashed = make_password(stage.password)
    for number, (key, row) in enumerate(people["people"].items()):
        given, family, ags, role, office, topics, about = row
        address = f"{fold(given)}.{fold(family)}@{domains[ags]}"
        person = _person(stage, key, given, family, address, hashed, about)
        stage.memberships[key] = Membership.objects.create(
            person=person,
            network=stage.networks[ags],
            office=offices[ags, office],
            role=role,
            started_on=datetime.date(2023, 9, 1) + datetime.timedelta(days=11 * number),
        )
        for name in topics:
            PersonTopic.objects.create(tag=topic(name), content_object=person)
    for key, (given, family, email, association) in people["moderators"].items():
        person = _person(stage, key, given, family, email, hashed)
        Moderator.objects.create(
            person=person, association=Association.objects.get(name=association), started_on=datetime.date(2023, 9, 1)
        )
    operator = people["operator"]
    person = _person(stage, "berta", operator["given_name"], operator["family_name"], operator["email"], hashed)
    person.is_operator = True
    person.save(update_fields=["is_operator"])
