"""How one gets in (invitations, proofs of an address, applications), behind the second wall."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from tenancy.models import (
    Application,
    Invitation,
    Network,
    Person,
)
from tenancy.services.invitations import hash_of
from tenancy.viewer import ANONYMOUS, viewer_for
from tests.factories.tenancy import (
    ApplicationFactory,
    InvitationFactory,
    MunicipalityFactory,
    OfficeFactory,
)
from tests.tenancy.worlds import PAST
from tests.walls.refusal import asked, by_the_wall, not_added, refused, untouched
from toolkit.acting import acting_as, acting_as_nobody, holding

pytestmark = pytest.mark.django_db

# --- invitations -------------------------------------------------------------------------------------------------


def test_an_invitation_is_written_by_the_coordination_in_its_own_name_and_for_its_own_offices(
    pilot, neighbour_coordinator, coordinator, outsider, konstanz, heilbronn
):
    def invitation(by: Person, **more: object) -> Invitation:
        said = {"role": "pilot", "token_hash": "b" * 64, "expires_at": timezone.now(), "network": konstanz} | more
        return Invitation(invited_by=by, **said)

    for person in (pilot, neighbour_coordinator, outsider):
        not_added(viewer_for(person), invitation(person))
    viewer = viewer_for(coordinator)
    not_added(viewer, invitation(pilot))
    not_added(viewer, invitation(coordinator, office=OfficeFactory(network=heilbronn)))


def test_who_holds_a_token_sees_its_invitation_and_network_and_changes_nothing(hidden):
    link = InvitationFactory(network=hidden, token_hash=hash_of("link"), uses_left=5)
    own = InvitationFactory(network=hidden, token_hash=hash_of("own"), via=link, email="a@b.example")
    other = InvitationFactory(network=hidden, token_hash=hash_of("other"), email="c@b.example")
    with acting_as_nobody():
        assert not Invitation.objects.exists()
        for token, sees in (("own", {own.pk, link.pk}), ("link", {link.pk}), ("guessed", set())):
            with holding(hash_of(token)):
                assert by_the_wall(Invitation, ANONYMOUS) == sees
                assert Network.objects.filter(pk=hidden.pk).exists() == bool(sees)
                untouched(ANONYMOUS, Invitation.objects.all(), role="coordinator", uses_left=9)
                untouched(ANONYMOUS, Network.objects.all(), slogan="meins")
    assert other.pk not in sees


def test_uses_are_taken_by_the_token_alone(konstanz):
    link = InvitationFactory(network=konstanz, token_hash=hash_of("link"), uses_left=2)
    InvitationFactory(network=konstanz, token_hash=hash_of("own"), via=link, email="a@b.example")
    gone = InvitationFactory(network=konstanz, token_hash=hash_of("gone"), withdrawn_at=PAST)
    take = "SELECT tenancy_take_invitation()"
    with acting_as_nobody():
        assert not asked(ANONYMOUS, take)
        for token, taken in (("guessed", False), ("gone", False), ("own", True), ("own", False)):
            with holding(hash_of(token)):
                assert bool(asked(ANONYMOUS, take)) == taken, token
    uses = Invitation.objects.in_bulk()
    assert (uses[link.pk].uses_left, uses[gone.pk].uses_left) == (1, 1)


def test_a_proof_of_an_address_is_issued_by_a_link_alone(konstanz):
    InvitationFactory(network=konstanz, token_hash=hash_of("mail"), email="a@b.example")
    InvitationFactory(network=konstanz, token_hash=hash_of("gone"), withdrawn_at=PAST)
    issue = "SELECT tenancy_issue_confirmation('x@b.example', 'c', now(), now())"
    with acting_as_nobody():
        assert asked(ANONYMOUS, issue) is None
        for token in ("guessed", "mail", "gone"):
            with holding(hash_of(token)):
                assert asked(ANONYMOUS, issue) is None
    assert not Invitation.objects.filter(email="x@b.example").exists()


# --- applications ------------------------------------------------------------------------------------------------


def test_an_application_begins_unconfirmed_whoever_adds_it(coordinator, moderator):
    place = MunicipalityFactory(ags="08425010")
    said = {"municipality": place, "given_name": "A", "family_name": "B", "office_name": "C", "email": "a@b.example"}
    for viewer in (ANONYMOUS, viewer_for(coordinator), viewer_for(moderator)):
        for more in ({"state": "open"}, {"state": "approved", "domain_fits": True}, {"confirmed_at": PAST}):
            not_added(viewer, Application(network_name="N", **said, **more))


def test_who_holds_the_token_of_an_application_sees_it_and_confirms_by_the_function_alone():
    mine = ApplicationFactory(token_hash=hash_of("mine"))
    ApplicationFactory(token_hash=hash_of("theirs"))
    ApplicationFactory()
    confirm = "SELECT tenancy_confirm_application(true)"
    with acting_as_nobody():
        assert by_the_wall(Application, ANONYMOUS) == set()
        assert asked(ANONYMOUS, confirm) == ""
        with holding(hash_of("guessed")):
            assert asked(ANONYMOUS, confirm) == ""
        with holding(hash_of("mine")):
            assert by_the_wall(Application, ANONYMOUS) == {mine.pk}
            untouched(ANONYMOUS, Application.objects.all(), state="open")
            assert [asked(ANONYMOUS, confirm) for _ in range(2)] == ["confirmed", "before"]
    assert Application.objects.filter(state="open").count() == 1


def test_only_moderators_of_the_land_decide_in_their_own_name_and_take_nothing_back(
    moderator, other_moderator, coordinator, operator
):
    row = ApplicationFactory(municipality=MunicipalityFactory(ags="08425011"), state="open", domain_fits=True)
    rows = Application.objects.filter(pk=row.pk)
    for person in (other_moderator, coordinator, operator):
        untouched(viewer_for(person), rows, state="approved", decided_by=person)
    viewer = viewer_for(moderator)
    refused(viewer, lambda: rows.update(state="approved", decided_by=other_moderator))
    refused(viewer, lambda: rows.update(state="unconfirmed", decided_by=moderator))
    with acting_as(viewer):
        assert rows._raw_delete("default") == 0


def test_only_what_was_never_confirmed_is_forgotten_and_only_after_six_days():
    old, young, waiting = (ApplicationFactory(), ApplicationFactory(), ApplicationFactory(state="open"))
    long_ago = timezone.now() - datetime.timedelta(days=6, hours=1)
    Application.objects.filter(pk__in=[old.pk, waiting.pk]).update(created_at=long_ago)
    asked(ANONYMOUS, "SELECT tenancy_forget_unconfirmed()")
    assert {row.pk for row in Application.objects.all()} == {young.pk, waiting.pk}
