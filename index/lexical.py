"""Lexical search by words and by character 4-grams: the only module that knows Tantivy.

The index on disk is a cache of SQL. It holds the number of the last change that it has seen in a
sentinel document, because a commit carries no payload from Python. Whoever finds it behind and can
take Tantivy's writer lock brings it up to date; who cannot searches a small delta beside it.
"""

from __future__ import annotations

import logging
import re
import shutil
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import tantivy
from tantivy import FieldType, Filter, Occur, Query, Searcher, TextAnalyzerBuilder, Tokenizer

from index.errors import CacheError
from index.lexical_filters import RevisionFilters
from index.steps import step

logger = logging.getLogger(__name__)

Row = tuple[int, int, str]
"""Chunk id, revision id, search text."""

_CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff]+")
_NOT_WORD = re.compile(r"[\W_]+")
_SENTINEL = 0  # chunk ids start at 1
_AT_ONCE = 2_000  # chunks that are looked for together
_MAX_TERMS = 400


@dataclass(frozen=True, slots=True)
class LexicalScores:
    """BM25 scores by chunk id, apart for words and for character 4-grams."""

    words: dict[int, float]
    grams: dict[int, float]


class LexicalIndex:
    """Texts of chunks under their ids."""

    def __init__(self, folder: Path | None, owner: str = "") -> None:
        """Open the index in a folder, or in memory where the folder is None.

        ``owner`` names the database that the index belongs to; an index that is damaged or belongs
        to another database is thrown away.
        """
        self._folder = folder
        self._owner = owner
        self._lock = threading.Lock()
        self._filters = RevisionFilters()
        self._reopen()

    def _reopen(self) -> None:
        try:
            self._open()
        except CacheError:
            assert self._folder is not None  # an index in memory is new
            shutil.rmtree(self._folder, ignore_errors=True)
            self._open()

    def _open(self) -> None:
        path = None
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = str(self._folder)
        try:
            self._index = tantivy.Index(_schema(), path=path)
            self._index.register_tokenizer("words", _WORDS)
            self._index.register_tokenizer("grams", _GRAMS)
            self._searcher = self._index.searcher()
            self.sequence: int
            owner, self.sequence = self._read_sentinel()
        except ValueError as error:
            raise CacheError(f"the lexical index in {path} is damaged: {error}") from error
        if self.sequence and owner != self._owner:
            raise CacheError(f"the lexical index in {path} belongs to another database")

    def _read_sentinel(self) -> tuple[str, int]:
        hits = self._searcher.search(self._chunk_query(_SENTINEL), 1, count=False).hits
        if not hits:
            return "", 0
        document = self._searcher.doc(hits[0][1])
        return str(document.get_first("owner")), int(document.get_first("sequence"))

    def _chunk_query(self, chunk_id: int) -> Query:
        return Query.term_query(self._index.schema, "chunk", chunk_id)

    def __len__(self) -> int:
        return int(self._searcher.num_docs) - (1 if self.sequence else 0)

    def clear(self) -> None:
        """Forget everything, so that the next update builds anew."""
        with self._lock:
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
            self._open()

    def reload(self) -> int:
        """See what another process has written; return the number of the last change in it.

        It is 0 if the files were lost: the index is then new and empty.
        """
        with self._lock:
            try:
                self._refresh()
            except ValueError as error:
                self._recover(error)
            return self.sequence

    def _refresh(self) -> None:
        self._index.reload()
        self._searcher = self._index.searcher()
        _, self.sequence = self._read_sentinel()

    def _recover(self, error: ValueError) -> None:
        """Go on after a failure: with the index as it is if it is busy, else with it opened anew.

        Tantivy tells a lock that another process holds from a lost file by the message only.
        """
        if self._folder is None:
            raise error
        if "LockBusy" not in str(error):
            logger.warning("the lexical index in %s is opened anew: %s", self._folder, error)
            self._reopen()

    def update(self, removed: Iterable[int], added: Iterable[Row], sequence: int) -> bool:
        """Remove and add chunks and remember the change number.

        False, with nothing changed, if another process writes, has written since the last reload,
        or has removed the files. In the last two cases ``sequence`` is another one afterwards, and
        the update that leads on from there can be tried.
        """
        with self._lock:
            try:
                return self._write(removed, added, sequence)
            except ValueError as error:
                self._recover(error)
                return False

    def _write(self, removed: Iterable[int], added: Iterable[Row], sequence: int) -> bool:
        writer = self._index.writer(heap_size=64_000_000, num_threads=1)
        known = self.sequence
        self._refresh()
        if self.sequence != known:  # these changes do not lead on from what is there
            return False
        # What a writer left that was killed may have a name that this one is about to write.
        writer.garbage_collect_files()
        # By query: delete_documents_by_term takes an int as signed and never finds the chunk.
        for chunk_id in (*removed, _SENTINEL):
            writer.delete_documents_by_query(self._chunk_query(chunk_id))
        rows = iter(added)
        while some := list(islice(rows, _AT_ONCE)):
            is_new = not self._count_between(min(some)[0], max(some)[0])
            for chunk_id, revision_id, text in some:
                if not is_new:  # to delete what is not there costs time
                    writer.delete_documents_by_query(self._chunk_query(chunk_id))
                writer.add_document(_document(chunk_id, revision_id, text))
        sentinel = tantivy.Document()
        sentinel.add_unsigned("chunk", _SENTINEL)
        sentinel.add_unsigned("sequence", sequence)
        sentinel.add_text("owner", self._owner)
        writer.add_document(sentinel)
        step("before lexical commit")
        writer.commit()
        step("lexical commit")
        writer.wait_merging_threads()
        self._refresh()
        return True

    def _count_between(self, first: int, last: int) -> int:
        """How many chunks with these ids, both included, are in."""
        query = Query.range_query(
            self._index.schema, "chunk", FieldType.Unsigned, first, last, True, True
        )
        return int(self._searcher.search(query, 1, count=True).count or 0)

    def frequency(self, word: str, revision_ids: list[int] | None = None) -> int:
        """In how many chunks, of these revisions where some are named, a stemmed word stands."""
        # Counted, as doc_freq knows removed chunks until their segment is merged.
        query = Query.term_query(self._index.schema, "words", word, "freq")
        if revision_ids is not None:
            if not revision_ids:
                return 0
            inside = Query.term_set_query(self._index.schema, "revision", revision_ids)
            query = Query.boolean_query([(Occur.Must, query), (Occur.Must, inside)])
        return int(self._searcher.search(query, 1, count=True).count or 0)

    def chunk_ids(self) -> set[int]:
        """The chunks that a search could find."""
        every = self._searcher.search(Query.all_query(), max(1, len(self) + 1), count=False).hits
        ids = {int(self._searcher.doc(at).get_first("chunk")) for _, at in every}
        return ids - {_SENTINEL}

    def count_revisions(self, revision_ids: list[int]) -> int:
        """How many chunks of these revisions a search could find."""
        query = Query.term_set_query(self._index.schema, "revision", revision_ids)
        return int(self._searcher.search(query, 1, count=True).count or 0) if revision_ids else 0

    def search(self, text: str, k: int, revision_ids: list[int]) -> LexicalScores:
        """Return the best k chunks of these revisions by words and by 4-grams."""
        if not revision_ids:
            return LexicalScores({}, {})
        searcher = self._searcher
        inside = self._filters.of(self._index.schema, searcher, revision_ids)
        words = Counter(_WORDS.analyze(words_of(text)))
        grams = Counter(_GRAMS.analyze(grams_of(text)))
        return LexicalScores(
            self._best(searcher, "words", words, k, inside),
            self._best(searcher, "grams", grams, k, inside),
        )

    def _best(
        self, searcher: Searcher, field: str, terms: Counter[str], k: int, inside: Query | None
    ) -> dict[int, float]:
        if not terms:
            return {}
        schema = self._index.schema
        wanted: list[tuple[Occur, Query]] = []
        for term, count in terms.most_common(_MAX_TERMS):
            query = Query.term_query(schema, field, term, "freq")
            boosted = Query.boost_query(query, float(count)) if count > 1 else query
            wanted.append((Occur.Should, boosted))
        query = Query.boolean_query(wanted)
        if inside is not None:
            query = Query.boolean_query([(Occur.Must, query), (Occur.Must, inside)])
        hits = searcher.search(query, k, count=False).hits
        return {
            int(searcher.doc(address).get_first("chunk")): float(score) for score, address in hits
        }


