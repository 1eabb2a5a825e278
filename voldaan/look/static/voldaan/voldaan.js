/* What pages do better with a script. Without it, each of them works all the same. */
"use strict";

const awake = (place) => { for (const one of place.querySelectorAll("[data-needs-script]")) one.hidden = false; };
awake(document);

/* A form is sent once, however often its button is pressed; one that is answered with a file may be sent again. */
document.addEventListener("submit", (sent) => {
  if (sent.target.dataset.sent) sent.preventDefault();
  sent.target.dataset.sent = "yes";
  setTimeout(() => delete sent.target.dataset.sent, 3000);
});
addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });

/* Files dropped beside the field that asks for them land in it. */
for (const zone of document.querySelectorAll(".dropzone")) {
  const field = zone.querySelector("input");
  for (const kind of ["dragover", "dragleave", "drop"]) {
    zone.addEventListener(kind, (dragged) => {
      dragged.preventDefault();
      zone.classList.toggle("over", kind === "dragover");
      if (kind === "drop") field.files = dragged.dataTransfer.files;
    });
  }
}

/* What was said before somebody could hear it is said again: of a live region, only what changes is read out. */
for (const says of document.querySelectorAll(".toast > span")) {
  setTimeout(() => says.replaceWith(says.cloneNode(true)), 300);
}

/* A toast goes when what it offers can no longer be done. */
for (const toast of document.querySelectorAll("[data-until]")) {
  setTimeout(() => toast.remove(), Math.max(0, Date.parse(toast.dataset.until) - Date.now()));
}

/* In a long list, what is looked at is in sight; so is the room one is in, where they do not all fit under the thumb. */
for (const here of document.querySelectorAll(":is(.desk-list, .side nav) [aria-current]")) {
  here.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/* What a choice brings is shown at once; the button beside it does the same. Only the last choice counts. */
for (const form of document.querySelectorAll("form[data-live]")) {
  form.addEventListener("change", async () => {
    const said = new FormData(form);
    said.delete("csrfmiddlewaretoken");
    const address = `?${new URLSearchParams(said)}`;
    history.replaceState(null, "", address);
    const answer = await fetch(address);
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (location.search !== address) return;
    const seen = fresh.getElementById(form.dataset.live);
    document.getElementById(form.dataset.live).replaceWith(seen);
    awake(seen);
  });
}

/* How far large files are is asked again as long as one waits. Only what changed is put in: nothing goes from under a hand. */
const kinds = (place) => [...place.querySelectorAll("[data-file]")].map((one) => one.dataset.file).join();
const follow = async (left) => {
  const here = document.querySelector("#brought[data-asks]");
  if (!here || !left) return;
  const answer = await fetch(here.dataset.asks, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (answer?.ok && !answer.redirected) {
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("brought");
    if (kinds(fresh) === kinds(here)) {
      const news = fresh.querySelectorAll(".how-far");
      here.querySelectorAll(".how-far").forEach((one, at) => one.replaceWith(news[at]));
    } else {
      here.replaceWith(fresh);
      document.getElementById("brought-says").textContent = fresh.dataset.says;
    }
  }
  setTimeout(follow, 1500, left - 1);
};
follow(600); /* a quarter of an hour: or a page that nobody looks at would keep its person signed in */

/* What is wanted elsewhere is copied by one press; the button says that it was done. */
document.addEventListener("click", async (pressed) => {
  const button = pressed.target.closest("[data-copies]");
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
  button.lastElementChild.textContent = button.dataset.done;
});

/* Ctrl+K searches from anywhere: arrows go through what is found, Enter opens what stands first. */
const palette = document.getElementById("palette");
if (palette) {
  const field = palette.querySelector("input");
  const links = () => [...palette.querySelectorAll("a")];
  const open = () => { palette.showModal(); field.select(); };
  document.querySelector("[data-opens=palette]").addEventListener("click", (pressed) => {
    if (pressed.ctrlKey || pressed.metaKey || pressed.shiftKey) return;
    pressed.preventDefault();
    open();
  });
  document.addEventListener("keydown", (pressed) => {
    if (pressed.key.toLowerCase() !== "k" || !(pressed.ctrlKey || pressed.metaKey) || pressed.altKey || pressed.shiftKey) return;
    pressed.preventDefault();
    if (!document.querySelector("dialog[open]")) open();
  });
  palette.addEventListener("click", (pressed) => { if (pressed.target === palette) palette.close(); });
  palette.addEventListener("keydown", (pressed) => {
    const stops = [field, ...links()];
    const step = { ArrowDown: 1, ArrowUp: -1 }[pressed.key];
    if (step) {
      pressed.preventDefault();
      const at = stops.indexOf(document.activeElement);
      stops[(at + step + stops.length) % stops.length].focus();
    } else if (pressed.key === "Enter" && document.activeElement === field && stops[1] &&
               palette.querySelector(".hits").dataset.for === field.value.trim()) {
      pressed.preventDefault();
      stops[1].click();
    }
  });
}
