"""Quiet hours: when nothing rings and no mail arrives that can wait until the morning. Pure functions of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone

#: Working hours of administrations, roughly: whoever says nothing is left alone outside of them.
EVENING = time(18)
MORNING = time(7)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Quiet:
    """From when to when somebody wants quiet, by the clock of the installation; equal times: never in a day."""

    begins: time = EVENING
    ends: time = MORNING
    weekends: bool = True

    def holds(self, at: datetime) -> bool:
        """Whether it is quiet at a moment."""
        local = timezone.localtime(at)
        if self.weekends and local.weekday() >= _SATURDAY:
            return True
        clock = local.time()
        if self.begins <= self.ends:
            return self.begins <= clock < self.ends
        return clock >= self.begins or clock < self.ends

    def over(self, at: datetime) -> datetime:
        """The moment itself, or when the quiet that holds then is over; at most nine days ahead."""
        if not self.holds(at):
            return at
        today = timezone.localtime(at).date()
        turns = (
            timezone.make_aware(datetime.combine(today + timedelta(days=day), clock))
            for day in range(10)
            for clock in sorted({time(), self.ends})
        )
        return next((turn for turn in turns if turn > at and not self.holds(turn)), at + timedelta(days=9))


#: Somebody who wants no quiet.
NEVER = Quiet(time(), time(), weekends=False)
