"""The register that ships with the product, loaded once for this module."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

import tenancy
from tenancy.models import Association, AssociationMember, District, Municipality, State
from tenancy.queries.municipalities import like_typed, starting_with, suggest_municipalities, with_word
from tenancy.services.register import RegisterFault, import_associations, import_register
from tests.tenancy.test_register import SMALL, write

DATA = Path(tenancy.__file__).parent / "data"
REAL = DATA / "GV100AD_20231130.txt"


@pytest.fixture(scope="module")
def real(django_db_setup, django_db_blocker):
    """The register of the product, loaded once for this module and taken away afterwards."""
    with django_db_blocker.unblock():
        loaded = import_register(REAL, coordinates=DATA / "coordinates.csv")
        import_associations(DATA / "associations.csv")
    yield loaded
    with django_db_blocker.unblock():
        for model in (AssociationMember, Association, Municipality, District, State):
            model.objects.all().delete()


@pytest.mark.django_db
def test_the_real_register_holds_every_municipality_with_its_facts(real):
    assert (real.total, real.new, real.dissolved) == (10_981, 10_981, 0)
    assert Municipality.objects.count() == 10_981
    assert State.objects.count() == 16
    konstanz = Municipality.objects.select_related("state", "district").get(ags="08335043")
    assert (konstanz.name, konstanz.official_name) == ("Konstanz", "Konstanz, Universitätsstadt")
    assert (konstanz.state.name, konstanz.district.name, konstanz.population) == (
        "Baden-Württemberg",
        "Konstanz",
        85_859,
    )
    assert konstanz.latitude == pytest.approx(47.66, abs=0.1)
    assert not Municipality.objects.filter(latitude=None).exclude(kind="unincorporated").exists()
    assert not Municipality.objects.filter(name__contains=",").exists()


@pytest.mark.django_db
def test_loading_the_same_file_again_changes_nothing(real):
    Municipality.objects.filter(ags="08335043").update(mail_domains=["konstanz.de"])
    before = list(Municipality.objects.order_by("ags").values_list())
    again = import_register(REAL, coordinates=DATA / "coordinates.csv")
    assert (again.total, again.new, again.dissolved) == (10_981, 0, 0)
    assert list(Municipality.objects.order_by("ags").values_list()) == before


@pytest.mark.django_db
def test_an_older_file_is_refused_and_changes_nothing(real, tmp_path):
    older = write(tmp_path, *SMALL, date="20220101")
    with pytest.raises(RegisterFault, match=r"30\.11\.2023"):
        import_register(older)
    assert Municipality.objects.count() == 10_981


@pytest.mark.django_db
def test_a_file_that_lost_most_of_its_rows_is_refused_and_changes_nothing(real, tmp_path):
    cut = write(tmp_path, *SMALL, date="20240101")
    with pytest.raises(RegisterFault, match="abgeschnitten"):
        import_register(cut)
    assert Municipality.objects.filter(dissolved_on=None).count() == 10_981


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("konst", "Konstanz"),
        ("Koenstanz", "Konstanz"),
        ("konsatnz", "Konstanz"),
        ("muenchen", "München"),
        ("MÜNCHEN", "München"),
        ("Halle", "Halle (Saale)"),
        ("Frankfurt/Main", "Frankfurt am Main"),
        ("Weisswasser", "Weißwasser/O.L."),
        ("wittenberg", "Lutherstadt Wittenberg"),
        ("stutgart", "Stuttgart"),
    ],
)
def test_among_all_municipalities_the_one_that_is_meant_comes_first(real, typed, first):
    assert suggest_municipalities(typed)[0].name == first


@pytest.mark.django_db
def test_every_question_of_the_suggestions_is_answered_by_an_index(real):
    with connection.cursor() as cursor:
        # What autovacuum does for a table that has just been filled.
        cursor.execute("SELECT gin_clean_pending_list('municipality_by_trigram')")
        cursor.execute("ANALYZE tenancy_municipality")
    assert "municipality_by_prefix" in starting_with("konst").explain()
    assert "municipality_by_trigram" in with_word("konst").explain()
    assert "municipality_by_trigram" in like_typed("konsatnz").explain()


@pytest.mark.django_db
def test_the_associations_have_the_members_of_their_kind_assumed(real):
    cities = Association.objects.get(name="Städtetag Baden-Württemberg")
    assert AssociationMember.objects.get(association=cities, municipality_id="08335043").assumed
    counties = Association.objects.filter(kind=Association.Kind.COUNTIES)
    assert counties.exists()
    assert not AssociationMember.objects.filter(association__in=counties).exists()
    assert not AssociationMember.objects.filter(municipality__kind="unincorporated").exists()
    konstanz = Association.objects.filter(members__municipality_id="08335043").distinct()
    assert {association.state_id for association in konstanz} == {"08"}


@pytest.mark.django_db
def test_a_confirmed_membership_stays_confirmed_when_the_associations_are_loaded_again(real):
    AssociationMember.objects.filter(municipality_id="08335043").update(assumed=False)
    before = AssociationMember.objects.count()
    import_associations(DATA / "associations.csv")
    assert AssociationMember.objects.count() == before
    assert not AssociationMember.objects.filter(municipality_id="08335043", assumed=True).exists()
