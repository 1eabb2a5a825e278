/* Keys: what bears one is pressed by it, and the help lists what bears one. There is no other list of keys. */
"use strict";

const WAITS = 1500; // milliseconds: the second of two keys comes within these

/* A page goes before what stands around it. In a list the row where one is is meant, and in it the choice where one
   is; never another; else the first. */
const bears = (key) => {
  const it = `[data-key="${CSS.escape(key)}"]`;
  const row = document.activeElement.closest("tr, [data-row]");
  return document.activeElement.closest("[data-choice]")?.querySelector(it) ?? row?.querySelector(it) ??
         document.querySelector(row ? `main ${it}:not(tr *, [data-row] *)` : `main ${it}`) ??
         document.querySelector(`${it}:not(main *)`);
};
const rows = () => [...document.querySelectorAll("main [data-rows] :is(tbody th > a:first-of-type, [data-row])")];

/* Rows that are no links are gone through by arrows as well, and Enter does what is done with most of them. */
const inRows = (key) => {
  const at = document.activeElement;
  if (key === "Enter") return at.matches("[data-row], [data-choice]") ? at.querySelector("[data-enter]") : null;
  const step = { ArrowDown: 1, ArrowUp: -1 }[key];
  return step && document.querySelector("main [data-row]") && !at.closest("dialog, details[open]") ? next(step) : null;
};

/* One key, or one after another ("g v"), presses what bears it: never while somebody types, holds another key, or wants
   no keys. A capital is meant only with Shift: Caps Lock means nothing. What should be looked at first is brought into
   sight by its key. */
let begun = { key: "", at: 0 };
document.addEventListener("keydown", (pressed) => {
  if (document.querySelector("dialog[open]")) return; // what lies behind it is not meant
  const typing = pressed.target.closest("input, textarea, select, [contenteditable]");
  if (pressed.key === "Escape" && typing) return leave(typing);
  if (document.documentElement.dataset.keys === "off" || (/^[A-Z]$/.test(pressed.key) && !pressed.shiftKey)) return;
  if (typing || pressed.ctrlKey || pressed.metaKey || pressed.altKey || pressed.isComposing || pressed.repeat) return;
  const key = (pressed.timeStamp - begun.at < WAITS ? begun.key : "") + pressed.key;
  begun = { key: document.querySelector(`[data-key^="${CSS.escape(`${key} `)}"]`) ? `${key} ` : "", at: pressed.timeStamp };
  const meant = bears(key) ?? inRows(key) ?? { j: next(1), k: next(-1) }[key];
  if (!meant) return;
  pressed.preventDefault();
  const { x, y, width, height } = meant.getBoundingClientRect();
  const isOutOfSight = meant.closest("[data-look-first]") &&
                       !meant.contains(document.elementFromPoint(x + width / 2, y + height / 2));
  if (meant.matches("input, textarea") || isOutOfSight || !meant.dataset.key) return meant.focus();
  if (meant.localName !== "summary") return meant.click();
  meant.parentElement.open = true;
  meant.parentElement.querySelector("input:not([type=hidden]), textarea").focus();
});

/* What was opened to type in closes again, and one stays in its row. */
function leave(typing) {
  const asked = typing.closest("details.ask");
  typing.blur();
  if (asked) asked.open = false;
  asked?.querySelector("summary").focus();
}

/* The link of the row behind the one where one is, or of the row before it. */
function next(step) {
  const all = rows();
  const at = all.findIndex((one) => one.closest("tr, [data-row]").contains(document.activeElement));
  return at < 0 ? all[0] : all[at + step];
}

/* The help: what each bearer says of itself, in the words of the page. */
const help = document.getElementById("keys");

function says(bearer) {
  const words = (bearer.labels?.[0] ?? bearer).cloneNode(true);
  for (const other of words.querySelectorAll("kbd, small, textarea, .count, .unseen")) other.remove();
  return bearer.ariaLabel || words.textContent.trim();
}

function listed(of) {
  const ofRows = document.querySelector("main [data-says]")?.dataset.says ?? of.dataset.rows;
  const found = new Map(of.dataset.rows && rows().length ? [["j k", ofRows]] : []);
  for (const bearer of document.querySelectorAll("[data-key]")) {
    const { key } = bearer.dataset;
    if (bearer.closest(of.dataset.of) && bearer.getClientRects().length && !found.has(key)) found.set(key, says(bearer));
  }
  const place = ([key]) => Number(key) || 10; // numbers first, and the rest as it stands on the page
  return [...found].sort((one, other) => place(one) - place(other)).map(([key, words]) => {
    const [row, keys, what] = ["div", "dt", "dd"].map((name) => document.createElement(name));
    for (const one of key.split(" ")) keys.append(Object.assign(document.createElement("kbd"), { textContent: shown(one) }));
    what.textContent = words;
    row.append(keys, what);
    return row;
  });
}

const shown = (key) => (/^[A-Z]$/.test(key) ? `⇧${key}` : key);

for (const opener of document.querySelectorAll("[data-opens=keys]")) {
  opener.addEventListener("click", () => {
    for (const list of help.querySelectorAll("[data-of]")) {
      for (const old of list.querySelectorAll("[data-found]")) old.remove();
      const found = listed(list);
      for (const row of found) row.dataset.found = "";
      list.prepend(...found);
      list.closest("section").hidden = !list.children.length;
    }
    help.showModal();
  });
}
help?.addEventListener("click", (pressed) => {
  if (pressed.target === help || pressed.target.closest("[data-closes]")) help.close();
});

// Whoever clicks in a mail to scroll it goes on by the keys of the page; whoever tabs into it reads it by its own.
window.addEventListener("blur", () => {
  const frame = document.activeElement;
  if (frame?.matches("iframe:hover")) setTimeout(() => frame.blur());
});
