"""Days on which something comes again, by the rules of RFC 5545; at most a year of weeks of them."""

from __future__ import annotations

import datetime

from dateutil.rrule import rrulestr
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: So many dates a series has at most.
MOST = 52
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

WEEKLY, MONTHLY_WEEKDAY, MONTHLY_DAY = "weekly", "weekday", "monthday"
HOW_OFTEN = (
    (WEEKLY, gettext_lazy("Wochen, am selben Wochentag")),
    (MONTHLY_WEEKDAY, gettext_lazy("Monate, am selben Wochentag im Monat")),
    (MONTHLY_DAY, gettext_lazy("Monate, am selben Tag im Monat")),
)


def rule_for(
    first: datetime.date, how: str, interval: int, *, until: datetime.date | None = None, count: int | None = None
) -> str:
    """The rule that begins on a day. The fifth Tuesday of a month is its last one.

    A month without a day (31) has no date. Raises ``ValueError`` for a ``how`` that there is not.
    """
    day = _WEEKDAYS[first.weekday()]
    if how == WEEKLY:
        parts = [f"FREQ=WEEKLY;BYDAY={day}"]
    elif how == MONTHLY_WEEKDAY:
        week = (first.day - 1) // 7 + 1
        parts = [f"FREQ=MONTHLY;BYDAY={-1 if week == 5 else week}{day}"]
    elif how == MONTHLY_DAY:
        parts = [f"FREQ=MONTHLY;BYMONTHDAY={first.day}"]
    else:
        raise ValueError(how)
    parts.append(f"INTERVAL={interval}")
    parts.append(f"UNTIL={until:%Y%m%d}T235959" if until is not None else f"COUNT={min(count or MOST, MOST)}")
    return ";".join(parts)


def days_of_rule(rule: str, first: datetime.date) -> list[datetime.date]:
    """The days of a rule, the first included, in order, ``MOST`` at most."""
    found = rrulestr(rule, dtstart=datetime.datetime.combine(first, datetime.time()))
    return [moment.date() for _number, moment in zip(range(MOST), found, strict=False)]


def in_words(rule: str, first: datetime.date) -> str:
    """The rule as people say it."""
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    interval = int(parts.get("INTERVAL", "1"))
    weekday = date_format(first, "l")
    if parts["FREQ"] == "WEEKLY":
        if interval == 1:
            return _("Jede Woche am {weekday}").format(weekday=weekday)
        return _("Alle {n} Wochen am {weekday}").format(n=interval, weekday=weekday)
    every = _("Jeden Monat") if interval == 1 else _("Alle {n} Monate").format(n=interval)
    if "BYMONTHDAY" in parts:
        return _("{every} am {day}. des Monats").format(every=every, day=parts["BYMONTHDAY"])
    week = parts["BYDAY"][:-2]
    if week == "-1":
        return _("{every} am letzten {weekday}").format(every=every, weekday=weekday)
    return _("{every} am {week}. {weekday}").format(every=every, week=week, weekday=weekday)
