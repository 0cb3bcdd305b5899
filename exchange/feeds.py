"""Atom feed of experiences: what the one who asks may read, so for a feed reader what is public."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie

from exchange.queries.experiences import experience_page, filter_from
from tenancy.middleware import ViewerRequest
from toolkit.markdown import render_markdown


@login_not_required
@require_safe
@cache_control(private=True, max_age=300)
@vary_on_cookie
def experience_feed(request: ViewerRequest) -> HttpResponse:
    """The newest twenty, narrowed by the same words and facets as the list."""
    wanted = filter_from(request.GET)
    page = experience_page(request.viewer, wanted)
    feed = Atom1Feed(
        title=_("Lotsennetz: Erfahrungen"),
        link=request.build_absolute_uri(reverse("exchange:experience-list")),
        description=_("Was Kommunen ausprobiert haben, was es gekostet hat und was sie anders machen würden."),
        feed_url=request.build_absolute_uri(),
        language=request.LANGUAGE_CODE,
    )
    for experience in page.items:
        url = request.build_absolute_uri(reverse("exchange:experience-detail", kwargs={"pk": experience.pk}))
        feed.add_item(
            title=experience.title,
            link=url,
            description=str(render_markdown(experience.summary)),
            unique_id=url,
            # The feed goes to strangers; a city speaks in it, not a person by name.
            author_name=experience.network.municipality.name,
            pubdate=experience.published_at,
            updateddate=max(experience.updated_at, experience.published_at or experience.updated_at),
            categories=[row.tag.name for row in experience.experience_topics.all()],
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
