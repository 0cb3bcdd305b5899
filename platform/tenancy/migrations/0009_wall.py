"""Networks, what hangs on them, and how one gets in, behind the second wall.

Coarser than ``tenancy.policies`` is it in three places. Who holds the token of an invitation sees its network before it
is published. Coordinators see ended partnerships of their networks, and everybody sees that two networks in sight are
partners, since their pages say so. What belongs to a network (offices, fundings, papers …) is seen wherever it is.
"""

from __future__ import annotations

from django.db import migrations

from toolkit.row_security import (
    IN_SIGHT,
    PERSON,
    TOKEN,
    both,
    coordinates,
    definer,
    either,
    in_network,
    is_person,
    moderates,
    protect,
    through,
)

BY_TOKEN = f"token_hash = {TOKEN}"
#: Asks the function only where a token is held at all, and once for the whole statement.
INVITED_NETWORK = f"({TOKEN} IS NOT NULL AND id = (SELECT tenancy_invited_network()))"
LINK_OF_INVITATION = f"({TOKEN} IS NOT NULL AND id = (SELECT tenancy_link_of_invitation()))"


def in_land_of(municipality: str, also: str = "true") -> str:
    """Whether the acting one moderates in the Land of a municipality."""
    return (
        f"EXISTS (SELECT FROM tenancy_municipality place WHERE place.ags = {municipality} "
        f"AND {moderates('place.state_id')} AND {also})"
    )


def of_network(table: str) -> migrations.RunSQL:
    """What belongs to a network is seen with it, and written by its coordination."""
    own = coordinates(f"{table}.network_id")
    return protect(table, select=through("tenancy_network", f"{table}.network_id"), insert=own, update=own, delete=own)


def same_network(parent: str, table: str, column: str) -> str:
    """Whether a row points to something of its own network, or to nothing."""
    return either(
        f"{table}.{column} IS NULL",
        through(parent, f"{table}.{column}", also=f"parent.network_id = {table}.network_id"),
    )


OFFICE = both(
    coordinates("tenancy_office.network_id"), same_network("tenancy_division", "tenancy_office", "division_id")
)
OPEN_APPLICATION = (
    "EXISTS (SELECT FROM tenancy_application asked "
    "WHERE asked.municipality_id = tenancy_network.municipality_id AND asked.state = 'open')"
)
IN_LAND = in_land_of("tenancy_application.municipality_id")

LOCK_INVITATION = f"""
DECLARE
    link bigint;
BEGIN
    -- The link first, so that all take the locks in one order.
    SELECT via_id INTO link FROM tenancy_invitation WHERE {BY_TOKEN};
    PERFORM FROM tenancy_invitation WHERE id = link FOR UPDATE;
    PERFORM FROM tenancy_invitation WHERE {BY_TOKEN} FOR UPDATE;
END
"""

#: The invitation and the link it came by are taken together or not at all; the caller has locked them.
TAKE_INVITATION = f"""
DECLARE
    taken bigint[];
BEGIN
    SELECT array_remove(ARRAY[id, via_id], NULL) INTO taken FROM tenancy_invitation WHERE {BY_TOKEN};
    IF taken IS NULL OR EXISTS (
        SELECT FROM tenancy_invitation WHERE id = ANY (taken) AND (uses_left = 0 OR withdrawn_at IS NOT NULL)
    ) THEN
        RETURN false;
    END IF;
    UPDATE tenancy_invitation SET uses_left = uses_left - 1 WHERE id = ANY (taken);
    RETURN true;
END
"""

ISSUE_CONFIRMATION = f"""
DECLARE
    link tenancy_invitation;
    own_until timestamptz;
BEGIN
    SELECT * INTO link FROM tenancy_invitation
    WHERE {BY_TOKEN} AND email = '' AND withdrawn_at IS NULL AND uses_left > 0 FOR UPDATE;
    IF NOT FOUND OR (
        SELECT count(*) FROM tenancy_invitation
        WHERE via_id = link.id AND uses_left > 0 AND withdrawn_at IS NULL AND email <> address
    ) >= link.uses_left * 2 + 10 THEN
        RETURN NULL;
    END IF;
    UPDATE tenancy_invitation
    SET token_hash = hash, expires_at = CASE WHEN via_id IS NULL THEN invited_until ELSE proof_until END
    WHERE network_id = link.network_id AND email = address AND role = link.role
      AND withdrawn_at IS NULL AND uses_left > 0
    RETURNING expires_at INTO own_until;
    IF own_until IS NULL THEN
        INSERT INTO tenancy_invitation (network_id, office_id, role, email, given_name, family_name, token_hash,
                                        invited_by_id, created_at, expires_at, uses_left, via_id)
        VALUES (link.network_id, link.office_id, link.role, address, '', '', hash,
                link.invited_by_id, now(), proof_until, 1, link.id)
        RETURNING expires_at INTO own_until;
    END IF;
    RETURN own_until;
END
"""

CONFIRM_APPLICATION = f"""
DECLARE
    mine tenancy_application;
BEGIN
    SELECT * INTO mine FROM tenancy_application WHERE {BY_TOKEN} FOR UPDATE;
    IF NOT FOUND THEN
        RETURN '';
    ELSIF mine.state <> 'unconfirmed' THEN
        RETURN 'before';
    ELSIF EXISTS (SELECT FROM tenancy_network WHERE municipality_id = mine.municipality_id) THEN
        RETURN 'in';
    ELSIF EXISTS (
        SELECT FROM tenancy_application
        WHERE municipality_id = mine.municipality_id AND state IN ('open', 'approved') AND id <> mine.id
    ) THEN
        RETURN 'waiting';
    END IF;
    UPDATE tenancy_application SET state = 'open', confirmed_at = now(), domain_fits = fits WHERE id = mine.id;
    RETURN 'confirmed';
END
"""

