// Sends chosen or dropped files to our own route, one after the other, and shows how far each is.
// Whatever a file is called, and whatever the server says, is shown as text.
(() => {
  const waiting = []; // files on their way, the first one is being sent
  const failed = []; // what is still told about files that did not come in
  let busy = false;

  const box = (node) => (node instanceof Element ? node.closest(".fb-drop") : null);

  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || !input.matches(".fb-drop .fb-file")) return;
    add(box(input), [...input.files]);
    input.value = ""; // the same file can be chosen again
  });
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const found = box(event.target);
      if (!found) return;
      event.preventDefault(); // else the browser opens the file
      found.classList.toggle("fb-over", kind === "dragenter" || kind === "dragover");
      if (kind === "drop" && event.dataTransfer) add(found, [...event.dataTransfer.files]);
    });
  }
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-forget]");
    if (!button) return;
    failed.splice(Number(button.dataset.forget), 1);
    draw();
  });

  function add(found, files) {
    const site = found.querySelector("[name=site]");
    if (site && site.required && !site.value) {
      told("", "Choose a site first, then add the files again.");
      site.focus();
      return;
    }
    const most = Number(found.dataset.most);
    const fields = [...found.querySelectorAll("[name=group]:checked")].map((g) => ["group", g.value]);
    if (site && site.value) fields.push(["site", site.value]);
    if (found.querySelector("[name=hold]").checked) fields.push(["hold", "true"]);
    for (const file of files) {
      if (file.size > most) {
        told(file.name, `is larger than ${most / 1e6} MB. Split it, or ask an administrator.`);
      } else {
        waiting.push({ file, fields, route: found.dataset.route, sent: 0 });
      }
    }
    draw();
    next();
  }

  function next() {
    if (busy || !waiting.length) return;
    busy = true;
    const item = waiting[0];
    const form = new FormData();
    for (const [name, value] of item.fields) form.append(name, value);
    form.append("file", item.file, item.file.name);
    const request = new XMLHttpRequest(); // fetch does not say how much is sent
    request.upload.addEventListener("progress", (event) => {
      item.sent = event.lengthComputable ? event.loaded / event.total : 0;
      draw();
    });
    request.addEventListener("loadend", () => {
      waiting.shift();
      busy = false;
      judge(item.file.name, request);
      draw();
      const list = document.getElementById("fb-uploads");
      if (list) list.dispatchEvent(new CustomEvent("fb-uploaded", { bubbles: true }));
      next();
    });
    request.open("POST", item.route);
    request.send(form);
  }

  function judge(name, request) {
    const said = answer(request);
    if (request.status === 202) {
      const file = (said.files || [])[0] || {};
      if (file.outcome === "known") told(name, "is there already.");
      else if (file.outcome !== "queued") told(name, file.reason || "was refused.");
      return;
    }
    const words = String(said.detail || "").slice(0, 500);
    const wait = Number(request.getResponseHeader("Retry-After"));
    switch (request.status) {
      case 0:
        told(name, "did not arrive: the connection broke. Check the network and add it again.");
        break;
      case 401:
        told(name, "was not sent: your session has ended.", true);
        break;
      case 403:
        told(name, `was refused. ${words || "You may not add files."}`);
        break;
      case 413:
        told(name, `is too large. ${words}`);
        break;
      case 415:
        told(name, words || "is of a kind that cannot be read.");
        break;
      case 429:
        told(name, `has to wait. ${words || `Try again in ${Math.ceil(wait / 60) || 1} min.`}`);
        break;
      default:
        told(name, words || `was not taken in (${request.status}). Add it again later.`);
    }
  }

  function answer(request) {
    try {
      const said = JSON.parse(request.responseText);
      return said && typeof said === "object" ? said : {};
    } catch {
      return { detail: request.status < 500 ? request.responseText : "" };
    }
  }

  function told(name, words, signsIn = false) {
    failed.push({ name, words, signsIn });
    if (failed.length > 50) failed.shift();
    draw();
  }

  function draw() {
    const list = document.getElementById("fb-uploads");
    if (!list) return;
    const rows = waiting.map((item, number) => {
      const row = line("fb-item fb-now", item.file.name, number ? "waits to be sent" : "is being sent");
      if (!number) {
        const bar = document.createElement("progress");
        bar.max = 1;
        bar.value = item.sent;
        row.firstChild.append(bar);
      }
      return row;
    });
    failed.forEach((item, number) => {
      const row = line("fb-item fb-bad", item.name, item.words);
      const acts = document.createElement("div");
      acts.className = "fb-item-acts";
      if (item.signsIn) {
        const link = document.createElement("a");
        link.href = "/sign-in";
        link.className = "fb-act";
        link.textContent = "Sign in";
        acts.append(link);
      }
      const button = document.createElement("button");
      button.type = "button";
      button.className = "fb-act";
      button.dataset.forget = number;
      button.textContent = "Dismiss";
      acts.append(button);
      row.append(acts);
      return rows.push(row);
    });
    list.replaceChildren(...rows);
  }

  function line(kind, name, words) {
    const row = document.createElement("li");
    row.className = kind;
    const text = document.createElement("div");
    text.className = "fb-item-text";
    const shown = document.createElement("b");
    const own = document.createElement("bdi");
    own.textContent = name;
    shown.append(own);
    const what = document.createElement("span");
    what.className = "fb-where";
    what.textContent = ` ${words.startsWith(`${name} `) ? words.slice(name.length + 1) : words}`;
    text.append(shown, what);
    row.append(text);
    return row;
  }
})();
