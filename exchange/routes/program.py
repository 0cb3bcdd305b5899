"""Addresses of the programme of a workshop, and of stepping back from hosting it."""

from __future__ import annotations

from django.urls import URLPattern, path

from exchange.views import materials, program, proposals, series

_W = "veranstaltungen/<int:pk>"

urlpatterns: list[URLPattern] = [
    path(f"{_W}/programm/", program.program, name="program"),
    path(f"{_W}/programm/zeilen/", program.program_lines, name="program-lines"),
    path(f"{_W}/programm/neu/", program.session_new, name="session-new"),
    path(f"{_W}/programm/<int:number>/", program.session_edit, name="session-edit"),
    path(f"{_W}/programm/<int:number>/schieben/", program.session_move, name="session-move"),
    path(f"{_W}/programm/<int:number>/loeschen/", program.session_remove, name="session-remove"),
    path(f"{_W}/unterlagen/", materials.material_list, name="material-list"),
    path(f"{_W}/unterlagen/<int:number>/wegnehmen/", materials.material_remove, name="material-remove"),
    path(f"{_W}/unterlagen/<uuid:key>/", materials.material_file, name="material-file"),
    path(f"{_W}/vorschlaege/", proposals.open_space, name="open-space"),
    path(f"{_W}/vorschlaege/neu/", proposals.proposal_new, name="proposal-new"),
    path(f"{_W}/vorschlaege/<int:number>/stimme/", proposals.proposal_vote, name="proposal-vote"),
    path(f"{_W}/vorschlaege/<int:number>/zurueckziehen/", proposals.proposal_withdraw, name="proposal-withdraw"),
    path(f"{_W}/vorschlaege/<int:number>/programm/", proposals.proposal_take, name="proposal-take"),
    path(f"{_W}/reihe/", series.workshop_repeat, name="series-new"),
    path("veranstaltungen/reihen/<int:pk>/", series.series_detail, name="series"),
    path("veranstaltungen/reihen/<int:pk>/antworten/", series.series_answer, name="series-answer"),
    path(f"{_W}/gastgebende/zurueckziehen/", program.host_step_back, name="host-step-back"),
]
