"""What other rooms do when a person joins or leaves a network: they register it here from ``AppConfig.ready``."""

from __future__ import annotations

from collections.abc import Callable

from tenancy.models import Membership

#: Gets the membership, inside the transaction that starts or ends it; an error rolls everything back.
MembershipHook = Callable[[Membership], None]

_started: list[MembershipHook] = []
_ended: list[MembershipHook] = []


def register_membership_hook(*, started: MembershipHook | None = None, ended: MembershipHook | None = None) -> None:
    """Be called when a membership starts or ends.

    A person may have several memberships in one network, so ``ended`` does not say that the person is gone: ask
    ``tenancy.queries.people.members_of``. A change of role or office is neither a start nor an end.
    """
    if started is not None:
        _started.append(started)
    if ended is not None:
        _ended.append(ended)


def membership_started(membership: Membership) -> None:
    """Tell the other rooms; called by the services of memberships only."""
    for hook in _started:
        hook(membership)


def membership_ended(membership: Membership) -> None:
    """Tell the other rooms; called by the services of memberships only."""
    for hook in _ended:
        hook(membership)
