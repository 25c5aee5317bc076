"""The retriever in chains of LangChain."""

from __future__ import annotations

import asyncio

import pytest
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompt_values import PromptValue
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda, RunnablePassthrough
from pydantic import ValidationError

from index.access import LOCAL, Principal
from index.caches import Caches
from index.catalog import Catalog
from index.corpus import PassageFilter
from index.langchain_retriever import PassageRetriever
from index.retrieval import Retriever
from tests.conftest import Plant
from tests.hash_embedder import HashEmbedder
from tests.small_documents import put, small

NORTH = Principal("ann", "technician", frozenset({"North"}))


@pytest.fixture
def retriever(catalog: Catalog, embedder: HashEmbedder) -> Retriever:
    put(catalog, embedder, small("pump seal leaks", title="Ours", number="M-1", site="North"))
    put(catalog, embedder, small("pump seal worn", title="Theirs", site="South"))
    return Retriever(catalog, embedder, Caches(catalog, embedder, None))


def test_a_document_says_where_it_stands_and_how_it_was_found(plant: Plant) -> None:
    where = PassageFilter(asset="PR-02")
    first, *_ = PassageRetriever(
        retriever=plant.retriever, principal=LOCAL, where=where, k=3
    ).invoke("E-217")
    passage = plant.retriever.retrieve("E-217", LOCAL, 3, where).passages[0]
    assert first.page_content == passage.text
    assert first.id == str(passage.chunk_id)
    metadata = first.metadata
    assert metadata["document"] == passage.document
    assert metadata["number"] == passage.document_number
    assert metadata["revision"] == passage.revision
    assert metadata["page"] == passage.page
    assert metadata["section"] == list(passage.heading_path)
    assert metadata["paths"][0] == "code"
    assert metadata["chunk_id"] == passage.chunk_id
    assert metadata["asset"] == "PR-02"
    assert metadata["code_status"] == "known"
    assert metadata["boxes"]
    assert {box["page"] for box in metadata["boxes"]} >= {passage.page}


def test_permission_is_fixed_when_the_retriever_is_made(retriever: Retriever) -> None:
    ours = PassageRetriever(retriever=retriever, principal=NORTH)
    assert [d.metadata["document"] for d in ours.invoke("pump seal")] == ["Ours"]
    with pytest.raises(ValidationError):
        ours.principal = LOCAL


@pytest.mark.parametrize("k", [0, -1])
def test_asking_for_no_passage_is_refused(retriever: Retriever, k: int) -> None:
    with pytest.raises(ValidationError):
        PassageRetriever(retriever=retriever, principal=LOCAL, k=k)


def test_asynchronous_search_finds_the_same(retriever: Retriever) -> None:
    ours = PassageRetriever(retriever=retriever, principal=LOCAL, k=2)

    async def ask() -> list[list[str]]:
        found = await asyncio.gather(*(ours.ainvoke(q) for q in ("pump seal", "seal worn")))
        return [[d.page_content for d in documents] for documents in found]

    waited = asyncio.run(ask())
    assert waited == [[d.page_content for d in ours.invoke(q)] for q in ("pump seal", "seal worn")]


def test_it_stands_in_a_chain(retriever: Retriever) -> None:
    passages = PassageRetriever(retriever=retriever, principal=NORTH, k=1)
    prompt = ChatPromptTemplate.from_template("{context}\n\nQuestion: {question}")
    model = GenericFakeChatModel(messages=iter([AIMessage("Replace the seal.")]))
    seen: list[str] = []

    def note(value: PromptValue) -> PromptValue:
        seen.append(value.to_string())
        return value

    chain = (
        {
            "context": passages | (lambda found: found[0].page_content),
            "question": RunnablePassthrough(),
        }
        | prompt
        | RunnableLambda(note)
        | model
        | StrOutputParser()
    )
    assert chain.invoke("Why does the pump leak?") == "Replace the seal."
    assert "pump seal leaks\n\nQuestion: Why does the pump leak?" in seen[0]
