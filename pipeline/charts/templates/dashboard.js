"use strict";

// Tables: a heading sorts by its column, and once more the other way round.
const order = new Intl.Collator("en", { numeric: true });
const keyOf = (row, column) => {
  const cell = row.cells[column];
  return "value" in cell.dataset ? Number(cell.dataset.value) : cell.textContent;
};
const compare = (left, right) => {
  const numbers = (typeof left === "number") + (typeof right === "number");
  if (numbers === 2) return left - right;
  return numbers === 0 ? order.compare(left, right) : typeof left === "number" ? 1 : -1;
};
document.addEventListener("click", (event) => {
  const heading = event.target.closest("table:not(.none) thead th");
  if (!heading) return;
  const column = heading.cellIndex;
  const falling = heading.getAttribute("aria-sort") === "ascending";
  for (const other of heading.parentNode.cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
  const body = heading.closest("table").tBodies[0];
  const rows = [...body.rows].map((row) => [keyOf(row, column), row]);
  rows.sort((left, right) => (falling ? -1 : 1) * compare(left[0], right[0]));
  body.append(...rows.map((pair) => pair[1]));
});

// On a narrow page the rows of a table stand one below the other, each cell behind its heading;
// the headings above are a line to sort by then, which a short table does not need.
const SHORT_ROWS = 10;
const labelled = (root) => {
  for (const table of root.querySelectorAll(".scroll > table:not(.labelled)")) {
    const names = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
    for (const row of table.querySelectorAll("tbody tr, tfoot tr")) {
      [...row.cells].forEach((cell, at) => { if (cell.colSpan === 1) cell.dataset.label = names[at]; });
    }
    table.classList.add("labelled");
    table.classList.toggle("brief", table.tBodies[0].rows.length <= SHORT_ROWS);
  }
};
labelled(document);

// Charts: the mark under the pointer says what it stands for.
const tip = document.getElementById("tip");
const show = (event) => {
  const mark = event.target.closest && event.target.closest("path[aria-label]");
  tip.hidden = !mark;
  if (!mark) return;
  tip.textContent = mark.getAttribute("aria-label");
  const left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8);
  const below = event.clientY + 18 + tip.offsetHeight < innerHeight;
  tip.style.left = Math.max(8, left) + "px";
  tip.style.top = event.clientY + (below ? 18 : -10 - tip.offsetHeight) + "px";
};
for (const chart of document.querySelectorAll(".chart")) {
  chart.addEventListener("pointermove", show);
  chart.addEventListener("pointerdown", show);
  chart.addEventListener("pointerleave", () => { tip.hidden = true; });
}

// Ids: a press copies the whole of one.
const copied = async (button) => {
  const text = button.dataset.copy;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    button.focus();
  }
  button.classList.add("copied");
  setTimeout(() => button.classList.remove("copied"), 1500);
};
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copied(button);
});
