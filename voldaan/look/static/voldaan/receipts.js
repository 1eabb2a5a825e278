/* Receipts by keyboard from top to bottom, and what is left while one is spread. Without it the same is done by buttons. */
"use strict";

/* Where somebody was last: a click on a button that goes on takes the focus away from it. */
let row = document.querySelector(`[data-row]:target`);
document.addEventListener("focusin", ({ target }) => { row = target.closest("[data-row]") ?? row; });
if (row) row.focus();

const here = () => document.activeElement.closest("[data-row]") ?? row ?? document.querySelector("[data-row]");

/* The next way to book this receipt; after the last comes the first again. */
document.querySelector("[data-next-choice]")?.addEventListener("click", () => {
  const ways = [...(here()?.querySelectorAll("[data-choice]") ?? [])];
  const at = ways.indexOf(document.activeElement.closest("[data-choice]"));
  // Who is on the receipt itself looks at the first way already.
  ways[(Math.max(at, 0) + 1) % ways.length]?.focus();
});

/* Spreading: the server reckons, also while somebody types, so that there is one sum. */
const form = document.querySelector("form[data-reckons]");
let asked = 0;
async function reckon() {
  const mine = ++asked;
  const said = new FormData(form);
  said.set("deed", "reckon");
  const answer = await fetch(location.pathname, { method: "POST", body: said });
  if (!answer.ok || mine !== asked) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const old of form.querySelectorAll("[data-reckoned]")) {
    const now = fresh.getElementById(old.id);
    if (now && now.innerHTML !== old.innerHTML) old.innerHTML = now.innerHTML;
  }
}
if (form) {
  for (const button of form.querySelectorAll("[data-without-script]")) button.remove();
  let waits;
  form.addEventListener("input", ({ target }) => {
    if (target.type === "search") return;
    clearTimeout(waits);
    waits = setTimeout(reckon, target.type === "checkbox" ? 0 : 200);
  });
  /* Enter in a field reckons; only the button books. */
  form.addEventListener("keydown", (pressed) => {
    if (pressed.key !== "Enter" || !pressed.target.matches("input:not([type=search])")) return;
    pressed.preventDefault();
    reckon();
  });
}