def words_of(text: str) -> str:
    """Prepare a text for the word field: Chinese becomes overlapping pairs of characters."""
    normal = unicodedata.normalize("NFKC", text)
    return _CJK.sub(lambda match: f" {' '.join(_pairs(match[0]))} ", normal)


def grams_of(text: str) -> str:
    """Prepare a text for the 4-gram field: words apart by one space, no Chinese."""
    normal = _CJK.sub(" ", unicodedata.normalize("NFKC", text))
    return f" {_NOT_WORD.sub(' ', normal)} "


def words_in(text: str) -> list[str]:
    """Return the stemmed words of a text, common words left out."""
    return list(_WORDS.analyze(words_of(text)))


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("chunk", stored=True, indexed=True)
    builder.add_unsigned_field("revision", indexed=True)
    builder.add_text_field("words", tokenizer_name="words", index_option="freq")
    builder.add_text_field("grams", tokenizer_name="grams", index_option="freq")
    builder.add_unsigned_field("sequence", stored=True)
    builder.add_text_field("owner", stored=True, tokenizer_name="raw")
    return builder.build()


def _document(chunk_id: int, revision_id: int, text: str) -> tantivy.Document:
    document = tantivy.Document()
    document.add_unsigned("chunk", chunk_id)
    document.add_unsigned("revision", revision_id)
    document.add_text("words", words_of(text))
    document.add_text("grams", grams_of(text))
    return document


_WORDS = (
    TextAnalyzerBuilder(Tokenizer.regex(r"[\p{L}\p{N}]+"))
    .filter(Filter.lowercase())
    .filter(Filter.ascii_fold())
    .filter(Filter.stopword("english"))
    .filter(Filter.stemmer("english"))
    .build()
)
_GRAMS = TextAnalyzerBuilder(Tokenizer.ngram(4, 4, False)).filter(Filter.lowercase()).build()
