"""Which neutral task area an office most likely has, told from its name; a guess that people may correct."""

from __future__ import annotations

from tenancy.models import TaskArea
from toolkit.text import fold


def _pieces(text: str) -> tuple[str, ...]:
    return tuple(text.split(", "))


#: Pieces of folded names, most telling first: „Schulverwaltungsamt“ is about schools, not about administration.
_KEYWORDS: tuple[tuple[TaskArea, tuple[str, ...]], ...] = (
    (
        TaskArea.UTILITIES,
        _pieces(
            "stadtwerk, eigenbetrieb, abfall, entsorg, stadtreinig, bauhof, betriebshof, abwasser, "
            "wasserwerk, friedhof, technische betriebe"
        ),
    ),
    (TaskArea.YOUTH, _pieces("schul, jugend, kinder, kita, bildung, familie")),
    (TaskArea.FINANCE, _pieces("kaemmerei, finanz, kasse, steuer, haushalt, rechnungspruef, beteiligung")),
    (TaskArea.PERSONNEL, _pieces("personal, ausbildung")),
    (
        TaskArea.IT,
        _pieces(
            "digital, informationstechnik, informationsverarbeitung, edv, datenverarbeitung, it abteilung, "
            "smart city, geoinformation"
        ),
    ),
    (TaskArea.MOBILITY, _pieces("mobilitaet, verkehr, strassen, tiefbau, parken, oepnv")),
    (TaskArea.ENVIRONMENT, _pieces("umwelt, klima, gruen, forst, natur, landschaft, garten, energie")),
    (
        TaskArea.BUILDING,
        _pieces(
            "bau, planung, liegenschaft, gebaeude, hochbau, vermessung, denkmal, immobilien, stadtentwicklung, geo"
        ),
    ),
    (
        TaskArea.CULTURE,
        _pieces(
            "kultur, museum, archiv, bibliothek, buecherei, sport, theater, musik, volkshochschule, baeder, orchester"
        ),
    ),
    (
        TaskArea.SOCIAL,
        _pieces(
            "sozial, senior, pflege, wohnung, integration, migration, gesundheit, teilhabe, inklusion, "
            "gleichstellung, chancengleichheit, stiftung"
        ),
    ),
    (
        TaskArea.ORDER,
        _pieces("ordnung, feuerwehr, sicherheit, gewerbe, katastroph, brandschutz, bussgeld, auslaender, recht"),
    ),
    (TaskArea.CITIZENS, _pieces("buerger, einwohner, standesamt, meldewesen, ortsverwaltung, ortsamt, melde")),
    (TaskArea.ECONOMY, _pieces("wirtschaft, tourismus, marketing, marktwesen, citymanagement, kongress")),
    (
        TaskArea.LEADERSHIP,
        _pieces(
            "buergermeister, dezernat, gremien, ratsbuero, gemeinderat, hauptverwaltung, presse, "
            "kommunikation, oeffentlichkeit, referat, stabsstelle, landrat, protokoll"
        ),
    ),
    (
        TaskArea.ORGANISATION,
        _pieces("organisation, hauptamt, haupt und, zentrale, verwaltung, service, prozess, vergabe, beschaffung"),
    ),
)

#: A mayor's office holds „buerger“ too, and „Oberbürgermeister“ is not the citizens' office.
_FIRST: tuple[tuple[TaskArea, tuple[str, ...]], ...] = (
    (TaskArea.LEADERSHIP, _pieces("buergermeister, landrat")),
    (TaskArea.PERSONNEL, _pieces("personal und organisation, personal organisation")),
    (TaskArea.ORDER, _pieces("brandschutz, feuerwehr")),
    (TaskArea.CULTURE, _pieces("volkshochschule, musikschule")),
)


def guess_task_area(name: str) -> TaskArea:
    """The likeliest task area of an office with this name; ``OTHER`` when nothing speaks for one."""
    folded = fold(name)
    if folded == "it":
        return TaskArea.IT
    for area, pieces in _FIRST + _KEYWORDS:
        if any(piece in folded for piece in pieces):
            return area
    return TaskArea.OTHER


def task_area_named(label: str) -> TaskArea | None:
    """The task area that somebody wrote by its label or by its code, in whatever case; nothing when there is none."""
    folded = fold(label)
    for area in TaskArea:
        if folded in {fold(str(area.label)), fold(area.value)}:
            return area
    # „Bau“ for „Bau und Planung“: the beginning of exactly one label.
    hits = [area for area in TaskArea if folded and fold(str(area.label)).startswith(folded)]
    return hits[0] if len(hits) == 1 else None
