from __future__ import annotations

import datetime

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from tenancy.models import (
    Application,
    Association,
    CouncilPaper,
    District,
    Division,
    Funding,
    Invitation,
    Membership,
    Moderator,
    Municipality,
    Network,
    Office,
    Partnership,
    Person,
    RoleTerm,
    State,
)
from tenancy.names import person_search_key, person_sort_key
from toolkit.text import fold, sort_key

LONG_AGO = datetime.date(2020, 1, 1)


class StateFactory(DjangoModelFactory):
    class Meta:
        model = State
        django_get_or_create = ("code",)

    code = "08"
    name = "Baden-Württemberg"
    abbreviation = "BW"


class DistrictFactory(DjangoModelFactory):
    class Meta:
        model = District
        django_get_or_create = ("key",)

    key = factory.LazyAttribute(lambda district: f"{district.state.code}000")
    state = factory.SubFactory(StateFactory)
    name = "Musterkreis"


class MunicipalityFactory(DjangoModelFactory):
    class Meta:
        model = Municipality
        django_get_or_create = ("ags",)

    ags = factory.LazyAttributeSequence(lambda town, n: f"{town.state.code}{n:06d}")
    state = factory.SubFactory(StateFactory)
    district = factory.SubFactory(DistrictFactory, state=factory.SelfAttribute("..state"))
    name = factory.Sequence(lambda n: f"Musterstadt {n}")
    official_name = factory.LazyAttribute(lambda town: f"{town.name}, Stadt")
    kind = Municipality.Kind.TOWN
    population = 50_000
    sort_key = factory.LazyAttribute(lambda town: sort_key(town.name))
    search_key = factory.LazyAttribute(lambda town: fold(town.name))
    register_date = datetime.date(2023, 11, 30)


class NetworkFactory(DjangoModelFactory):
    class Meta:
        model = Network
        skip_postgeneration_save = True

    municipality = factory.SubFactory(MunicipalityFactory)
    slug = factory.Sequence(lambda n: f"musterstadt-{n}")
    name = factory.LazyAttribute(lambda network: f"Lotsen {network.municipality.name}")
    published_at = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
    role_term = factory.RelatedFactory("tests.factories.tenancy.RoleTermFactory", factory_related_name="network")


class RoleTermFactory(DjangoModelFactory):
    class Meta:
        model = RoleTerm

    network = factory.SubFactory(NetworkFactory, role_term=None)
    style = RoleTerm.Style.PAIRED
    singular = "Lotsin oder Lotse"
    plural = "Lotsinnen und Lotsen"
    dative_plural = "Lotsinnen und Lotsen"
    genitive_singular = "einer Lotsin oder eines Lotsen"


class DivisionFactory(DjangoModelFactory):
    class Meta:
        model = Division

    network = factory.SubFactory(NetworkFactory)
    name = factory.Sequence(lambda n: f"Dezernat {n}")


class OfficeFactory(DjangoModelFactory):
    class Meta:
        model = Office

    network = factory.SubFactory(NetworkFactory)
    name = factory.Sequence(lambda n: f"Musteramt {n}")
    sort_key = factory.LazyAttribute(lambda office: sort_key(office.name))


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = Person
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@musterstadt.example")
    given_name = factory.Sequence(lambda n: f"Mara{n}")
    family_name = "Muster"
    sort_key = factory.LazyAttribute(lambda person: person_sort_key(person.given_name, person.family_name))
    search_key = factory.LazyAttribute(lambda person: person_search_key(person.given_name, person.family_name))
    password = "!"


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    person = factory.SubFactory(PersonFactory)
    network = factory.SubFactory(NetworkFactory)
    role = Membership.Role.PILOT
    started_on = LONG_AGO


class InvitationFactory(DjangoModelFactory):
    class Meta:
        model = Invitation

    network = factory.SubFactory(NetworkFactory)
    role = Membership.Role.PILOT
    token_hash = factory.Sequence(lambda n: f"{n:064d}")
    expires_at = factory.LazyFunction(lambda: timezone.now() + datetime.timedelta(days=14))


class PartnershipFactory(DjangoModelFactory):
    class Meta:
        model = Partnership

    asking = factory.SubFactory(NetworkFactory)
    asked = factory.SubFactory(NetworkFactory)


class FundingFactory(DjangoModelFactory):
    class Meta:
        model = Funding

    network = factory.SubFactory(NetworkFactory)
    programme = "Musterprogramm"


class CouncilPaperFactory(DjangoModelFactory):
    class Meta:
        model = CouncilPaper

    network = factory.SubFactory(NetworkFactory)
    number = factory.Sequence(lambda n: f"{n:04d}/2019")
    kind = "Informationsvorlage"
    dated_on = LONG_AGO


class AssociationFactory(DjangoModelFactory):
    class Meta:
        model = Association

    name = factory.Sequence(lambda n: f"Musterverband {n}")
    kind = Association.Kind.CITIES
    state = factory.SubFactory(StateFactory)


class ModeratorFactory(DjangoModelFactory):
    class Meta:
        model = Moderator

    person = factory.SubFactory(PersonFactory)
    association = factory.SubFactory(AssociationFactory)
    started_on = LONG_AGO


class ApplicationFactory(DjangoModelFactory):
    class Meta:
        model = Application

    municipality = factory.SubFactory(MunicipalityFactory)
    given_name = "Anton"
    family_name = "Antrag"
    office_name = "Hauptamt"
    email = factory.Sequence(lambda n: f"antrag{n}@musterstadt.example")
    network_name = "Lotsen"
