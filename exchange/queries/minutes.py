"""What the page of minutes shows, and its history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exchange.models import Minutes, MinutesSection, MinutesVersion, Workshop
from exchange.policies.minutes import visible_minutes, visible_sections, visible_versions
from tenancy.viewer import Viewer

#: Of a history the latest that many; a section has few versions.
HISTORY = 300


@dataclass(frozen=True, slots=True)
class MinutesPage:
    """Minutes as the viewer reads them; ``minutes`` is None until somebody begins them."""

    minutes: Minutes | None
    sections: list[MinutesSection]

    def _of(self, kind: str) -> list[MinutesSection]:
        return [section for section in self.sections if section.kind == kind]

    @property
    def texts(self) -> list[MinutesSection]:
        return self._of(MinutesSection.Kind.TEXT)

    @property
    def decisions(self) -> list[MinutesSection]:
        return self._of(MinutesSection.Kind.DECISION)

    @property
    def tasks(self) -> list[MinutesSection]:
        return self._of(MinutesSection.Kind.TASK)


def minutes_page(viewer: Viewer, workshop: Workshop) -> MinutesPage:
    """Minutes of a workshop in sight. Two queries, one where there are none."""
    minutes = visible_minutes(viewer).filter(workshop=workshop).first()
    sections = list(visible_sections(viewer).filter(minutes=minutes).order_by("id")) if minutes else []
    return MinutesPage(minutes, sections)


def minuted_workshops(viewer: Viewer, workshop_ids: Sequence[int]) -> frozenset[int]:
    """Those of the workshops whose minutes the viewer reads. One query, none where none is asked for."""
    if not workshop_ids:
        return frozenset()
    rows = visible_minutes(viewer).filter(workshop__in=workshop_ids)
    return frozenset(rows.values_list("workshop", flat=True))


def section_of(viewer: Viewer, workshop: Workshop, section_id: int) -> MinutesSection:
    """A section of the workshop's minutes; raises ``DoesNotExist``. One query."""
    rows = visible_sections(viewer).select_related("minutes")
    return rows.get(pk=section_id, minutes__workshop=workshop)


def history_of(viewer: Viewer, minutes: Minutes) -> list[MinutesVersion]:
    """What was written, newest first, with who wrote it; nothing for who only reads a release. One query."""
    rows = visible_versions(viewer).filter(minutes=minutes).select_related("written_by", "section")
    return list(rows.order_by("-written_at", "-id")[:HISTORY])
