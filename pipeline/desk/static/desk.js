// Keys: what carries data-key is pressed, followed or entered by its key, wherever it stands.
const typing = (node) => node.closest("input:not([type=radio]), textarea, select, [contenteditable]");
const shown = (node) => node.offsetParent !== null || node.getClientRects().length > 0;
const say = (text) => { document.getElementById("live").textContent = text; };

const press = (node) => {
  if (node.matches("input[type=radio]")) {
    node.checked = !node.checked;
    say(node.checked ? node.value.replace("_", " ") : "");
  } else if (node.matches("input, textarea")) {
    node.focus();
    node.select();
  } else if (node.matches("summary")) {
    const unfolded = node.parentNode;
    unfolded.open = !unfolded.open;
    if (unfolded.open) unfolded.querySelector("textarea")?.focus();
  } else {
    node.click();
  }
};

const rows = () => [...document.querySelectorAll("[data-row]")];
const step = (by) => {
  const all = rows();
  const at = all.findIndex((row) => row.classList.contains("at"));
  const next = all[Math.min(all.length - 1, Math.max(0, at + by))];
  if (!next) return;
  all.forEach((row) => row.classList.remove("at"));
  next.classList.add("at");
  next.querySelector("a").focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
};

// A key after g is of the pages above: g and the place of one.
let before = "";
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && typing(event.target)) event.target.blur();
  if (event.key === "Shift") return;
  const key = before + event.key;
  before = "";
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  if (key === "g") { before = "g"; return; }
  const wanted = [...document.querySelectorAll("[data-key]")];
  const node = wanted.find((one) => one.dataset.key === key && shown(one) && !one.disabled);
  if (node) {
    event.preventDefault();
    press(node);
  } else if ((event.key === "j" || event.key === "k") && rows().length) {
    event.preventDefault();
    step(event.key === "j" ? 1 : -1);
  }
});

// Clicks: unfold what is folded on a narrow page, ask once more before many are written.
document.addEventListener("click", (event) => {
  const node = event.target.closest("[data-toggle], [data-open], [data-sure]");
  if (!node) return;
  if (node.dataset.open) document.getElementById(node.dataset.open).showModal();
  if (node.dataset.toggle) {
    const folded = document.getElementById(node.dataset.toggle);
    node.setAttribute("aria-expanded", folded.classList.toggle("shown"));
  }
  if (node.dataset.sure && !node.classList.contains("sure")) {
    if (node.form && !node.form.reportValidity()) { event.preventDefault(); return; }
    event.preventDefault();
    node.classList.add("sure");
    const name = node.querySelector(".name") ?? node;
    name.textContent = "Sure? " + node.dataset.sure;
    say(name.textContent);
    setTimeout(() => { node.classList.remove("sure"); name.textContent = node.dataset.sure; }, 6000);
  }
});

// On a narrow page the names of the pages are a strip: the one that is open is brought into view.
document.querySelector(".bar [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

// A part that was put in: who reads by ear hears what changed, and keys go on from its start.
document.addEventListener("htmx:afterSwap", (event) => {
  labelled(document);
  const part = document.querySelector("[data-focus]");
  if (!part || event.detail.target.id !== "work") return;
  const message = part.querySelector(".said");
  const place = part.querySelector(".progress");
  say([message, place].map((node) => node?.textContent.trim() ?? "").join(" "));
  document.getElementById("main").focus({ preventScroll: true });
  window.scrollTo(0, 0);
});
