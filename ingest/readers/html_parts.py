"""What the elements of a web page are for (pure)."""

from __future__ import annotations

import re

from lxml import etree

from ingest.readers.html_admonitions import classes_of, is_title

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main menu nav ol p pre section "
    "summary table tbody td tfoot th thead tr ul caption html".split()
)
UNREAD = frozenset(
    "script style head title meta link base iframe object embed applet audio video canvas svg math "
    "input select textarea button option datalist map area param source track".split()
)
NEVER_SHOWN = {"template": "template", "noscript": "shown without scripts only"}
_CHROME = ("nav", "header", "footer", "aside")
_CHROME_ROLES = ("navigation", "banner", "contentinfo", "search", "complementary")
_CHROME_CLASSES = frozenset(
    "sphinxsidebar sphinxsidebarwrapper related headerlink breadcrumb breadcrumbs navbar toc "
    "toctree-wrapper wy-nav-side wy-nav-top rst-footer-buttons sidebar-drawer toc-drawer "
    "navheader navfooter skip-link permalink anchorjs-link".split()
)


def has_title(element: etree._Element) -> bool:
    """Whether a message has a title line of its own."""
    return any(is_title(part) for part in element.iterdescendants() if isinstance(part.tag, str))


def is_chrome(element: etree._Element) -> bool:
    """Whether an element belongs to the site and not to the document."""
    if element.get("role") in _CHROME_ROLES:
        return True
    if any(name in _CHROME_CLASSES for name in classes_of(element)):
        return True
    if element.tag not in _CHROME or "footnote" in classes_of(element):
        return False
    inside = {parent.tag for parent in element.iterancestors()}
    return element.tag in ("nav", "aside") or not inside & {"article", "main", "section"}


def span_of(cell: etree._Element, name: str) -> int:
    """Return how many columns or rows a cell states to take."""
    text = (cell.get(name) or "").strip()
    return max(1, int(text)) if re.fullmatch(r"\d{1,5}", text) else 1
