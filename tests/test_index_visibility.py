"""Nobody is shown, told, counted or suggested anything of what they may not see."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice

import pytest

from index.access import LOCAL, Principal
from index.corpus import PassageFilter
from index.errors import AssetUnknown
from tests.canary_plant import PRINCIPALS, CanaryPlant

QUESTIONS = 12  # of each principal; ``python -m tests.soak.canaries`` asks more
IDS = [principal.user for principal in PRINCIPALS]


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CanaryPlant]:
    plant = CanaryPlant(tmp_path_factory.mktemp("canaries"))
    yield plant
    plant.close()


@pytest.mark.parametrize("principal", PRINCIPALS, ids=IDS)
def test_no_question_brings_what_is_hidden(plant: CanaryPlant, principal: Principal) -> None:
    chance = random.Random(7)
    seen = 0
    for question in islice(plant.questions(seed=PRINCIPALS.index(principal)), QUESTIONS):
        shown = plant.ask(principal, question, chance)
        assert plant.leaks(principal, shown, question) == [], question
        seen += any(word.casefold() in repr(shown).casefold() for word in plant.seen_by(principal))
    assert seen > QUESTIONS / 3  # what is theirs is found


@pytest.mark.parametrize("principal", PRINCIPALS, ids=IDS)
def test_no_list_count_or_suggestion_holds_what_is_hidden(
    plant: CanaryPlant, principal: Principal
) -> None:
    for shown in plant.lists(principal):
        assert plant.leaks(principal, shown) == []
    hidden = plant.hidden_from(principal)
    assert hidden
    assert set(plant.rarities(principal, hidden)) == {0.0}


def test_who_sees_everything_is_shown_every_word(plant: CanaryPlant) -> None:
    text = repr(plant.lists(LOCAL)).casefold()
    missing = [w for s in plant.secrets for w in s.words if w.casefold() not in text]
    assert missing == []
    assert plant.leaks(LOCAL, text) == []


@pytest.mark.parametrize("principal", PRINCIPALS, ids=IDS)
def test_an_asset_of_another_site_is_as_one_that_does_not_exist(
    plant: CanaryPlant, principal: Principal
) -> None:
    seen = {asset.tag for asset in plant.services.assets.list(principal)}
    for tag in set(plant.tags) - seen:
        with pytest.raises(AssetUnknown) as foreign:
            plant.services.assets.get(principal, tag)
        with pytest.raises(AssetUnknown) as missing:
            plant.services.assets.get(principal, "zz")
        said = str(foreign.value).partition("Import")[2]
        assert said == str(missing.value).partition("Import")[2]
        assert not set(foreign.value.nearest) - seen
        assert plant.services.catalog.visible_revisions(principal, PassageFilter(asset=tag)) == []


def test_the_same_number_at_two_sites_are_two_documents(plant: CanaryPlant) -> None:
    manuals = [d for d in plant.revisions.values() if d.kind != "history"]
    assert {d.number for d in manuals} == {"X-100"}
    assert len({d.document_id for d in manuals}) == len(manuals)
    assert {d.status for d in manuals} == {"approved"}
