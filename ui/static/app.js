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
      picture.dataset.src = cite.dataset.src;
      picture.addEventListener("click", () => body.classList.toggle("fb-zoom"));
      load(picture, body, Number(cite.dataset.top)).catch(() => picture.replaceWith(quote(cite)));
      body.append(picture);
    } else {
      body.append(quote(cite));
    }
    panel.replaceChildren(head, body);
  }

  // Loads a picture and scrolls to the passage, whose top is given in points from the foot of the
  // page. How many pixels a point has depends on the page, so the answer says how high it is.
  async function load(picture, body, top) {
    const answer = await fetch(picture.dataset.src);
    if (!answer.ok) throw new Error(answer.statusText);
    const height = Number(answer.headers.get("X-Page-Height"));
    const url = URL.createObjectURL(await answer.blob());
    try {
      picture.src = url;
      await picture.decode();
    } finally {
      URL.revokeObjectURL(url);
    }
    body.scrollTop = Math.max(0, (1 - top / height) * picture.clientHeight - 90);
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
    const box = event.target.closest(".fb-box");
    if (box) openChunk(box);
  });

  // Beside a page stand the chunks that were made of it: a tap on a box opens its chunk, and the
  // boxes of the chunks that are open stand out.
  function openChunk(box) {
    const view = box.closest(".fb-page-view");
    for (const chunk of view.querySelectorAll(".fb-chunk")) {
      chunk.open = chunk.dataset.chunk === box.dataset.chunk;
      if (!chunk.open) continue;
      const list = chunk.closest(".fb-chunks");
      list.scrollTop += chunk.getBoundingClientRect().top - list.getBoundingClientRect().top;
    }
  }

  document.addEventListener(
    "toggle",
    (event) => {
      const view = event.target.matches(".fb-chunk") && event.target.closest(".fb-page-view");
      if (!view) return;
      const open = [...view.querySelectorAll(".fb-chunk[open]")].map((c) => c.dataset.chunk);
      for (const box of view.querySelectorAll(".fb-box")) {
        box.classList.toggle("fb-on", open.includes(box.dataset.chunk));
      }
    },
    true, // this event does not bubble
  );

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

  // A page that belongs to an earlier answer must not stand beside what does not cite it.
  function clear(words) {
    const text = document.createElement("div");
    text.className = "fb-evidence-empty";
    text.textContent = words;
    document.getElementById("fb-evidence").replaceChildren(text);
  }

  const EMPTY = "The page that an answer cites is shown here.";
  const MAIN = ".fb-card .fb-cite, .fb-causes .fb-cite, .fb-steps .fb-cite, .fb-quotes .fb-cite";
  const OTHER = ".fb-safety .fb-cite, .fb-parts .fb-cite";

  // The first citation of a new answer is shown by itself. Each state is acted on once, so that a
  // page that was tapped meanwhile stays.
  let shown = "";
  new MutationObserver(() => {
    const answers = document.querySelectorAll("#fb-chat .fb-answer");
    const last = answers[answers.length - 1];
    const waits = Boolean(last && last.classList.contains("fb-wait"));
    follow(`${answers.length}:${waits}`);
    if (!document.getElementById("fb-evidence")) return;
    const cite = last && (last.querySelector(MAIN) || last.querySelector(OTHER));
    const key = `${answers.length}:${waits}:${cite ? cite.dataset.src + cite.dataset.quote : ""}`;
    if (key === shown) return;
    shown = key;
    if (cite) show(cite);
    else if (last && !waits) clear("This answer cites no page.");
    else clear(EMPTY);
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
