"""Services over the databases of a home folder: knowledge, records, accounts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from assistant import record_tables
from assistant.accounts import Accounts
from assistant.api_tokens import ApiTokens
from assistant.audit import AuditLog
from assistant.conversations import Conversations
from assistant.credentials import Credentials
from assistant.experts.forwarding import Forwarding
from assistant.experts.naming import Experts
from assistant.fault_sessions.checks import Checks
from assistant.fault_sessions.handovers import Handovers
from assistant.fault_sessions.history import History
from assistant.passwords import Passwords
from assistant.recalls import Recalls
from assistant.records import Records
from assistant.sessions import Sessions
from assistant.sign_in import SignIn
from assistant.visible_turns import Sight
from assistant.work_orders import WorkOrders
from index import tables
from index.asset_aliases import AssetAliases
from index.assets import AssetRegister
from index.catalog import Catalog
from index.corrections import Corrections
from index.database import open_engine
from index.decisions import Decisions
from index.dictionary import Dictionary
from index.home import Home
from index.intake import Intake
from ingest.accepting import Desk
from ui.limits import Limits
from ui.settings import Settings


@dataclass
class HomeServices:
    """What the two databases of a home folder hold, opened when it is first needed."""

    home: Home
    settings: Settings

    @property
    def models(self) -> Path:
        """Where fetched models are kept."""
        return self.settings.models.expanduser()

    @cached_property
    def catalog(self) -> Catalog:
        """The knowledge database."""
        return Catalog(open_engine(self.home.knowledge, tables.MIGRATIONS))

    @cached_property
    def assets(self) -> AssetRegister:
        """The asset register."""
        return AssetRegister(self.catalog.engine)

    @cached_property
    def aliases(self) -> AssetAliases:
        """What people call the assets."""
        return AssetAliases(self.records.engine, self.catalog, self.audit)

    @cached_property
    def dictionary(self) -> Dictionary:
        """What the plant's short forms and terms stand for."""
        return Dictionary(self.records.engine, self.audit)

    @cached_property
    def intake(self) -> Intake:
        """The files that were taken in."""
        return Intake(self.records.engine)

    @cached_property
    def recalls(self) -> Recalls:
        """What cites withdrawn or replaced documents."""
        engine = self.records.engine
        return Recalls(engine, self.catalog, Corrections(engine), Decisions(engine))

    @cached_property
    def desk(self) -> Desk:
        """Where files come in."""
        return Desk(self.home, self.intake, self.audit)

    @cached_property
    def audit(self) -> AuditLog:
        """Who did what."""
        log = self.records.audit
        assert log is not None  # the records are opened with one
        return log

    @cached_property
    def limits(self) -> Limits:
        """What one user may ask and upload."""
        return Limits(self.records.engine, self.settings.limits)

    @cached_property
    def records(self) -> Records:
        """Conversations and turns."""
        engine = open_engine(self.home.records, record_tables.MIGRATIONS)
        audit = AuditLog(engine, texts=self.settings.audit.texts)
        return Records(engine, audit, Sight(self.catalog))

    @cached_property
    def checks(self) -> Checks:
        """What was checked in each conversation."""
        return Checks(self.records.engine, self.audit)

    @cached_property
    def history(self) -> History:
        """The past sessions of each user."""
        return History(self.records.engine, self.records)

    @cached_property
    def handovers(self) -> Handovers:
        """Sessions that were handed to the next shift."""
        return Handovers(self.records.engine, self.catalog, self.audit)

    @cached_property
    def conversations(self) -> Conversations:
        """The conversations of each user."""
        return Conversations(self.records.engine)

    @cached_property
    def experts(self) -> Experts:
        """Whom to ask about which machines."""
        return Experts(self.records.engine, self.audit)

    @cached_property
    def forwarding(self) -> Forwarding:
        """Questions that were forwarded to experts."""
        engine, sight = self.records.engine, Sight(self.catalog)
        return Forwarding(engine, self.audit, self.records, self.experts, self.assets, sight)

    @cached_property
    def passwords(self) -> Passwords:
        """How passwords are hashed."""
        return Passwords()

    @cached_property
    def accounts(self) -> Accounts:
        """The accounts of the users."""
        return Accounts(self.records.engine, self.passwords)

    @cached_property
    def sessions(self) -> Sessions:
        """Who is signed in."""
        return Sessions(self.records.engine)

    @cached_property
    def sign_in(self) -> SignIn:
        """Sign-in with a name and a password."""
        credentials = Credentials(self.records.engine, self.passwords)
        return SignIn(credentials, self.sessions, AuditLog(self.records.engine))

    @cached_property
    def api_tokens(self) -> ApiTokens:
        """What programs sign in with."""
        return ApiTokens(self.records.engine)

    @cached_property
    def work_orders(self) -> WorkOrders:
        """Draft work orders."""
        return WorkOrders(self.records.engine, self.audit, self.catalog)
