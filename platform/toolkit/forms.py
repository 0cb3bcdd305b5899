"""Form fields and a base form: text made clean once, and nothing typed lost."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from toolkit.text import UncleanText, clean_text


class LineField(forms.CharField):
    """One line of text, cleaned by ``toolkit.text.clean_text``."""

    multiline = False

    def to_python(self, value: Any) -> str:
        try:
            return clean_text(super().to_python(value) or "", multiline=self.multiline)
        except UncleanText as error:
            raise ValidationError(
                _("Der Text enthält Zeichen, die sich nicht speichern lassen. Bitte neu eingeben.")
            ) from error


class TextField(LineField):
    """Several lines of text; ``rows`` sets the height of the box."""

    multiline = True

    def __init__(self, *, rows: int = 4, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)


class LinesField(TextField):
    """One entry per line; cleans to a list of non-empty lines."""

    def __init__(self, *, max_line: int = 300, **kwargs: Any) -> None:
        self.max_line = max_line
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        lines = [" ".join(line.split()) for line in super().clean(value).split("\n")]
        for number, line in enumerate(lines, start=1):
            if len(line) > self.max_line:
                raise ValidationError(
                    _("Zeile %(number)d ist zu lang: höchstens %(max)d Zeichen.")
                    % {"number": number, "max": self.max_line}
                )
        return [line for line in lines if line]
