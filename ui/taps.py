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

KEYED_TAPS = (
    TAPS
    + """
element.addEventListener("keydown", (event) => {
  const found = event.key === "Enter" && button(event);
  if (found && found.tagName !== "BUTTON") trigger("click", { ...found.dataset });
});
"""
)
"""Script of a chart or a table, whose parts are tapped or chosen by the keyboard."""

RECORDS = """
window.faultbookFigure = (text) => trigger("click", { text });
if (!window.faultbookFigures) {
  window.faultbookFigures = true;
  document.addEventListener("click", (event) => {
    const found = event.target instanceof Element && event.target.closest("[data-figure]");
    if (found) window.faultbookFigure(found.dataset.figure);
  });
}
"""
"""Script that passes on a tap on the button of an answer whose question is about the record: the
chat draws its own messages."""

TICKS = """
let pressed = "";
const tick = (event) => event.target instanceof Element && event.target.closest("[data-tick]");
const key = (found) => [found.dataset.tick, found.dataset.item, found.dataset.turn].join(" ");
window.faultbookTick = (data) => trigger("click", data);
if (!window.faultbookTicks) {
  window.faultbookTicks = true;
  document.addEventListener("pointerdown", (event) => {
    const found = tick(event);
    pressed = found ? key(found) : "";
  });
  document.addEventListener("click", (event) => {
    const found = tick(event);
    if (!found || (event.detail !== 0 && key(found) !== pressed)) return;
    const data = found.dataset;
    window.faultbookTick({ tick: data.tick, item: data.item, turn: data.turn });
  });
}
"""
"""Script that passes on taps on the ticks of causes, wherever in the page they stand: the chat
draws its own messages. A tap counts as in a list."""
