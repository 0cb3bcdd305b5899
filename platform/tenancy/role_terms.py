"""Proposals for the forms of a role's name, from one word in any form. Proposals: people may write their own.

The interface needs four forms: Digitallotsin oder Digitallotse · Digitallotsinnen und Digitallotsen · mit den … ·
die Aufgabe einer Digitallotsin oder eines Digitallotsen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tenancy.models import RoleTerm
from toolkit.text import clean_text

Style = RoleTerm.Style
MAX_WORD = 40
_FORM_LIMIT = 120

#: Sentences that show the forms in use; the keys are the fields of ``RoleForms``.
EXAMPLES = {
    "singular": _("Mara Musterlotse ist %s im Bürgeramt."),
    "plural": _("Unsere %s tragen die Digitalisierung in jedes Amt."),
    "dative_plural": _("Sprechen Sie mit unseren %s."),
    "genitive_singular": _("Das Bürgeramt wünscht sich die Unterstützung %s."),
}


@dataclass(frozen=True, slots=True)
class RoleForms:
    """All forms of a role's name; the last two are empty where a style does not tell the sexes apart."""

    singular: str
    plural: str
    dative_plural: str
    genitive_singular: str
    feminine_singular: str = ""
    masculine_singular: str = ""


@dataclass(frozen=True, slots=True)
class _Noun:
    """The inflection behind the styles."""

    stem: str
    masculine: str
    feminine: str
    masculine_plural: str
    feminine_plural: str
    masculine_genitive: str
    masculine_dative_plural: str
    compound: str


_ADJECTIVAL = re.compile(
    r"(beauftragt|verantwortlich|zuständig|bedienstet|angestellt|vorsitzend|lotsend)e?[rnms]?$", re.I
)


def clean_word(text: str) -> str:
    """One word as people type it, without marks of gender at its end: ``Digi-Lots*innen`` becomes ``Digi-Lots``.

    Anything but letters, digits, hyphens and spaces is left out; at most 40 characters; may be empty.
    """
    word = clean_text(text)
    word = re.split(r"\s+(?:und|oder|bzw\.?)\s+|[;,(]", word, maxsplit=1)[0].strip()
    word = re.sub(r"[*:_/·|]+-?(?:innen|in|r|n|e)\b.*$", "", word)
    word = re.sub(r"[^\w\s-]", "", word).replace("_", "").strip(" -")
    return word[:MAX_WORD].strip(" -")


def _weak(stem: str) -> _Noun:
    """Lotse, Pate, Experte."""
    return _Noun(stem, f"{stem}e", f"{stem}in", f"{stem}en", f"{stem}innen", f"{stem}en", f"{stem}en", f"{stem}en")


def _strong(stem: str) -> _Noun:
    """Botschafter, Navigator, Coach."""
    if re.search(r"or$", stem, re.I):
        plural, dative = f"{stem}en", f"{stem}en"
    elif re.search(r"(er|el|en)$", stem, re.I):
        plural, dative = stem, stem if stem.endswith("n") else f"{stem}n"
    else:
        plural, dative = f"{stem}s", f"{stem}s"
    genitive = stem if re.search(r"[sßxz]$", stem, re.I) else f"{stem}s"
    return _Noun(
        stem, stem, f"{stem}in", plural, f"{stem}innen", genitive, dative, f"{stem}-" if plural[-1] == "s" else plural
    )


def _noun(text: str) -> _Noun | None:
    """The inflection of a word, or nothing for adjectival nouns, which have their own."""
    word = clean_word(text)
    lower = word.lower()
    for ending in ("innen", "in"):
        # Administrations know few words that end in -in by nature; a stem of two letters is none.
        if lower.endswith(ending) and len(word) > len(ending) + 2:
            word = word[: -len(ending)]
            return _strong(word) if re.search(r"(er|or|el|ch|ut|d)$", word, re.I) else _weak(word)
    if lower.endswith("lots"):
        return _weak(word)
    if lower.endswith("oren"):
        return _strong(word[:-2])
    if lower.endswith("en") and len(word) > 4:
        return _weak(word[:-2])
    if lower.endswith("e") and len(word) > 3:
        return _weak(word[:-1])
    return _strong(word)


