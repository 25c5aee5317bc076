// Shows the page picture of a citation in the evidence panel. Everything it needs stands in the
// citation's data attributes, so that a tap costs one request for one picture.
(() => {
  function show(cite) {
    const panel = document.getElementById("fb-evidence");
    if (!panel) return;
    document.querySelectorAll(".fb-cite.fb-on").forEach((other) => other.classList.remove("fb-on"));
    cite.classList.add("fb-on");
    const head = document.createElement("div");
    head.className = "fb-evidence-head";
    const place = document.createElement("b");
    place.textContent = cite.dataset.place;
    const section = document.createElement("span");
    section.textContent = cite.dataset.section;
    head.append(place, section);
    const body = document.createElement("div");
    body.className = "fb-evidence-body";
    if (cite.dataset.src) {
      const picture = document.createElement("img");
      picture.alt = cite.dataset.quote;
      picture.addEventListener("load", () => {
        // data-top counts the picture's own pixels from the foot of the page.
        const share = 1 - Number(cite.dataset.top) / picture.naturalHeight;
        body.scrollTop = Math.max(0, share * picture.clientHeight - 90);
      });
      picture.addEventListener("click", () => body.classList.toggle("fb-zoom"));
      picture.src = cite.dataset.src;
      picture.addEventListener("error", () => picture.replaceWith(quote(cite)));
      body.append(picture);
    } else {
      body.append(quote(cite));
    }
    panel.replaceChildren(head, body);
  }

  function quote(cite) {
    const text = document.createElement("blockquote");
    text.textContent = cite.dataset.quote;
    return text;
  }

  document.addEventListener("click", (event) => {
    const cite = event.target.closest(".fb-cite");
    if (cite) {
      event.preventDefault();
      show(cite);
    }
  });

  // A new question goes to the top of the conversation, so that its answer is read from its start:
  // once when it is asked, and once when its answer has given the pane something to scroll.
  let followed = "";
  function follow(state) {
    if (state === followed) return;
    followed = state;
    const questions = document.querySelectorAll("#fb-chat .fb-question");
    const last = questions[questions.length - 1];
    const pane = last && last.closest(".panel-wrap");
    if (!pane) return;
    requestAnimationFrame(() => {
      pane.scrollTop += last.getBoundingClientRect().top - pane.getBoundingClientRect().top - 12;
    });
  }

  // A page that belongs to an earlier answer must not stand beside one that cites nothing.
  function clear() {
    const panel = document.getElementById("fb-evidence");
    if (!panel || panel.querySelector(".fb-evidence-empty")) return;
    const text = document.createElement("div");
    text.className = "fb-evidence-empty";
    text.textContent = "This answer cites no page.";
    panel.replaceChildren(text);
  }

  // The first citation of a new answer is shown by itself.
  let shown = "";
  new MutationObserver(() => {
    const answers = document.querySelectorAll("#fb-chat .fb-answer");
    const last = answers[answers.length - 1];
    const cite = last && last.querySelector(".fb-card .fb-cite, .fb-causes .fb-cite, .fb-steps .fb-cite, .fb-quotes .fb-cite");
    follow(`${answers.length}:${Boolean(last && last.classList.contains("fb-wait"))}`);
    if (last && !cite && !last.classList.contains("fb-wait")) {
      shown = "";
      clear();
    }
    const key = cite ? `${answers.length}:${cite.dataset.src}${cite.dataset.quote}` : "";
    if (key && key !== shown) {
      shown = key;
      show(cite);
    }
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
