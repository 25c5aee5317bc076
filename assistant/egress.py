"""Which text may leave this machine for a remote language model, and in what form.

Every prompt is made by :meth:`Clearance.render`. For a model on this machine, or on a host that
the administrator calls ``inside``, it changes nothing. For any other host, what a site does not let
go is left out, stand-ins take the place of people, and the audit log tells that text is sent. If
that cannot be written, nothing is sent.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from assistant.audit import AuditLog
from assistant.errors import ModelUnavailable
from assistant.messages import Sent
from assistant.pseudonyms import Ledger, Pseudonyms
from index.access import LOCAL, Principal
from prompts.template import PromptTemplate, Role

_HERE = frozenset({"localhost", "ip6-localhost"})


class SiteRule(BaseModel):
    """What may leave of one site; what is not said is as for all sites."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: bool | None = None
    manuals: bool | None = None
    tickets: bool | None = None


class EgressSettings(BaseModel):
    """What may leave for a remote language model. Without one, nothing ever does.

    Where an administrator names a server elsewhere, questions, manuals and tickets go there unless
    it is said otherwise here, people replaced by stand-ins. A site can only forbid, never allow.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: bool = True
    manuals: bool = True
    tickets: bool = True
    pseudonyms: bool = True
    inside: tuple[str, ...] = Field(default=(), description="hosts that are the plant's own")
    remote: tuple[str, ...] = Field(default=(), description="hosts that are remote although near")
    traces: tuple[str, ...] = Field(default=(), description="remote hosts that may get traces")
    sites: Mapping[str, SiteRule] = Field(default_factory=dict)

    @field_validator("inside", "remote", "traces")
    @classmethod
    def _fold_hosts(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(host.strip().strip("[]").rstrip(".").casefold() for host in hosts)


@dataclass(frozen=True, slots=True)
class Piece:
    """What is to be known of a passage before it may leave."""

    kind: str
    site: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """What may leave."""

    question: bool
    manuals: bool
    tickets: bool

    def allows(self, piece: Piece) -> bool:
        """Whether a passage of its kind may leave."""
        return self.tickets if piece.kind == "history" else self.manuals


def host_of(base_url: str) -> str:
    """The host of an address, in small letters, without a port; empty for no address."""
    return (urlsplit(base_url.strip()).hostname or "").rstrip(".").casefold()


def is_remote(base_url: str, settings: EgressSettings) -> bool:
    """Whether what is sent to an address leaves this machine and what the plant calls its own.

    An address without a host that can be told is remote.
    """
    host = host_of(base_url)
    if host in settings.remote:
        return True
    if host in settings.inside or host in _HERE:
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True


class Egress:
    """Decides what may leave; one for all requests."""

    def __init__(
        self,
        settings: EgressSettings | None = None,
        endpoint: str = "",
        *,
        pseudonyms: Pseudonyms | None = None,
        audit: AuditLog | None = None,
    ) -> None:
        """Decide for one endpoint.

        Args:
            settings: what may leave.
            endpoint: address of the language model's server; empty where it runs in this process.
            pseudonyms: needed for a remote endpoint, unless the settings turn them off.
            audit: needed for a remote endpoint.

        Raises:
            ModelUnavailable: something is missing that a remote endpoint needs.
        """
        self._settings = settings or EgressSettings()
        is_away = bool(endpoint) and is_remote(endpoint, self._settings)
        self.host = (host_of(endpoint) or endpoint) if is_away else ""
        """Where text is sent; empty while it stays here."""
        self._pseudonyms = pseudonyms if self._settings.pseudonyms else None
        self._audit = audit
        if self.host and (audit is None or (self._settings.pseudonyms and pseudonyms is None)):
            raise ModelUnavailable(
                f"Text must not go to {self.host} without an audit log and stand-ins for people."
            )
        self._sites = {_fold(site): rule for site, rule in self._settings.sites.items()}

    def unknown_sites(self, known: Iterable[str]) -> list[str]:
        """The sites that have a rule and that nothing belongs to: misspelled, most likely."""
        folded = {_fold(site) for site in known}
        return sorted(site for site in self._settings.sites if _fold(site) not in folded)

    def clear(self, principal: Principal, site: str | None = None) -> Clearance:
        """What may leave for one question.

        Args:
            principal: who asks. Without a machine, the strictest rule of all their sites holds.
            site: that of the machine that the question is about, if it is about one.
        """
        if site is not None:
            rules = [self._rule(site)]
        else:
            sites = self._sites if principal.sites is None else principal.sites
            rules = [self._rule(None), *(self._rule(each) for each in sites)]
        return Clearance(
            self.host,
            _strictest(rules),
            principal,
            rule_of=self._rule,
            ledger=self._pseudonyms.ledger() if self.host and self._pseudonyms else None,
            audit=self._audit,
        )

    def _rule(self, site: str | None) -> Rule:
        all_sites = self._settings
        own = self._sites.get(_fold(site)) if site is not None else None
        own = own or SiteRule()
        return Rule(
            question=all_sites.question and own.question is not False,
            manuals=all_sites.manuals and own.manuals is not False,
            tickets=all_sites.tickets and own.tickets is not False,
        )


class Clearance:
    """What may leave for one question, and what did."""

    def __init__(
        self,
        host: str,
        rule: Rule,
        principal: Principal,
        *,
        rule_of: Callable[[str | None], Rule] | None = None,
        ledger: Ledger | None = None,
        audit: AuditLog | None = None,
    ) -> None:
        """See :meth:`Egress.clear`."""
        self.host = host
        self._rule = rule
        self._principal = principal
        self._rule_of = rule_of
        self._ledger = ledger
        self._audit = audit
        self._is_sent = False
        self._passages = 0
        self._withheld = 0

    @property
    def refusal(self) -> str:
        """Why the model must not be asked; empty where it may be."""
        if self.host and not self._rule.question:
            return (
                f"this site does not let questions leave for {self.host}, so no language model was "
                "asked"
            )
        return ""

    def kept(self, pieces: Sequence[Piece]) -> list[int]:
        """Which passages may leave, by position; the others are counted as withheld."""
        if not self.host:
            allowed = list(range(len(pieces)))
        else:
            allowed = [at for at, piece in enumerate(pieces) if self._may_leave(piece)]
        self._passages, self._withheld = len(allowed), len(pieces) - len(allowed)
        return allowed

    def may_leave(self, piece: Piece) -> bool:
        """Whether a passage may go to where the model is; nothing is counted."""
        return not self.host or self._may_leave(piece)

    def _may_leave(self, piece: Piece) -> bool:
        of_site = self._rule_of(piece.site) if self._rule_of is not None else self._rule
        return self._rule.allows(piece) and of_site.allows(piece)

    def render(
        self, template: PromptTemplate, values: Mapping[str, str], *, passages: int = 0
    ) -> list[tuple[Role, str]]:
        """Return a prompt as it may be sent. Whoever calls this sends it.

        Args:
            template: the prompt.
            values: its variables; passages among them are those that :meth:`kept` let through.
            passages: how many passages the values hold.

        Raises:
            ModelUnavailable: the question may not leave.
            AuditFailed: that text is sent cannot be logged, so it must not be.
        """
        if not self.host:
            return template.render(values)
        if self.refusal:
            raise ModelUnavailable(self.refusal)
        values = {name: self.hide(value) for name, value in values.items()}
        messages = template.render(values)
        assert self._audit is not None  # Egress has none without
        self._audit.note(
            self._principal,
            "egress",
            self.host,
            prompt=template.name,
            passages=passages,
            withheld=self._withheld,
            pseudonyms=self._ledger is not None,
            characters=sum(len(text) for _, text in messages),
            question=values.get("question", ""),
        )
        self._is_sent = True
        return messages

    def hide(self, text: str) -> str:
        """The text with stand-ins in the place of people; call it before a text is cut short."""
        return self._ledger.hide(text) if self._ledger is not None else text

    def restore(self, text: str) -> str:
        """What a model wrote, with people in the place of their stand-ins."""
        return self._ledger.restore(text) if self._ledger is not None else text

    def account(self) -> Sent:
        """Where the text of the question went."""
        return Sent(
            host=self.host if self._is_sent else "",
            passages=self._passages,
            withheld=self._withheld,
            withheld_from=self.host if self._withheld or self.refusal else "",
        )


def here() -> Clearance:
    """A clearance for a model that runs on this machine."""
    return Clearance("", Rule(question=True, manuals=True, tickets=True), LOCAL)


def _strictest(rules: Sequence[Rule]) -> Rule:
    return Rule(
        question=all(rule.question for rule in rules),
        manuals=all(rule.manuals for rule in rules),
        tickets=all(rule.tickets for rule in rules),
    )


def _fold(site: str) -> str:
    return " ".join(site.split()).casefold()