def propose(text: str, style: str) -> RoleForms:
    """The forms of a role's name in a style. Every form is non-empty and at most 120 characters.

    Raises ``ValueError`` when there is no word in ``text``, or no such style.
    """
    style = Style(style)
    word = clean_word(text)
    if not any(c.isalpha() for c in word):
        raise ValueError("no word")
    adjectival = _ADJECTIVAL.search(word)
    forms = (
        _adjectival(word[: adjectival.end(1)], style) if adjectival else _styled(_noun(word) or _strong(word), style)
    )
    if (
        max(len(form) for form in (forms.singular, forms.plural, forms.dative_plural, forms.genitive_singular))
        > _FORM_LIMIT
    ):
        raise ValueError("too long")
    return forms


def _styled(noun: _Noun, style: Style) -> RoleForms:
    if style == Style.PAIRED:
        plural = f"{noun.feminine_plural} und {noun.masculine_plural}"
        return RoleForms(
            singular=f"{noun.feminine} oder {noun.masculine}",
            plural=plural,
            dative_plural=f"{noun.feminine_plural} und {noun.masculine_dative_plural}",
            genitive_singular=f"einer {noun.feminine} oder eines {noun.masculine_genitive}",
            feminine_singular=noun.feminine,
            masculine_singular=noun.masculine,
        )
    if style == Style.GENERIC:
        return RoleForms(
            singular=noun.masculine,
            plural=noun.masculine_plural,
            dative_plural=noun.masculine_dative_plural,
            genitive_singular=f"eines {noun.masculine_genitive}",
            feminine_singular=noun.feminine,
            masculine_singular=noun.masculine,
        )
    if style == Style.NEUTRAL:
        team = f"{noun.compound}{'T' if noun.compound.endswith('-') else 't'}eam"
        return RoleForms(
            singular=f"Mitglied im {team}",
            plural=f"Mitglieder im {team}",
            dative_plural=f"Mitgliedern im {team}",
            genitive_singular=f"eines Mitglieds im {team}",
        )
    mark = "*" if style == Style.ASTERISK else ":"
    both = f"{noun.stem}{mark}in"
    plural = f"{noun.stem}{mark}innen"
    return RoleForms(
        singular=both,
        plural=plural,
        dative_plural=plural,
        genitive_singular=f"einer{mark}eines {both}",
        feminine_singular=noun.feminine,
        masculine_singular=noun.masculine,
    )


def _adjectival(stem: str, style: Style) -> RoleForms:
    """Beauftragte: one plural for all, so the styles differ in the singular alone."""
    lower = stem[:1].lower() + stem[1:]
    feminine, masculine, weak = f"{stem}e", f"{stem}er", f"{stem}en"
    by_style = {
        Style.PAIRED: (f"{feminine} oder {masculine}", f"einer oder eines {weak}"),
        Style.GENERIC: (masculine, f"eines {weak}"),
        Style.ASTERISK: (f"{feminine}*r", f"einer*eines {weak}"),
        Style.COLON: (f"{feminine}:r", f"einer:eines {weak}"),
        Style.NEUTRAL: (f"{lower}e Person", f"einer {lower}en Person"),
    }
    singular, genitive = by_style[style]
    if style == Style.NEUTRAL:
        return RoleForms(singular, f"{lower}e Personen", f"{lower}en Personen", genitive)
    return RoleForms(singular, feminine, weak, genitive, feminine, masculine)


def examples(forms: RoleForms | RoleTerm) -> list[str]:
    """The forms in the sentences of the interface, to be read aloud."""
    return [str(sentence) % getattr(forms, name) for name, sentence in EXAMPLES.items()]
