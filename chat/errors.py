"""What can be wrong with a message, with a code for machines and a sentence for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.access import Denied, deny

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class BadBody(ValueError):
    """This cannot be a message, or done to one; ``str(error)`` is the sentence.

    ``code`` is one of ``chat.wire.CODES``, or ``too_many`` (signs under a message).
    """

    def __init__(self, code: str, sentence: str | _StrPromise) -> None:
        super().__init__(str(sentence))
        self.code = code


class TooFast(Denied):
    """Too many messages in too short a time; sending the same again after ``retry_after`` seconds is fine."""

    def __init__(self, sentence: str | _StrPromise, *, retry_after: float) -> None:
        super().__init__(deny(sentence))
        self.retry_after = retry_after


class BadFile(BadBody):
    """A file is not taken; ``name`` is what it is called. Codes are those of ``toolkit.uploads``, and ``quota``."""

    def __init__(self, code: str, sentence: str | _StrPromise, name: str) -> None:
        super().__init__(code, sentence)
        self.name = name
