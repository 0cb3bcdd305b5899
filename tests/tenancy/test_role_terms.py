"""The forms of a role's name: right for the names that cities really use, and sane for any word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenancy.models import RoleTerm
from tenancy.role_terms import RoleForms, clean_word, examples, propose

STYLES = RoleTerm.Style.values


def test_the_paired_forms_of_heidelberg():
    assert propose("Digitallots", "paired") == RoleForms(
        singular="Digitallotsin oder Digitallotse",
        plural="Digitallotsinnen und Digitallotsen",
        dative_plural="Digitallotsinnen und Digitallotsen",
        genitive_singular="einer Digitallotsin oder eines Digitallotsen",
        feminine_singular="Digitallotsin",
        masculine_singular="Digitallotse",
    )


def test_the_starred_forms_of_giessen():
    forms = propose("Digi-Lots*innen", "asterisk")
    assert (forms.singular, forms.plural) == ("Digi-Lots*in", "Digi-Lots*innen")


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    "spellings",
    [
        ("Digitallots", "Digitallotse", "Digitallotsin", "Digitallotsen", "Digitallots:innen", "Digitallotse/-in"),
        ("Navigator", "Navigatorin", "Navigatorinnen", "Navigator*in", "Navigatoren", "Navigatorin oder Navigator"),
        ("Digitalbeauftragte", "Digitalbeauftragter", "Digitalbeauftragte/r", "Digitalbeauftragten"),
        ("Botschafter", "Botschafterin", "Botschafter_innen"),
    ],
)
def test_whatever_form_is_typed_the_proposal_is_the_same(spellings, style):
    assert len({propose(spelling, style) for spelling in spellings}) == 1


def test_the_dative_of_words_on_er_gets_its_n():
    assert propose("Botschafter", "generic").dative_plural == "Botschaftern"


def test_the_neutral_form_of_an_adjective_is_an_adjective():
    assert propose("Digitalbeauftragte", "neutral").plural == "digitalbeauftragte Personen"


@pytest.mark.parametrize("nothing", ["", "  ", "*innen", "123", "--", "\x00"])
def test_without_a_word_there_is_no_proposal(nothing):
    with pytest.raises(ValueError, match="no word"):
        propose(nothing, "paired")


def test_an_unknown_style_is_refused():
    with pytest.raises(ValueError, match="pirate"):
        propose("Lotse", "pirate")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80), st.sampled_from(STYLES))
def test_any_text_gives_whole_forms_or_none(text, style):
    try:
        forms = propose(text, style)
    except ValueError:
        assert not any(c.isalpha() for c in clean_word(text))
        return
    shown = (forms.singular, forms.plural, forms.dative_plural, forms.genitive_singular)
    assert all(form and len(form) <= 120 and form == form.strip() for form in shown)
    assert forms.genitive_singular.startswith("ein")
    assert all("%s" not in sentence for sentence in examples(forms))


@given(st.from_regex(r"[A-ZÄÖÜ][a-zäöüß]{3,20}(lots|ator|schafter)", fullmatch=True), st.sampled_from(STYLES))
def test_a_form_of_the_proposal_gives_the_proposal_again(word, style):
    forms = propose(word, style)
    masculine = propose(word, "generic").masculine_singular
    assert propose(masculine, style) == forms
    assert propose(propose(word, "paired").feminine_singular, style) == forms
    assert propose(propose(word, "asterisk").plural, style) == forms
