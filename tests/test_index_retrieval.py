"""From a question to passages: what may be seen, what is a code, what comes first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.access import LOCAL, Principal
from index.assets import Asset, AssetRegister
from index.caches import Caches
from index.catalog import Catalog
from index.codes import fold
from index.corpus import Chunk, CodeEntry, PassageFilter, Sentence
from index.errors import AssetUnknown
from index.retrieval import Retriever
from tests.conftest import Plant
from tests.hash_embedder import HashEmbedder
from tests.small_documents import put, small

NORTH = Principal("ann", "technician", frozenset({"North"}))
NOWHERE = Principal("bob", "technician", frozenset())


@pytest.fixture
def retriever(catalog: Catalog, embedder: HashEmbedder) -> Retriever:
    return Retriever(catalog, embedder, Caches(catalog, embedder, None))


@pytest.fixture
def assets(catalog: Catalog) -> AssetRegister:
    return AssetRegister(catalog.engine)


def alarm(code: str, meaning: str, chunk: int = 0, component: str = "") -> CodeEntry:
    return CodeEntry(code, "alarm", "", component, meaning, (), (), chunk_ordinal=chunk)


def texts(retriever: Retriever, question: str, k: int = 8, **where: object) -> list[str]:
    filters = PassageFilter(**where)  # type: ignore[arg-type]
    return [p.text for p in retriever.retrieve(question, LOCAL, k, filters).passages]


# Permission and filters


def test_another_site_takes_no_place_among_the_best(
    catalog: Catalog, embedder: HashEmbedder, retriever: Retriever
) -> None:
    for i in range(150):  # more than the search paths look at
        text = f"pump seal leaks oil {i}"
        put(catalog, embedder, small(text, title=f"South {i}", site="South"))
    put(catalog, embedder, small("seal of the gear box", title="Ours", site="North"))
    put(catalog, embedder, small("a seal is a part", title="Everyone's"))
    found = retriever.retrieve("pump seal leaks oil", NORTH, k=2)
    assert {passage.document for passage in found.passages} == {"Ours", "Everyone's"}
    assert found.searched == 2
    assert {passage.document for passage in retriever.retrieve("seal", NOWHERE).passages} == {
        "Everyone's"
    }


def test_a_code_of_another_site_is_unknown_here(
    catalog: Catalog, embedder: HashEmbedder, retriever: Retriever
) -> None:
    codes = [alarm("E-217", "Oil hot")]
    put(catalog, embedder, small("E-217 oil hot", title="South", site="South", codes=codes))
    put(
        catalog,
        embedder,
        small("E-100 door", title="North", site="North", codes=[alarm("E-100", "Door")]),
    )
    found = retriever.retrieve("alarm E-217", NORTH)
    assert (found.code_status, found.codes, found.unknown_codes) == ("unknown", (), ("E-217",))
    assert retriever.nearest_codes("E-217", NORTH, None) == []
    assert retriever.retrieve("alarm E-217", LOCAL).code_status == "known"


def test_an_asset_without_documents_gives_nothing(
    catalog: Catalog, embedder: HashEmbedder, retriever: Retriever, assets: AssetRegister
) -> None:
    assets.put([Asset("PR-01", model="HP-40"), Asset("CR-01", model="X-9"), Asset("CR-02")])
    put(catalog, embedder, small("oil pump", models=("HP-40",), codes=[alarm("E-217", "Hot")]))
    put(catalog, embedder, small("oil of all machines", title="Applies to nothing"))
    for tag in ("CR-01", "CR-02"):
        found = retriever.retrieve("E-217 oil pump", LOCAL, where=PassageFilter(asset=tag))
        assert (found.passages, found.codes, found.searched) == ((), (), 0)
        found = retriever.retrieve(f"oil pump of {tag}", LOCAL)
        assert (found.passages, found.searched) == ((), 0)
    assert texts(retriever, "oil", asset="pr 01") == ["oil pump"]


def test_an_asset_that_the_register_lacks_is_an_error_with_the_nearest_tags(
    retriever: Retriever, assets: AssetRegister
) -> None:
    assets.put([Asset("PR-01"), Asset("PR-02"), Asset("KP-01")])
    with pytest.raises(AssetUnknown) as error:
        retriever.retrieve("oil", LOCAL, where=PassageFilter(asset="PR-03"))
    assert set(error.value.nearest[:2]) == {"PR-01", "PR-02"}


def test_an_asset_of_another_site_is_unknown_and_not_hinted_at(
    retriever: Retriever, assets: AssetRegister
) -> None:
    assets.put([Asset("PR-01", site="South")])
    with pytest.raises(AssetUnknown) as error:
        retriever.retrieve("oil", NORTH, where=PassageFilter(asset="PR-01"))
    assert error.value.nearest == ()
    assert retriever.named_assets("PR-01 leaks", NORTH) == []


def test_a_superseded_revision_is_found_only_when_asked_for(
    catalog: Catalog, embedder: HashEmbedder, retriever: Retriever
) -> None:
    put(catalog, embedder, small("bolts 70 Nm", number="M-1", revision="B"))
    put(catalog, embedder, small("bolts 85 Nm", number="M-1", revision="C"))
    assert texts(retriever, "bolts") == ["bolts 85 Nm"]
    assert sorted(texts(retriever, "bolts", include_superseded=True)) == [
        "bolts 70 Nm",
        "bolts 85 Nm",
    ]


def test_kinds_and_documents_restrict(
    catalog: Catalog, embedder: HashEmbedder, retriever: Retriever
) -> None:
    put(catalog, embedder, small("oil manual", title="A"))
    put(catalog, embedder, small("oil bulletin", title="B", kind="bulletin"))
    assert texts(retriever, "oil", kinds=("bulletin",)) == ["oil bulletin"]
    first = next(d for d in catalog.documents(LOCAL) if d.title == "A")
    assert texts(retriever, "oil", documents=(first.document_id,)) == ["oil manual"]
    assert texts(retriever, "oil", documents=(99,)) == []


# Codes


def test_an_unknown_code_is_not_replaced_by_a_neighbour(
    catalog: Catalog, embedder: HashEmbedder, retriever: Retriever
) -> None:
    codes = [alarm("E-217", "Oil hot"), alarm("E-218", "Sensor", 1)]
    put(catalog, embedder, small("E-217 oil hot", "E-218 sensor", "E 2 oil", codes=codes))
    found = retriever.retrieve("E-219 oil hot sensor", LOCAL)
    assert (found.code_status, found.codes, found.unknown_codes) == ("unknown", (), ("E-219",))
    assert [passage.text for passage in found.passages] == ["E 2 oil"]
    assert retriever.nearest_codes("E-219", LOCAL, None) == ["E-217", "E-218"]


def test_a_known_code_comes_first_and_the_code_path_with_it(
    catalog: Catalog, embedder: HashEmbedder, retriever: Retriever
) -> None:
    codes = [alarm("E-217", "Oil hot", 2)]
    put(catalog, embedder, small("oil hot", "oil hot, oil hot", "E-217: see there", codes=codes))
    found = retriever.retrieve("line 2 14:32 oil hot, e0217 again", LOCAL)
    assert (found.code_status, found.passages[0].text) == ("known", "E-217: see there")
    assert found.passages[0].paths[0] == "code"
    assert [passage.rank for passage in found.passages] == [1, 2, 3]


def test_paths_tell_how_a_passage_was_found(
    catalog: Catalog, embedder: HashEmbedder, retriever: Retriever
) -> None:
    part = CodeEntry("HP40-1", "part", "", "", "Pump", (), (), chunk_ordinal=1)
    put(catalog, embedder, small("gear box", "HP40-1 pump", "pumps of steel", codes=[part]))
    found = {p.text: p.paths for p in retriever.retrieve("part no HP40-1 pump", LOCAL).passages}
    assert found["HP40-1 pump"][0] == "part"
    assert set(found["HP40-1 pump"]) == {"part", "lexical", "dense"}
    assert found["gear box"] == ("dense",)  # shares no word
    assert "lexical" in found["pumps of steel"]


def test_an_ambiguous_code_lists_every_entry(
    catalog: Catalog, embedder: HashEmbedder, retriever: Retriever
) -> None:
    codes = [alarm("12", "Overload", 0, "controller"), alarm("12", "Door open", 1, "servo drive")]
    put(catalog, embedder, small("12 overload", "12 door open", "other", codes=codes))
    found = retriever.retrieve("alarm 12", LOCAL)
    assert found.code_status == "ambiguous"
    assert [hit.component for hit in found.codes] == ["controller", "servo drive"]
    assert [passage.text for passage in found.passages][:2] == ["12 overload", "12 door open"]
    found = retriever.retrieve("servo drive alarm 12", LOCAL)
    assert (found.code_status, [hit.meaning for hit in found.codes]) == ("known", ["Door open"])


def test_a_code_of_two_devices_is_ambiguous_until_one_is_named(
    catalog: Catalog, embedder: HashEmbedder, retriever: Retriever
) -> None:
    put(
        catalog, embedder, small("a", title="Press", models=("HP-40",), codes=[alarm("E-1", "Hot")])
    )
    put(
        catalog,
        embedder,
        small("b", title="Lathe", models=("LT-25",), codes=[alarm("E-1", "Cold")]),
    )
    assert retriever.retrieve("alarm E-1", LOCAL).code_status == "ambiguous"
    found = retriever.retrieve("LT-25 alarm E-1", LOCAL)
    assert (found.code_status, [hit.meaning for hit in found.codes]) == ("known", ["Cold"])


def test_two_tables_that_say_the_same_are_not_ambiguous(
    catalog: Catalog, embedder: HashEmbedder, retriever: Retriever
) -> None:
    codes = [alarm("E-1", "Oil temperature high"), alarm("E-1", "oil temperature high", 1)]
    put(catalog, embedder, small("a", "b", codes=codes))
    assert retriever.retrieve("alarm E-1", LOCAL).code_status == "known"


def test_several_codes_are_looked_up_and_the_unknown_ones_named(
    catalog: Catalog, embedder: HashEmbedder, retriever: Retriever
) -> None:
    codes = [alarm("E-1", "Hot"), alarm("E-2", "Cold", 1)]
    put(catalog, embedder, small("E-1 hot", "E-2 cold", codes=codes))
    found = retriever.retrieve("E-1, E-2 and E-9 since the break", LOCAL)
    assert (found.code_status, found.unknown_codes) == ("known", ("E-9",))
    assert [hit.code for hit in found.codes] == ["E-1", "E-2"]


def test_a_code_that_only_running_text_names_is_not_unknown(
    catalog: Catalog, embedder: HashEmbedder, retriever: Retriever
) -> None:
    codes = [alarm("E-1", "Hot")]
    put(catalog, embedder, small("E-1 hot", "After E-77 wait 5 min.", codes=codes))
    found = retriever.retrieve("alarm E-77", LOCAL)
    assert (found.code_status, found.unknown_codes) == ("none", ())
    assert found.passages[0].text == "After E-77 wait 5 min."
    assert retriever.retrieve("alarm E-7", LOCAL).code_status == "unknown"


def test_a_plain_number_in_running_text_explains_no_code(
    catalog: Catalog, embedder: HashEmbedder, retriever: Retriever
) -> None:
    put(catalog, embedder, small("316 hot", "The belt has 410 teeth.", codes=[alarm("316", "Hot")]))
    found = retriever.retrieve("alarm 410", LOCAL)
    assert (found.code_status, found.unknown_codes) == ("unknown", ("410",))


# Assets in the question


def test_a_tag_in_the_question_filters_whatever_its_spelling(
    catalog: Catalog, embedder: HashEmbedder, retriever: Retriever, assets: AssetRegister
) -> None:
    assets.put([Asset("PR-01", model="HP-40"), Asset("LT-01", model="LT-25")])
    put(catalog, embedder, small("oil of the press", title="P", models=("HP-40",)))
    put(catalog, embedder, small("oil of the lathe", title="L", models=("LT-25",)))
    for question in ("PR-01 oil", "oil pr01", "oil at pr 01?", "ＰＲ－０１ oil", "PR-01漏油 oil"):
        found = retriever.retrieve(question, LOCAL)
        assert found.asset is not None, question
        assert found.asset.tag == "PR-01"
        assert [passage.text for passage in found.passages] == ["oil of the press"], question
    for question in ("oil PR-011", "XPR-01 oil", "PR-01 or LT-01 oil", "oil"):
        found = retriever.retrieve(question, LOCAL)
        assert (found.asset, found.searched) == (None, 2), question


def test_a_tag_is_no_code_however_often_it_is_said(
    catalog: Catalog, embedder: HashEmbedder, retriever: Retriever, assets: AssetRegister
) -> None:
    assets.put([Asset("PR-01", model="HP-40")])
    put(catalog, embedder, small("PR-7 door", models=("HP-40",), codes=[alarm("PR-7", "Door")]))
    found = retriever.retrieve("PR-01 stopped again. Alarm on PR-01", LOCAL)
    assert (found.code_status, found.unknown_codes) == ("none", ())
    found = retriever.retrieve("PR-01 stopped again. Alarm PR-7 on PR-01", LOCAL)
    assert [hit.code for hit in found.codes] == ["PR-7"]


def test_the_longest_tag_is_meant(
    catalog: Catalog, embedder: HashEmbedder, retriever: Retriever, assets: AssetRegister
) -> None:
    assets.put([Asset("PR-01", model="HP-40"), Asset("PR-01-M1", model="EM-15")])
    put(catalog, embedder, small("motor hot", title="Motor", models=("EM-15",)))
    put(catalog, embedder, small("press hot", title="Press", models=("HP-40",)))
    assert texts(retriever, "PR-01-M1 is hot") == ["motor hot"]
    assert texts(retriever, "PR-01 is hot") == ["press hot"]


def test_the_manual_is_searched_beside_the_tickets_of_a_named_asset(plant: Plant) -> None:
    found = plant.retriever.retrieve("E-217 on PR-02", LOCAL)
    assert found.code_status == "known"
    assert found.passages[0].document_number == "HP40-MM-EN"
    assert found.searched == 2


def test_a_chosen_asset_wins_over_a_named_one(plant: Plant) -> None:
    found = plant.retriever.retrieve("PR-01 oil", LOCAL, where=PassageFilter(asset="lt01"))
    assert found.asset is not None
    assert found.asset.tag == "LT-01"
    assert {p.document_number for p in found.passages} <= {"LT25-SM-EN", ""}


def test_the_machine_of_a_conversation_is_left_when_another_is_named(plant: Plant) -> None:
    asks = plant.retriever.names_another_machine
    assert asks("belt of the LT-25", LOCAL, "PR-01")
    assert not asks("belt of the HP-40", LOCAL, "PR-01")
    assert not asks("and the belt?", LOCAL, "PR-01")


# The plant


@pytest.mark.parametrize(
    ("question", "code", "tag"),
    [
        ("PR-02 报警代码 E-217 是什么意思", "E-217", "PR-02"),
        ("PR-03停机，显示E-217，怎么处理", "E-217", "PR-03"),
        ("LT-01 主轴驱动报警316", "316", "LT-01"),
        ("ＫＰ－０３ 故障代码 0x1C", "0x1C", "KP-03"),
    ],
)
def test_a_question_in_chinese_finds_the_code_of_an_english_manual(
    plant: Plant, question: str, code: str, tag: str
) -> None:
    found = plant.retriever.retrieve(question, LOCAL)
    assert (found.code_status, [hit.code for hit in found.codes]) == ("known", [code])
    assert found.asset is not None
    assert found.asset.tag == tag
    assert found.passages[0].paths[0] == "code"


def test_a_question_in_chinese_finds_a_chinese_text_by_its_words(
    catalog: Catalog, embedder: HashEmbedder, retriever: Retriever
) -> None:
    put(catalog, embedder, small("液压泵噪声大：检查吸油滤芯", "主轴皮带打滑：张紧皮带", "油箱"))
    found = retriever.retrieve("主轴皮带打滑怎么办", LOCAL)
    assert found.passages[0].text == "主轴皮带打滑：张紧皮带"
    assert found.passages[0].paths == ("lexical",)


def test_a_known_code_of_another_device_is_unknown_for_this_asset(plant: Plant) -> None:
    found = plant.retriever.retrieve("LT-01 shows E-217", LOCAL)
    assert (found.code_status, found.unknown_codes) == ("unknown", ("E-217",))


@pytest.mark.parametrize(
    "question", ["E-217 on LT-01 what does it mean", "LT-01 stopped with e217 again"]
)
def test_a_code_that_only_other_machines_have_is_unknown_without_a_word_for_alarm(
    plant: Plant, question: str
) -> None:
    found = plant.retriever.retrieve(question, LOCAL)
    assert found.asset is not None
    assert found.asset.tag == "LT-01"
    assert found.code_status == "unknown"
    assert [fold(code) for code in found.unknown_codes] == ["e217"]


@pytest.mark.parametrize("question", ["PR-01 A-99", "A-99?", "what is QX1234 on PR-01"])
def test_what_is_asked_alone_and_stands_nowhere_is_an_unknown_code(
    plant: Plant, question: str
) -> None:
    assert plant.retriever.retrieve(question, LOCAL).code_status == "unknown"


@pytest.mark.parametrize(
    "question", ["HP40-2217-03", "order number HP40-2217-03", "what is hp40-2217-03 for?"]
)
def test_a_part_number_that_begins_like_a_model_is_looked_up(plant: Plant, question: str) -> None:
    found = plant.retriever.retrieve(question, LOCAL)
    assert found.code_status == "known"
    assert {hit.code for hit in found.codes} == {"HP40-2217-03"}


def test_a_tag_of_a_sensor_is_no_code_of_another_machine(plant: Plant) -> None:
    assert plant.retriever.retrieve("B90 plug wet on PR-02", LOCAL).code_status == "none"


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("E-237", "E-217"),
        ("E-271", "E-217"),
        ("E-21", "E-217"),
        ("E-2177", "E-217"),
        ("e 3O1", "E-301"),
    ],
)
def test_the_nearest_codes_are_one_slip_away(
    catalog: Catalog, embedder: HashEmbedder, retriever: Retriever, asked: str, near: str
) -> None:
    codes = [alarm(code, "x") for code in ("E-123", "E-217", "E-301", "E-999")]
    put(catalog, embedder, small("a", codes=codes))
    assert retriever.nearest_codes(asked, LOCAL, None)[0] == near


def test_where_no_code_is_near_none_is_named(plant: Plant) -> None:
    assert plant.retriever.nearest_codes("zzzz", LOCAL, "PR-02") == []
    assert set(plant.retriever.nearest_codes("E-237", LOCAL, "PR-02")) <= set(
        plant.retriever.code_table.codes(plant.retriever.retrieve("PR-02", LOCAL).scope)
    )
    assert len(plant.retriever.nearest_codes("E-237", LOCAL, "PR-02")) == 3


@pytest.mark.parametrize("k", [0, 1, 5, 40])
def test_no_more_than_k_passages_come_back(plant: Plant, k: int) -> None:
    found = plant.retriever.retrieve("oil temperature of the press", LOCAL, k)
    assert len(found.passages) == k
    assert len({passage.chunk_id for passage in found.passages}) == k
    assert [passage.rank for passage in found.passages] == list(range(1, k + 1))


def test_even_an_ambiguous_code_shows_no_more_than_k_passages(
    catalog: Catalog, embedder: HashEmbedder, retriever: Retriever
) -> None:
    codes = [alarm("12", f"Meaning {i}", i, f"part {i}") for i in range(5)]
    put(catalog, embedder, small(*(f"12 {i}" for i in range(5)), codes=codes))
    found = retriever.retrieve("alarm 12", LOCAL, k=2)
    assert (len(found.passages), len(found.codes)) == (2, 5)


@pytest.mark.parametrize(
    "question", ["HP-40", "PR-01", "???", "，。", "", "the of a", "E-217" * 300]
)
def test_odd_questions_are_answered_without_an_error(plant: Plant, question: str) -> None:
    found = plant.retriever.retrieve(question, LOCAL, k=3)
    assert len(found.passages) <= 3


# Ranking


def row(header: tuple[str, ...], *cells: str) -> Sentence:
    return Sentence(" | ".join(cells), "row", 1, header=header, cells=cells)


def test_the_form_that_fits_the_question_is_lifted(
    catalog: Catalog, embedder: HashEmbedder, retriever: Retriever
) -> None:
    sentences = (
        row(("Symptom", "Cause"), "belt slips", "tension low"),
        row(("Part no.", "Name"), "LT-1", "belt"),
        Sentence("Change the belt.", "step", 1, number="1."),
        row(("Setting", "Value"), "belt tension", "58 Hz"),
    )
    chunks = [Chunk(i, 0, (), (sentence,)) for i, sentence in enumerate(sentences)]
    put(catalog, embedder, replace(small("belt"), chunks=chunks))
    first = {
        question: texts(retriever, question)[0].splitlines()[-1]
        for question in ("belt noisy", "part number of the belt", "how do I change the belt")
    }
    assert first == {
        "belt noisy": "belt slips | tension low",
        "part number of the belt": "LT-1 | belt",
        "how do I change the belt": "1. Change the belt.",
    }
    assert texts(retriever, "what is the belt tension value in hertz")[0].endswith("58 Hz")


def test_a_deleted_chunk_is_not_returned_and_a_new_one_is_found_at_once(
    catalog: Catalog, embedder: HashEmbedder, retriever: Retriever
) -> None:
    put(catalog, embedder, small("old oil", number="M-1", revision="A"))
    assert texts(retriever, "oil") == ["old oil"]
    put(catalog, embedder, small("new oil", number="M-1", revision="B"))
    assert texts(retriever, "oil") == ["new oil"]


def test_a_rare_word_weighs_more_than_a_common_one(plant: Plant) -> None:
    rarity = plant.retriever.rarity(LOCAL)
    assert rarity("accumul") > rarity("oil") > 0
    assert rarity("zzzz") == 0


# Extra words


def test_words_that_a_question_also_stands_for_are_searched_but_are_no_codes(
    catalog: Catalog, embedder: HashEmbedder
) -> None:
    codes = [alarm("E-217", "Oil hot", 1)]
    put(catalog, embedder, small("hydraulic cylinder leaks", "E-217 oil hot", "gear", codes=codes))
    words = {"jack": ["hydraulic", "cylinder", "E-217"]}

    def expand(question: str) -> list[str]:
        return [extra for word in question.split() for extra in words.get(word, [])]

    caches = Caches(catalog, embedder, None)
    plain = Retriever(catalog, embedder, caches).retrieve("jack seeps", LOCAL, 3)
    assert all("lexical" not in passage.paths for passage in plain.passages)
    found = Retriever(catalog, embedder, caches, expand=expand).retrieve("jack seeps", LOCAL, 3)
    assert found.passages[0].text == "hydraulic cylinder leaks"
    assert "lexical" in found.passages[0].paths
    assert (found.code_status, found.codes) == ("none", ())


# Languages


def test_of_two_languages_of_one_manual_the_one_of_the_question_explains_a_code(
    catalog: Catalog, embedder: HashEmbedder, retriever: Retriever
) -> None:
    for meaning, title in (("Oil too hot", "Press"), ("油温过高", "压机")):
        entry = CodeEntry("E-1", "alarm", "HP-40", "", meaning, (), ())
        put(catalog, embedder, small(f"E-1 {meaning}", title=title, codes=[entry]))
    for question, meaning in (("alarm E-1", "Oil too hot"), ("E-1 是什么意思", "油温过高")):
        found = retriever.retrieve(question, LOCAL)
        assert (found.code_status, [hit.meaning for hit in found.codes]) == ("known", [meaning])
    found = retriever.retrieve("E-1", LOCAL)  # in no language
    assert (found.code_status, len(found.codes)) == ("known", 2)


def test_a_code_that_is_a_word_is_one_of_its_component_only(
    catalog: Catalog, embedder: HashEmbedder, retriever: Retriever
) -> None:
    codes = [
        alarm("failed", "No answer", 0, "gripper"),
        alarm("73", "Not ready", 1, "force sensor"),
    ]
    put(catalog, embedder, small("failed: no answer", "73: not ready", codes=codes))
    for question, status in (
        ("gripper code failed", "known"),
        ("gripper failed", "known"),
        ("the gripper failed to open", "none"),
        ("force sensor failed", "none"),
    ):
        assert retriever.retrieve(question, LOCAL).code_status == status, question
