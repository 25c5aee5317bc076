"""The box by which files are added: a script sends them to our own route, one by one.

The files never pass through Gradio, so that the route checks who sends them, their size and kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from index.access import Principal
from ingest.reading import READERS

ROUTE = "/api/v1/documents"
UPLOADED = """
element.addEventListener("fb-uploaded", () => trigger("click", {}));
"""
"""Script of the list of files that are on their way: the script that sends them says when one is
there, and the queue is shown anew."""
PROGRESS = '<ul id="fb-uploads" class="fb-queue" aria-live="polite"></ul>'
"""The list itself, which only the script fills."""


def upload_html(
    principal: Principal, sites: Sequence[str], groups: Sequence[str], most_mb: int
) -> str:
    """The box: where files are dropped or chosen, and what is said about them.

    Args:
        principal: who adds files.
        sites: that they may name.
        groups: that they may name.
        most_mb: megabytes of one file.
    """
    if not principal.may("ingest"):
        return ""
    if principal.sites is not None and not sites:
        return (
            '<p class="fb-where">You belong to no site, so no file that you add would be yours to '
            "change. Ask an administrator for a site.</p>"
        )
    endings = ",".join(sorted(READERS))
    return (
        f'<div class="fb-drop" data-route="{ROUTE}" data-most="{most_mb * 1_000_000}">'
        '<label class="fb-pick"><input type="file" multiple class="fb-file" '
        f'accept="{escape(endings)}"><b>Add documents</b>'
        f'<span class="fb-where">Drop files here or tap to choose, {most_mb} MB each at most.'
        "</span></label>"
        f"{_sites_html(principal, sites)}{_groups_html(groups)}"
        '<label class="fb-check-line"><input type="checkbox" name="hold"> '
        "Keep new files as drafts until somebody approves them</label></div>"
    )


def _sites_html(principal: Principal, sites: Sequence[str]) -> str:
    if principal.sites is not None and len(sites) == 1:
        site = escape(sites[0])
        return (
            f'<p class="fb-where">For <bdi>{site}</bdi>.'
            f'<input type="hidden" name="site" value="{site}"></p>'
        )
    if not sites:
        return '<p class="fb-where">For every site.</p>'
    first = (
        '<option value="">Every site</option>'
        if principal.sites is None
        else '<option value="" disabled selected>Choose a site</option>'
    )
    must = "" if principal.sites is None else " required"
    rest = "".join(f'<option value="{escape(s)}">{escape(s)}</option>' for s in sites)
    return f'<label class="fb-field">For <select name="site"{must}>{first}{rest}</select></label>'


def _groups_html(groups: Sequence[str]) -> str:
    if not groups:
        return ""
    boxes = "".join(
        f'<label class="fb-check-line"><input type="checkbox" name="group" value="{escape(group)}">'
        f" <bdi>{escape(group)}</bdi></label>"
        for group in groups
    )
    return f'<details class="fb-groups"><summary>For some groups only</summary>{boxes}</details>'
