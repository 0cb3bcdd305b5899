"""Files of messages: uploaded, handed out, and taken away before they are sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chat.errors import BadBody, BadFile
from chat.models import Conversation, MessageFile
from chat.queries.files import file_to_hand_out, shown, unsent_files
from chat.services import files
from chat.services.messages import MAX_FILES
from chat.views.answers import wants_json
from chat.wire import File
from tenancy.middleware import ViewerRequest
from toolkit.access import Denied
from toolkit.uploads.serving import handed_out

#: What is not the fault of the file: sending the same again later is fine.
_LATER = {"unavailable": 503, "busy": 503, "quota": 429}


@require_POST
def new(request: ViewerRequest, pk: int) -> HttpResponse:
    """Take one file (``file``) for a message that is about to be sent here: 201 with the file, or 4xx with a reason."""
    uploaded = request.FILES.get("file")
    if not isinstance(uploaded, UploadedFile):
        reason = _("Bitte wählen Sie eine Datei aus.")
        return JsonResponse({"code": "malformed", "reason": reason}, status=400)
    try:
        row = files.upload(request.viewer, pk, uploaded)
    except Conversation.DoesNotExist:
        reason = _("Sie sind nicht (mehr) in dieser Unterhaltung.")
        return JsonResponse({"code": "unknown", "reason": reason}, status=404)
    except BadBody as error:
        return JsonResponse({"code": error.code, "reason": str(error)}, status=_LATER.get(error.code, 422))
    except Denied as error:
        return JsonResponse({"code": "denied", "reason": str(error)}, status=403)
    return HttpResponse(msgspec.json.encode(shown(row)), content_type="application/json", status=201)


@dataclass(frozen=True, slots=True)
class Attached:
    """What came with a form: files that are there now, and a sentence for each that was not taken."""

    files: Sequence[File] = ()
    problems: Sequence[str] = ()


def attached(request: ViewerRequest, pk: int) -> Attached:
    """Take what a form without JavaScript brings: ``files`` from the disk, ``kept`` that came with the try before.

    Raises what ``chat.services.files.upload`` raises, but for files that are not taken.
    """
    chosen = [one for one in request.FILES.getlist("files") if isinstance(one, UploadedFile)]
    keys = [key for key in map(_key, request.POST.getlist("kept")[: 2 * MAX_FILES]) if key is not None]
    kept = unsent_files(request.viewer, pk, keys) if keys else []
    if len(kept) + len(chosen) > MAX_FILES:
        return Attached(kept, [_("Höchstens 10 Dateien in einer Nachricht. Bitte wählen Sie noch einmal aus.")])
    problems: list[str] = []
    for one in chosen:
        try:
            kept.append(shown(files.upload(request.viewer, pk, one)))
        except BadFile as error:
            problems.append(f"{error.name}: {error}")
    return Attached(kept, problems)


def _key(said: str) -> UUID | None:
    try:
        return UUID(said)
    except ValueError:
        return None


@require_safe
def file(request: ViewerRequest, key: UUID) -> HttpResponseBase:
    """The file, to be saved; for whoever sees its message, and for its uploader before it is sent."""
    return _handed_out(request, key, preview=False)


@require_safe
def preview(request: ViewerRequest, key: UUID) -> HttpResponseBase:
    """A small picture of the picture."""
    return _handed_out(request, key, preview=True)


def _handed_out(request: ViewerRequest, key: UUID, *, preview: bool) -> HttpResponseBase:
    row = file_to_hand_out(request.viewer, key)
    if row is None or (preview and not row.width):
        raise Http404
    try:
        return handed_out(
            request,
            files.path_of(row, preview=preview),
            name=row.name,
            media_type="image/webp" if preview else row.media_type,
            tag=row.key.hex,
            inline=preview,
        )
    except FileNotFoundError as error:
        raise Http404 from error


@require_POST
def drop(request: ViewerRequest, key: UUID) -> HttpResponse:
    """Take a file away that was not sent."""
    try:
        conversation_id = files.drop_file(request.viewer, key)
    except MessageFile.DoesNotExist as error:
        raise Http404 from error
    if wants_json(request):
        return JsonResponse({"seq": None})
    return redirect("chat:conversation", pk=conversation_id)
