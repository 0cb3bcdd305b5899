"""A municipality's pilot network: who it says it is, in its own words, and how it is built."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _

from tenancy.models.register import Municipality
from toolkit.art import tone_of
from toolkit.audience import AudienceField


class TaskArea(models.TextChoices):
    """Neutral fields of work, so that offices of different cities find each other."""

    FINANCE = "finance", _("Finanzen")
    BUILDING = "building", _("Bau und Planung")
    PERSONNEL = "personnel", _("Personal")
    ORGANISATION = "organisation", _("Organisation")
    IT = "it", _("IT und Digitales")
    CITIZENS = "citizens", _("Bürgerdienste")
    ORDER = "order", _("Sicherheit und Ordnung")
    SOCIAL = "social", _("Soziales")
    YOUTH = "youth", _("Kinder, Jugend und Schule")
    CULTURE = "culture", _("Kultur und Sport")
    ENVIRONMENT = "environment", _("Umwelt und Klima")
    MOBILITY = "mobility", _("Mobilität und Verkehr")
    ECONOMY = "economy", _("Wirtschaft und Tourismus")
    UTILITIES = "utilities", _("Eigenbetriebe und Entsorgung")
    LEADERSHIP = "leadership", _("Verwaltungsleitung und Gremien")
    OTHER = "other", _("Anderes")


class Network(models.Model):
    """The pilot network of one municipality. Its number is the audience key of its people."""

    municipality = models.OneToOneField(Municipality, on_delete=models.PROTECT, related_name="network")
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120, help_text="The network's own name for itself")
    crest = models.CharField(max_length=3, blank=True, help_text="Letters of the crest; empty: from the town's name")
    slogan = models.CharField(max_length=160, blank=True)
    about = models.TextField(blank=True)
    goals = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    role_facets = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    beneficiaries = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    sdg_targets = ArrayField(models.CharField(max_length=6), default=list, blank=True)
    strategy = models.CharField(max_length=160, blank=True)
    parent_project = models.CharField(max_length=200, blank=True)
    lead_office = models.CharField(max_length=160, blank=True)
    lead_division = models.CharField(max_length=120, blank=True)
    size_note = models.CharField(max_length=160, blank=True, help_text="In the city's words: knapp 40 Ämter")
    pilots_min = models.PositiveSmallIntegerField(default=1)
    pilots_max = models.PositiveSmallIntegerField(default=3)
    qualification = models.TextField(blank=True)
    qualification_topics = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    event_series = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    successes = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    modelled_on = models.ForeignKey(Municipality, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    contact_email = models.EmailField(blank=True)
    setup_step = models.CharField(max_length=20, default="role", help_text="Where the first hour goes on")
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)
    audience = AudienceField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pilots_max__gte=models.F("pilots_min")),
                name="network_pilots_max_not_below_min",
            ),
            # Keys above are other rungs (toolkit.audience), so a number out of range would open a city's posts.
            models.CheckConstraint(
                condition=models.Q(id__gte=1, id__lt=100_000),
                name="network_number_fits_its_key_range",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def letters(self) -> str:
        """Letters of the crest: the network's own, else the first two of the town's name (reads the municipality)."""
        return self.crest or self.municipality.name[:2].upper()

    @property
    def tone(self) -> str:
        """The hue of the city's crest and of its people's avatars; always the same for a city."""
        return tone_of(self.municipality_id)


class RoleTerm(models.Model):
    """How this city calls its pilots, in all grammatical forms the interface needs."""

    class Style(models.TextChoices):
        PAIRED = "paired", _("Paarform: Lotsin und Lotse")
        GENERIC = "generic", _("Eine Form für alle: Lotse")
        ASTERISK = "asterisk", _("Stern: Lots*in")
        COLON = "colon", _("Doppelpunkt: Lots:in")
        NEUTRAL = "neutral", _("Neutral: Lotsenteam, Lotsende")

    network = models.OneToOneField(Network, on_delete=models.CASCADE, related_name="role_term")
    style = models.CharField(max_length=10, choices=Style.choices)
    singular = models.CharField(max_length=120, help_text="Digitallotsin oder Digitallotse")
    plural = models.CharField(max_length=120, help_text="Digitallotsinnen und Digitallotsen")
    dative_plural = models.CharField(max_length=120, help_text="mit den Digitallotsinnen und Digitallotsen")
    genitive_singular = models.CharField(max_length=120, help_text="einer Digitallotsin oder eines Digitallotsen")
    feminine_singular = models.CharField(max_length=120, blank=True)
    masculine_singular = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return self.plural


class NetworkStart(models.Model):
    """A claim of when the network began, with its source; sources disagree, so there may be several."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="starts")
    value = models.CharField(max_length=120)
    source = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.value


class Funding(models.Model):
    """Money a programme gave for the network; amounts in whole euros."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="fundings")
    programme = models.CharField(max_length=160)
    notice_on = models.DateField(null=True, blank=True)
    total_eur = models.PositiveIntegerField(null=True, blank=True)
    land_share_eur = models.PositiveIntegerField(null=True, blank=True)
    own_share_max_eur = models.PositiveIntegerField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.programme


class CouncilPaper(models.Model):
    """A paper of the council with its way through the bodies.

    ``sessions`` is a list of ``{body, on, public, result}``; ``strategy_goals`` of ``{code, sign, goal}``.
    """

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="council_papers")
    number = models.CharField(max_length=40)
    kind = models.CharField(max_length=80)
    dated_on = models.DateField()
    updated_on = models.DateField(null=True, blank=True)
    references = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    sessions = models.JSONField(default=list)
    strategy_goals = models.JSONField(default=list)
    conflicts = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["network", "number"], name="council_paper_once_per_network")]

    def __str__(self) -> str:
        return self.number


class Division(models.Model):
    """A Dezernat; offices stand under it."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="divisions")
    name = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]
        constraints = [models.UniqueConstraint(fields=["network", "name"], name="division_once_per_network")]

    def __str__(self) -> str:
        return self.name


class Office(models.Model):
    """An Amt or Fachbereich of the administration; its people share the rung „Nur mein Amt“."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="offices")
    division = models.ForeignKey(
        Division,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="offices",
    )
    name = models.CharField(max_length=160)
    sort_key = models.CharField(max_length=160, editable=False, default="")
    task_area = models.CharField(max_length=20, choices=TaskArea.choices, default=TaskArea.OTHER)
    task = models.CharField(
        max_length=200,
        blank=True,
        help_text="Its part in the network, in the city's words",
    )
    pilots_min = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Empty: the network's rule")
    pilots_max = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Empty: the network's rule")
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["network", "name"], name="office_once_per_network")]
        indexes = [models.Index(fields=["network", "sort_key"], name="office_sorted")]

    def __str__(self) -> str:
        return self.name


class Partnership(models.Model):
    """Two networks that share the rung of partners; asked by one, accepted by the other, ended by either."""

    asking = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="partnerships_asked")
    asked = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="partnerships_received")
    asked_at = models.DateTimeField(auto_now_add=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(asking=models.F("asked")),
                name="partners_are_two_networks",
            ),
            models.UniqueConstraint(
                Least("asking", "asked"),
                Greatest("asking", "asked"),
                condition=models.Q(ended_at=None),
                name="one_living_partnership_per_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asking_id} with {self.asked_id}"
