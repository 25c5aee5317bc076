"""The sites and groups that somebody may name for what they add."""

from __future__ import annotations

from collections.abc import Iterable

from index.access import Principal
from index.catalog import StoredDocument
from ui.wiring import Services


def reach_choices(
    services: Services, principal: Principal, documents: Iterable[StoredDocument]
) -> tuple[list[str], list[str]]:
    """The sites and the groups that a user may give: their own, or all that are known."""
    documents = list(documents)
    sites = set(principal.sites or ())
    groups = set(principal.groups or ())
    if principal.sites is None:
        sites = {asset.site for asset in services.assets.list(principal) if asset.site}
        sites |= {document.site for document in documents if document.site}
    if principal.groups is None:
        groups = {group for document in documents for group in document.groups}
    if principal.may("administer"):
        for account in services.accounts.list(principal):
            sites |= set(account.sites or ())
            groups |= set(account.groups or ())
    return sorted(sites), sorted(groups)
