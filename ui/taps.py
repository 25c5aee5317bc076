"""Lists in HTML whose buttons are tapped: each names an act and the item that it is about."""

from __future__ import annotations

TAPS = """
let pressed = "";
const button = (event) => event.target.closest("[data-act]");
const key = (found) => found ? found.dataset.act + " " + found.dataset.item : "";
element.addEventListener("pointerdown", (event) => { pressed = key(button(event)); });
element.addEventListener("click", (event) => {
  const found = button(event);
  if (!found || (event.detail !== 0 && key(found) !== pressed)) return;
  trigger("click", { act: found.dataset.act, item: found.dataset.item });
});
"""
"""Script of such a list. The list may be drawn anew while a finger is on it: a tap counts where it
began and ended on the same button of the same item."""
