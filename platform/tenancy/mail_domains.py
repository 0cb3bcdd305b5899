"""Whether a mail domain looks like the one of a municipality: pure functions on text, no network and no database."""

from __future__ import annotations

import re

from toolkit.text import fold

#: Endings under which German administrations keep their names. Under others a name says little about its owner.
ENDINGS = frozenset(
    {
        *("de", "eu", "bayern", "berlin", "cologne", "hamburg", "koeln", "nrw", "ruhr", "saarland"),
        "example",  # nobody can own it (RFC 2606); the demo lives there
    }
)
#: Words that administrations put before or after their name: stadt-konstanz.de, gemeinde-allensbach.de.
TITLES = (
    *("stadtverwaltung", "gemeindeverwaltung", "marktgemeinde", "samtgemeinde", "verbandsgemeinde", "landeshauptstadt"),
    *("universitaetsstadt", "wissenschaftsstadt", "lutherstadt", "hansestadt", "kreisstadt", "gemeinde", "verwaltung"),
    *("rathaus", "kommune", "stadt", "markt", "bad"),
)
#: Where anybody gets an address: whole families by their label, others by their domain.
FREEMAIL_LABELS = frozenset(
    {
        *("aol", "gmail", "gmx", "googlemail", "hotmail", "icloud", "live", "msn", "outlook", "proton", "protonmail"),
        *("tuta", "tutamail", "tutanota", "yahoo", "yandex", "ymail"),
    }
)
FREEMAIL_DOMAINS = frozenset(
    {
        *("arcor.de", "email.de", "fastmail.com", "freenet.de", "freenetmail.de", "mac.com", "magenta.de", "mail.com"),
        *("mail.de", "mailbox.org", "me.com", "online.de", "pm.me", "posteo.de", "posteo.net", "rocketmail.com"),
        *("t-online.de", "unitybox.de", "vodafone.de", "vodafonemail.de", "web.de", "1und1.de", "kabelmail.de"),
    }
)
_LABEL = re.compile(r"[a-z0-9äöüß]([a-z0-9äöüß-]{0,61}[a-z0-9äöüß])?")
# What the register adds to a name, and the address of the town hall usually leaves out.
_ADDITION = re.compile(r"\s*[(/].*|\s+(?:a\.|am|an|auf|b\.|bei|i\.|im|in|ob|unter|v\.|vor|u\.|o\.).*", re.IGNORECASE)


def mail_domain(email: str) -> str:
    """The domain of an address in lower case, punycode read as letters; empty when it has none that can be read."""
    domain = email.rpartition("@")[2].strip().rstrip(".").lower()
    try:
        labels = [_readable(label) for label in domain.split(".")]
    except UnicodeError:
        return ""
    # Letters that only look like ours (Cyrillic о, é) are how names are faked: such a domain is no one's.
    return ".".join(labels) if len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels) else ""


def _readable(label: str) -> str:
    return label.encode("ascii").decode("idna").lower() if label.startswith("xn--") else label


def registrable(domain: str) -> str:
    """The part that somebody has bought: konstanz.de of rathaus.konstanz.de."""
    return ".".join(domain.split(".")[-2:])


def is_freemail(email: str) -> bool:
    """Whether the address is of a provider that gives one to anybody."""
    labels = mail_domain(email).split(".")
    if ".".join(labels[-2:]) in FREEMAIL_DOMAINS:
        return True
    # Yahoo and others have a domain for each country, some of them below a second ending (yahoo.co.uk).
    bought = labels[-3:-2] if labels[-2:-1] in (["co"], ["com"]) and len(labels) > 2 else labels[-2:-1]
    return bool(FREEMAIL_LABELS.intersection(bought))


def names_in_domains(name: str) -> frozenset[str]:
    """How a municipality's name may stand in a domain, without hyphens: „Halle (Saale)“ as halle and hallesaale."""
    shorter = _ADDITION.sub("", name)
    spellings = {fold(text).replace(" ", "") for text in (name, shorter)}
    for text in list(spellings):
        spellings.add(_without_titles(text))
    return frozenset(text for text in spellings if len(text) > 1)


def _without_titles(text: str) -> str:
    for title in TITLES:
        if text.startswith(title) and len(text) > len(title) + 1:
            return text.removeprefix(title)
    return text


def domain_carries_name(domain: str, name: str) -> bool:
    """Whether the bought label is the name, alone or with a title of administrations, and nothing else.

    konstanz.de, stadt-konstanz.de and rathaus.konstanz.de carry „Konstanz“; konstanzer-zeitung.de, konstanz-shop.de
    and konstanz.de.evil.com do not.
    """
    bought = registrable(domain)
    label, _dot, ending = bought.partition(".")
    if ending not in ENDINGS:
        return False
    text = fold(label).replace(" ", "")
    if not text:
        return False
    for name_ in names_in_domains(name):
        rest = text.removeprefix(name_) if text.startswith(name_) else None
        if rest == "" or rest in TITLES:
            return True
        if text.endswith(name_) and text.removesuffix(name_) in TITLES:
            return True
    return False
