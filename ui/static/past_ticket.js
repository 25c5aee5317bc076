// Shows a past ticket in the evidence panel, and carries its form out without leaving the page.
(() => {
  function put(html, place) {
    const panel = document.getElementById("fb-evidence");
    if (!panel) return;
    const head = document.createElement("div");
    head.className = "fb-evidence-head";
    const title = document.createElement("b");
    title.textContent = place;
    head.append(title);
    const body = document.createElement("div");
    body.className = "fb-evidence-body";
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const piece = parsed.querySelector(".fb-past-ticket");
    body.append(piece || document.createTextNode(parsed.body.textContent));
    panel.replaceChildren(head, body);
  }

  async function show(button) {
    document.querySelectorAll(".fb-ticket.fb-on").forEach((one) => one.classList.remove("fb-on"));
    button.classList.add("fb-on");
    const answer = await fetch(button.dataset.src);
    put(await answer.text(), button.textContent);
  }

  async function send(form, place) {
    const fields = new URLSearchParams(new FormData(form));
    fields.set("part", "1");
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body: fields });
    put(await answer.text(), place);
  }

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest(".fb-ticket");
    if (button) show(button).catch(() => put("The ticket cannot be read now.", button.textContent));
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("#fb-evidence .fb-exclusion");
    if (!form) return;
    event.preventDefault();
    const head = document.querySelector("#fb-evidence .fb-evidence-head b");
    send(form, head ? head.textContent : "").catch(() => form.classList.add("fb-failed"));
  });
})();
