// What belongs to one user leaves the screen with that user.
(() => {
  // A page that belongs to another sign-in than the browser's gets nothing from the server any
  // more. It is loaded again, as the page of who is signed in now.
  const JOIN = "/gradio_api/queue/join";
  const ask = window.fetch;
  let left = false;
  window.fetch = async (...asked) => {
    const answer = await ask(...asked);
    if (answer.status === 404 && !left && new URL(answer.url, location.href).pathname === JOIN) {
      left = true;
      location.reload();
    }
    return answer;
  };

  // A page that the browser kept is not shown again by the way back.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });

  document.addEventListener("submit", (event) => {
    if (event.target instanceof Element && event.target.matches(".fb-sign-out")) {
      document.documentElement.classList.add("fb-gone"); // cleared at once, whatever the network does
    }
  });

  document.addEventListener("click", async (event) => {
    const target = event.target instanceof Element ? event.target : null;
    for (const menu of document.querySelectorAll("details.fb-account[open]")) {
      if (!target || !menu.contains(target)) menu.open = false;
    }
    const button = target && target.closest("[data-copy]");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = "Copied";
    } catch {
      const range = document.createRange(); // no clipboard without HTTPS: it is marked instead
      range.selectNodeContents(button.parentElement.querySelector("code"));
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      button.textContent = "Marked";
    }
  });
})();
