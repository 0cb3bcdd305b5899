"""What makes an application of the pages: its manifest, the worker of the browser, and the page without a line."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import get_language
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. It must come from the root, for it serves the pages below where it comes from."""
    answer = render(request, "toolkit/sw.js", content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@login_not_required
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The one page that a browser keeps: the same for everybody."""
    return render(request, "toolkit/offline.html")


@login_not_required
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """How the pages are installed as an application."""
    return JsonResponse(
        {
            "name": "Lotsennetz",
            "short_name": "Lotsennetz",
            "id": "/",
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "lang": get_language() or "de",
            "background_color": "#ffffff",
            "theme_color": "#1b3fa8",
            "icons": [
                {"src": static("toolkit/icon-192.png"), "sizes": "192x192", "type": "image/png"},
                {"src": static("toolkit/icon-512.png"), "sizes": "512x512", "type": "image/png"},
                {
                    "src": static("toolkit/icon-maskable-512.png"),
                    "sizes": "512x512",
                    "type": "image/png",
                    "purpose": "maskable",
                },
                {"src": static("toolkit/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
            ],
        },
        content_type="application/manifest+json",
    )
