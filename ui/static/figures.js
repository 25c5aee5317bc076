// What a tap on a chart or on a row of its table asked for is brought into view.
(() => {
  let shown = "";
  new MutationObserver(() => {
    const place = document.getElementById("fb-figure-row");
    const text = place ? place.textContent : "";
    if (text === shown) return;
    shown = text;
    if (text) place.scrollIntoView({ block: "nearest" });
  }).observe(document.documentElement, { childList: true, subtree: true, characterData: true });
})();
