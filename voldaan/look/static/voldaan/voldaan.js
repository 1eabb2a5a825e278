/* What pages do better with a script. Without it, each of them works all the same. */
"use strict";

for (const one of document.querySelectorAll("[data-needs-script]")) one.hidden = false;
