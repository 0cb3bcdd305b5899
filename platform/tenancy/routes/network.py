from __future__ import annotations

from django.urls import URLPattern, path

from tenancy.views import invitations, networks, people, profile, setup

urlpatterns: list[URLPattern] = [
    path("netzwerke/", networks.networks, name="network-list"),
    path("netzwerke/<slug:slug>/", networks.network, name="network-detail"),
    path("netzwerke/<slug:slug>/einrichten/", setup.setup_resume, name="network-setup-resume"),
    path("netzwerke/<slug:slug>/einrichten/<slug:step>/", setup.setup_step, name="network-setup"),
    path("netzwerke/<slug:slug>/veroeffentlichen/", setup.publish, name="network-publish"),
    path("netzwerke/<slug:slug>/bearbeiten/", setup.edit_start, name="network-edit-start"),
    path("netzwerke/<slug:slug>/bearbeiten/<slug:part>/", setup.edit, name="network-edit"),
    path("netzwerke/<slug:slug>/aemter/<int:pk>/", setup.office_edit, name="office-edit"),
    path("netzwerke/<slug:slug>/aemter/<int:pk>/schliessen/", setup.office_close, name="office-close"),
    path("netzwerke/<slug:slug>/foerderung/<int:pk>/entfernen/", setup.funding_remove, name="funding-remove"),
    path("netzwerke/<slug:slug>/vorlagen/<int:pk>/entfernen/", setup.paper_remove, name="paper-remove"),
    path("netzwerke/<slug:slug>/partner/", networks.partners, name="network-partners"),
    path("netzwerke/<slug:slug>/partner/<slug:asked>/fragen/", networks.partnership_ask, name="partnership-ask"),
    path("partnerschaften/<int:pk>/annehmen/", networks.partnership_accept, name="partnership-accept"),
    path("partnerschaften/<int:pk>/beenden/", networks.partnership_end, name="partnership-end"),
    path("netzwerke/<slug:slug>/einladungen/", invitations.invitations, name="invitation-list"),
    path("einladungen/<int:pk>/zurueckziehen/", invitations.invitation_withdraw, name="invitation-withdraw"),
    path("einladungen/<int:pk>/erneuern/", invitations.invitation_renew, name="invitation-renew"),
    path("einladung/<str:token>/", invitations.accept, name="invitation-accept"),
    path("netzwerke/<slug:slug>/mitglieder/", people.members, name="member-list"),
    path("mitgliedschaften/<int:pk>/", people.member_edit, name="member-edit"),
    path("mitgliedschaften/<int:pk>/beenden/", people.member_end, name="member-end"),
    path("personen/", people.people, name="person-list"),
    path("personen/<int:pk>/", people.person, name="person-detail"),
    path("themen/vorschlaege/", people.topic_suggest, name="topic-suggest"),
    path("profil/", profile.profile, name="profile"),
]
