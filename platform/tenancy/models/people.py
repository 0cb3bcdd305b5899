"""People who sign in. One login for all of Germany; what one may do hangs on memberships."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from taggit.models import ItemBase, TagBase


class Topic(TagBase):
    """A topic word shared by people and experiences, such as E-Akte."""

    class Meta:
        verbose_name = _("Thema")
        verbose_name_plural = _("Themen")


class PersonManager(BaseUserManager["Person"]):
    """Creates people; the address is kept in lower case, since it is the login."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Person:
        """An operator of the installation; sees the operator's pages, not the cities' contents."""
        return self.create_user(email, password, is_operator=True, **fields)

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email=(username or "").lower())


class Person(AbstractBaseUser):
    """Somebody with a login. Contact details are visible as far as the person says."""

    class Seen(models.TextChoices):
        """Who sees a contact detail."""

        NOBODY = "nobody", _("Niemand")
        NETWORK = "network", _("Nur unser Netzwerk")
        ALL = "all", _("Alle Netzwerke")

    email = models.EmailField(unique=True)
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    sort_key = models.CharField(max_length=180, editable=False, default="")
    search_key = models.CharField(max_length=180, editable=False, default="")
    phone = models.CharField(max_length=40, blank=True)
    about = models.TextField(blank=True)
    email_seen = models.CharField(max_length=10, choices=Seen.choices, default=Seen.NETWORK)
    phone_seen = models.CharField(max_length=10, choices=Seen.choices, default=Seen.NETWORK)
    listed = models.BooleanField(default=True, help_text="Found in the directory by other networks")
    language = models.CharField(max_length=2, default="de")
    is_operator = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    suspended_reason = models.TextField(blank=True)
    joined_at = models.DateTimeField(default=timezone.now)
    topics = TaggableManager(through="PersonTopic", blank=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["given_name", "family_name"]

    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="login_is_lower_case",
            )
        ]
        indexes = [
            models.Index(fields=["sort_key", "id"], name="person_sorted"),
            models.Index(fields=["id"], name="person_suspended", condition=models.Q(is_active=False)),
            GinIndex(
                fields=["search_key"],
                name="person_by_trigram",
                opclasses=["gin_trgm_ops"],
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Given and family name as one shows them."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def initials(self) -> str:
        """Two letters for the avatar."""
        return f"{self.given_name[:1]}{self.family_name[:1]}".upper()


class PersonTopic(ItemBase):
    """A topic on which a person can be asked."""

    tag = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="person_topics")
    content_object = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="person_topics")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tag", "content_object"], name="topic_once_per_person")]
