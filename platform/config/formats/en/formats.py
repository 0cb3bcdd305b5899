"""Dates in English: day before month, 24 hours as everywhere in the product, and no dot behind the day.

Django looks up every format that a template names as an attribute of this module, also one that is spelt out. So the
templates keep the German spelling, and what English writes differently is said here once.
"""

from typing import Final

DATE_FORMAT = "j F Y"
SHORT_DATE_FORMAT = "j M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y, H:i"
SHORT_DATETIME_FORMAT = "j M Y, H:i"
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "j F"
FIRST_DAY_OF_WEEK = 1

SPELT_OUT: Final = {
    "D, j. F Y": "D, j F Y",
    "D, j. F": "D, j F",
    "D, j. F, H:i": "D, j F, H:i",
    "D, j. M, H:i": "D, j M, H:i",
    "d.m.": "j M",
    "d.m.Y": "j M Y",
    "d.m.Y, H:i": "j M Y, H:i",
    "d.m.Y H:i": "j M Y H:i",
    "j.": "j",
    "j. F": "j F",
    "j. F Y": "j F Y",
    "j. F Y, H:i": "j F Y, H:i",
    "j. F, H:i": "j F, H:i",
    "j. M": "j M",
    "j. M Y": "j M Y",
    "l, j. F": "l, j F",
    "l, j. F Y": "l, j F Y",
    "l, j. F, H:i": "l, j F, H:i",
    "l, j. F Y, H:i": "l, j F Y, H:i",
    "m/Y": "M Y",
}
globals().update(SPELT_OUT)
