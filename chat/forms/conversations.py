"""What people type to begin a conversation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chat.models import ChatWish
from chat.queries.people import people_to_write_to
from chat.queries.topics import open_to_choices
from chat.services.people import WISHES
from tenancy.viewer import Viewer
from toolkit.forms import LineField


class SearchForm(forms.Form):
    """Who to write to; an address that is not one of ours finds nobody."""

    q = LineField(required=False, max_length=80)


class GroupForm(forms.Form):
    """A named group with people that its founder sees."""

    title = LineField(label=_("Name der Gruppe"), max_length=120)
    about = LineField(label=_("Worum geht es?"), max_length=300, required=False)
    people = forms.TypedMultipleChoiceField(
        label=_("Personen"), coerce=int, error_messages={"required": _("Bitte wählen Sie mindestens eine Person aus.")}
    )

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.data.getlist("people") if hasattr(self.data, "getlist") else []
        numbers = [int(number) for number in chosen if str(number).isdecimal() and len(str(number)) < 15]
        field = self.fields["people"]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101 -- for the type checker; set above
        field.choices = [(face.id, face.name) for face in people_to_write_to(viewer, only=numbers)]


class DescribeForm(forms.Form):
    """What a group or topic room is called, what it is about, and whether only its owners write."""

    title = LineField(label=_("Name"), max_length=120)
    about = LineField(label=_("Worum geht es?"), max_length=300, required=False)
    announce = forms.BooleanField(
        label=_("Ankündigungen: Nur die Verantwortlichen schreiben, alle anderen lesen und reagieren"), required=False
    )


class TopicForm(DescribeForm):
    """A topic room, and to whom it is open."""

    open_to = forms.TypedChoiceField(label=_("Offen für"), coerce=int)

    field_order = ("title", "about", "open_to", "announce")

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["open_to"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 -- for the type checker; set above
        field.choices = open_to_choices(viewer)


class WishForm(forms.ModelForm):
    """How somebody wants the chat."""

    class Meta:
        model = ChatWish
        fields = WISHES


class KeepForm(forms.Form):
    """After how many days what is said is emptied; an empty choice is never."""

    days = forms.TypedChoiceField(
        label=_("Nachrichten leeren"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=(
            ("", _("nicht nach einer Frist")),
            ("7", _("nach einer Woche")),
            ("30", _("nach 30 Tagen")),
            ("90", _("nach 90 Tagen")),
            ("180", _("nach 180 Tagen")),
            ("365", _("nach einem Jahr")),
            ("730", _("nach zwei Jahren")),
        ),
    )
