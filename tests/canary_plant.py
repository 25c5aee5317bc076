"""A plant of two sites and two groups in which everything holds words that stand nowhere else.

Whatever a principal is shown is searched for the words of what they may not see. A word that the
question itself holds is no leak: an answer may repeat it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistant.question import Ask
from index.access import LOCAL, Principal
from index.assets import Asset
from index.catalog import EVERY_STATUS
from index.corpus import PassageFilter
from index.dictionary import mine
from index.errors import AssetUnknown, KnowledgeError
from index.langchain_retriever import PassageRetriever
from index.listing import TicketFilter, list_revisions, list_tickets
from index.page_chunks import PageChunks
from index.ticket_assets import unresolved
from ingest.tagging import Stated
from ingest.ticket_plan import Options
from tests.ui_services import services_of
from ui.wiring import Services

SITES = ("North", "South")
GROUPS = ("electric", "hydraulic")
REACHES: tuple[tuple[str | None, tuple[str, ...]], ...] = (
    (None, ()),
    *((site, ()) for site in SITES),
    *((site, (group,)) for site in SITES for group in GROUPS),
)
PRINCIPALS = (
    *(
        Principal(f"{site}-{group}", "supervisor", frozenset({site}), frozenset({group}))
        for site in SITES
        for group in GROUPS
    ),
    Principal("north", "planner", frozenset({"North"})),
    Principal("electric", "supervisor", None, frozenset({"electric"})),
    Principal("nobody", "technician", frozenset(), frozenset()),
)
_PLAIN = (
    *("pump leaks", "flow low", "valve worn", "what first", "pressure", "how to replace"),
    *("alarm", "code", "torque of the bolts in Nm", "machine hums", "similar tickets", "oil"),
)
_LETTERS = "bdfgklmnprstvz"


@dataclass
class Secret:
    """Words of one thing, with who sees it."""

    site: str | None
    groups: tuple[str, ...]
    words: list[str] = field(default_factory=list)


class CanaryPlant:
    """The plant in a home of its own, and what must not be told to whom."""

    def __init__(self, folder: Path, seed: int = 1) -> None:
        self._chance = random.Random(seed)
        self.services: Services = services_of(folder / "home")
        self.secrets: list[Secret] = []
        self.tags: list[str] = []
        self.codes: list[str] = []
        self.hashes: list[str] = []
        self._fill(folder)
        opened = self.services.catalog.documents(LOCAL, EVERY_STATUS)
        self.revisions = {each.revision_id: each for each in opened}

    def close(self) -> None:
        """Close the databases."""
        self.services.catalog.engine.dispose()
        self.services.records.engine.dispose()

    def _word(self, secret: Secret) -> str:
        """A new word that is like no other."""
        word = "q" + "".join(
            self._chance.choice(_LETTERS) + self._chance.choice("aeou") for _ in range(4)
        )
        secret.words.append(word)
        return word

    def _secret(self, site: str | None, groups: tuple[str, ...] = ()) -> Secret:
        self.secrets.append(Secret(site, groups))
        return self.secrets[-1]

    def _code(self, secret: Secret) -> str:
        code = f"QX-{self._chance.randrange(1000, 9999)}"
        if code in self.codes:
            return self._code(secret)
        self.codes.append(code)
        secret.words.append(code)
        return code

    def _fill(self, folder: Path) -> None:
        for site in (None, *SITES):
            secret = self._secret(site)
            tag = f"{self._word(secret)}-01".upper()
            name, model = (self._word(secret) for _ in range(2))
            self.tags.append(tag)
            self.services.assets.put(
                [Asset(tag, f"{name} press", f"{model}-40", "4117", location=name, site=site)]
            )
        for number, (site, groups) in enumerate(REACHES):
            self._document(folder / f"m{number}", site, groups)
            self._tickets(folder / f"t{number}.csv", site, groups)
        for tag in self.tags:
            site = next(a.site for a in self.services.assets.list(LOCAL) if a.tag == tag)
            alias = self._word(self._secret(site))
            self.services.aliases.confirm(LOCAL, [(alias, tag)])
        self.services.dictionary.note(LOCAL, mine(self.services.catalog, LOCAL))

    def _document(self, folder: Path, site: str | None, groups: tuple[str, ...]) -> None:
        """A manual with the same printed number at every site."""
        secret = self._secret(site, groups)
        w = [self._word(secret) for _ in range(14)]
        folder.mkdir()
        path = folder / f"{w[0]}.md"
        path.write_text(
            f"# {w[1]} pump manual\n\nDocument no. X-100\n\nRevision A\n\nType: {w[2]}-7\n\n"
            f"## Faults of the {w[3]}\n\n| Code | Component | Meaning | Cause | Remedy |\n"
            "|---|---|---|---|---|\n"
            f"| {self._code(secret)} | {w[4]} | {w[5]} flow low | {w[6]} valve worn "
            f"| replace {w[7]} |\n| {self._code(secret)} | {w[4]} | pump leaks {w[8]} | loose "
            f"bolts | tighten to 45 Nm |\n\n## Replace the {w[9]}\n\nWARNING\n{w[10]} pressure.\n\n"
            f"1. Close the {w[11]} valve.\n2. Tighten the {w[12]} bolts to 45 Nm.\n\n"
            f"The {w[13]} cylinder pump unit (VCPU) needs oil.\n",
            encoding="utf-8",
        )
        stated = Stated(site=site, groups=groups)
        reports = list(self.services.worker.ingest(LOCAL, [path], stated, lambda *_: None))
        assert [report.outcome for report in reports] == ["added"], reports
        self.hashes.append(next(iter(self.services.intake.items(LOCAL, "done")[-1:])).content_hash)

    def _tickets(self, path: Path, site: str | None, groups: tuple[str, ...]) -> None:
        secret = self._secret(site, groups)
        w = [self._word(secret) for _ in range(8)]
        own = {tag for tag in self.tags for a in self.services.assets.list(LOCAL) if a.tag == tag}
        tag = next(
            a.tag for a in self.services.assets.list(LOCAL) if a.tag in own and a.site == site
        )
        rows = [
            f"{w[0]}-1,{tag},{w[1]} pump leaks,{w[2]} seal,{w[3]} fitted",
            f"{w[0]}-2,{w[4]} corner,flow low {w[5]},hyd {w[6]},hydraulic oil filled",
            f"{w[0]}-3,{w[4]} corner,hyd {w[7]} cylinder,hydraulic,hyd pump",
        ]
        path.write_text("ticket_id,asset,title,cause,action\n" + "\n".join(rows) + "\n")
        options = Options(site=site or "", groups=groups)
        self.services.ticket_importer.import_file(path, "cmms", lambda *_: None, options)

    def hidden_from(self, principal: Principal) -> list[str]:
        """The words that a principal must never be shown, in lower case."""
        return [
            word.casefold()
            for secret in self.secrets
            if not principal.sees(secret.site, secret.groups)
            for word in secret.words
        ]

    def seen_by(self, principal: Principal) -> list[str]:
        """The words of what a principal sees."""
        return [
            word
            for secret in self.secrets
            if principal.sees(secret.site, secret.groups)
            for word in secret.words
        ]

    def questions(self, seed: int) -> Iterator[str]:
        """Questions without end: canaries, beginnings of them, codes, tags, usual words."""
        chance = random.Random(seed)
        words = [word for secret in self.secrets for word in secret.words]
        while True:
            parts: list[str] = []
            for _ in range(chance.choice((1, 1, 2, 3))):
                word = chance.choice(words)
                parts.append(
                    chance.choice(
                        (
                            word,
                            word[: chance.randrange(3, 7)],
                            f"alarm {chance.choice(self.codes)}",
                            f"QX-{chance.randrange(1000, 9999)}",
                            chance.choice(self.tags),
                            chance.choice(_PLAIN),
                            f"{chance.choice(_PLAIN)} {word}",
                        )
                    )
                )
            yield " ".join(parts)

    def leaks(self, principal: Principal, shown: object, question: str = "") -> list[str]:
        """The hidden words that something shown holds, those of the question left out."""
        text = repr(shown).casefold()
        asked = question.casefold()
        return [w for w in self.hidden_from(principal) if w in text and w not in asked]

    def ask(self, principal: Principal, question: str, chance: random.Random) -> list[object]:
        """What a principal is shown for a question, in every way in which it can be asked."""
        retriever = self.services.retriever
        shown: list[object] = [retriever.retrieve(question, principal, 20)]
        shown.append(self.services.assistant.ask(Ask(question, use_model=False), principal))
        for code in re.findall(r"QX-\d+", question):
            shown.append(retriever.nearest_codes(code, principal, None))
        shown.append(retriever.named_assets(question, principal))
        tag = chance.choice(self.tags)
        try:
            retriever.names_another_machine(question, principal, tag)
            shown.append(retriever.retrieve_elsewhere(question, principal, tag, 20))
            shown.append(retriever.retrieve(question, principal, 20, PassageFilter(asset=tag)))
            shown.append(self.services.assistant.ask(Ask(question, tag, False), principal))
        except AssetUnknown as error:
            shown.append(str(error).casefold().replace(tag.casefold(), ""))
        return shown

    def rarities(self, principal: Principal, words: Sequence[str]) -> list[float]:
        """How rare words are in what a principal sees; 0 for what stands nowhere there."""
        rarity = self.services.retriever.rarity(principal)
        return [rarity(word.casefold()) for word in words]

    def lists(self, principal: Principal) -> list[object]:
        """Everything that is listed, counted or suggested to a principal without a question."""
        services, catalog = self.services, self.services.catalog
        shown: list[object] = [
            catalog.documents(principal, EVERY_STATUS),
            catalog.languages(principal, PassageFilter()),
            services.assets.list(principal),
            services.aliases.all(principal),
            services.dictionary.terms(principal),
            services.intake.items(principal),
            services.intake.finished_since(principal, ""),
            services.recalls.citing(principal, self.hashes),
            services.work_orders.list(principal),
            unresolved(catalog, principal),
            mine(catalog, principal),
            list_tickets(catalog, principal, TicketFilter()),
            list_revisions(catalog, principal, PassageFilter(), EVERY_STATUS),
        ]
        for secret in self.secrets:
            shown.append(services.assets.matcher(principal).candidates(secret.words[0][:5]))
            shown.append(_said(lambda w=secret.words[0]: services.assets.get(principal, w[:6])))
        pages = PageChunks(catalog.engine)
        for revision_id in self.revisions:
            shown.append(catalog.revision(principal, revision_id))
            shown.append(catalog.content_hash(principal, revision_id))
            shown.append(catalog.status(principal, revision_id))
            shown.append(pages.of_part(principal, revision_id, 1))
            shown.append(pages.page_size(principal, revision_id, 1))
            shown.append(pages.count_parts(principal, revision_id) or None)
            shown.append(_said(lambda i=revision_id: services.curator.revision(principal, i)))
        shown += [catalog.visible_content(principal, each) for each in self.hashes]
        chain = PassageRetriever(retriever=services.retriever, principal=principal, k=50)
        shown.append(chain.invoke("pump leaks flow low"))
        return shown


def _said(look: object) -> object:
    try:
        return look()  # type: ignore[operator]
    except KnowledgeError as error:
        return str(error)