FOUNDED = f"""
SELECT n.id FROM tenancy_network n
JOIN tenancy_municipality place ON place.ags = n.municipality_id
JOIN tenancy_application asked ON asked.municipality_id = n.municipality_id AND asked.state = 'open'
WHERE n.published_at IS NULL AND {moderates("place.state_id")}
  AND NOT EXISTS (SELECT FROM tenancy_membership m WHERE m.network_id = n.id)
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0008_application_token")]

    operations = [
        # --- what a token opens
        definer(
            "tenancy_invited_network()", "bigint", f"SELECT network_id::bigint FROM tenancy_invitation WHERE {BY_TOKEN}"
        ),
        definer(
            "tenancy_link_of_invitation()", "bigint", f"SELECT via_id::bigint FROM tenancy_invitation WHERE {BY_TOKEN}"
        ),
        definer("tenancy_lock_invitation()", "void", LOCK_INVITATION, language="plpgsql", volatile="VOLATILE"),
        definer("tenancy_take_invitation()", "boolean", TAKE_INVITATION, language="plpgsql", volatile="VOLATILE"),
        definer(
            "tenancy_issue_confirmation(address text, hash text, proof_until timestamptz, invited_until timestamptz)",
            "timestamptz",
            ISSUE_CONFIRMATION,
            language="plpgsql",
            volatile="VOLATILE",
        ),
        definer(
            "tenancy_confirm_application(fits boolean)",
            "text",
            CONFIRM_APPLICATION,
            language="plpgsql",
            volatile="VOLATILE",
        ),
        # --- what no right is needed for
        definer(
            "tenancy_forget_unconfirmed()",
            "void",
            # Twice as long as the link in the mail lives (tenancy.services.applications.CONFIRM_DAYS).
            "DELETE FROM tenancy_application WHERE state = 'unconfirmed' AND created_at < now() - interval '6 days'",
            volatile="VOLATILE",
        ),
        # --- who is in a network changes it in turn, whether or not they may change what it says of itself
        definer(
            "tenancy_lock_network(network bigint)",
            "void",
            f"SELECT FROM tenancy_network WHERE id = network AND {in_network('network')} FOR NO KEY UPDATE",
            volatile="VOLATILE",
        ),
        # --- networks that the acting moderator is founding at this moment
        definer("tenancy_founded_networks()", "SETOF bigint", FOUNDED),
        # --- policies
        protect(
            "tenancy_application",
            select=either(both("state <> 'unconfirmed'", IN_LAND), BY_TOKEN),
            insert="state = 'unconfirmed' AND confirmed_at IS NULL AND decided_at IS NULL AND decided_by_id IS NULL",
            update=both("state <> 'unconfirmed'", IN_LAND),
            update_to=both("state IN ('approved', 'declined')", is_person("decided_by_id"), IN_LAND),
        ),
        protect(
            "tenancy_network",
            select=either(IN_SIGHT, INVITED_NETWORK),
            insert=both("published_at IS NULL", in_land_of("tenancy_network.municipality_id", OPEN_APPLICATION)),
            update=coordinates("id"),
        ),
        *(
            of_network(table)
            for table in (
                "tenancy_roleterm",
                "tenancy_networkstart",
                "tenancy_funding",
                "tenancy_councilpaper",
                "tenancy_division",
            )
        ),
        protect(
            "tenancy_office",
            select=through("tenancy_network", "tenancy_office.network_id"),
            insert=OFFICE,
            update=coordinates("network_id"),
            update_to=OFFICE,
            delete=coordinates("network_id"),
        ),
        protect(
            "tenancy_partnership",
            select=either(
                coordinates("asking_id"),
                coordinates("asked_id"),
                both(
                    "accepted_at IS NOT NULL AND ended_at IS NULL",
                    through("tenancy_network", "asking_id"),
                    through("tenancy_network", "asked_id"),
                ),
            ),
            insert=both(
                coordinates("asking_id"),
                "accepted_at IS NULL AND ended_at IS NULL",
                through("tenancy_network", "asked_id"),
            ),
            update=either(coordinates("asking_id"), coordinates("asked_id")),
            # Nobody says yes for the other side.
            update_to=either(
                coordinates("asked_id"),
                both(coordinates("asking_id"), either("accepted_at IS NULL", "ended_at IS NOT NULL")),
            ),
        ),
        protect(
            "tenancy_invitation",
            select=either(coordinates("network_id"), BY_TOKEN, LINK_OF_INVITATION),
            insert=either(
                both(
                    coordinates("network_id"),
                    is_person("invited_by_id"),
                    same_network("tenancy_office", "tenancy_invitation", "office_id"),
                ),
                both(
                    "role = 'coordinator' AND email <> '' AND uses_left = 1 AND office_id IS NULL",
                    f"invited_by_id = {PERSON}",
                    "network_id IN (SELECT tenancy_founded_networks())",
                ),
            ),
            update=coordinates("network_id"),
        ),
    ]
