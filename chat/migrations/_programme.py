"""Who is part of the programme, in SQL, as the functions of several migrations ask it.

Frozen: migrations that have run were made of these words. A later migration that asks something else writes its own.
"""

from __future__ import annotations

from toolkit.audience import ALL_NETWORKS
from toolkit.row_security import KEYS

#: Whether a person is part of the programme, as ``tenancy.viewer.Viewer.in_programme`` says it; ``format`` it with the
#: SQL that gives the person.
IN_PROGRAMME = """
    (EXISTS (SELECT FROM tenancy_membership m WHERE m.person_id = {0} AND m.ended_on IS NULL)
        OR EXISTS (SELECT FROM tenancy_moderator o WHERE o.person_id = {0} AND o.ended_on IS NULL))
"""

#: Raises where the acting one, ``me``, is not part of the programme.
REQUIRE_PROGRAMME = f"""
    IF me IS NULL OR NOT {ALL_NETWORKS} = ANY ({KEYS}) THEN
        RAISE insufficient_privilege USING MESSAGE = 'Only people of the programme do this.';
    END IF;
"""
