// Copy buttons: there only where a script can copy. Everything else works without.
"use strict";
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard && !document.queryCommandSupported?.("copy")) break;
  button.hidden = false;
  const words = button.textContent;
  button.addEventListener("click", async () => {
    let copied = true;
    try {
      if (navigator.clipboard) {
        await navigator.clipboard.writeText(button.dataset.copy);
      } else {
        const field = document.createElement("textarea");
        field.value = button.dataset.copy;
        field.setAttribute("readonly", "");
        field.className = "copying";
        document.body.append(field);
        field.select();
        copied = document.execCommand("copy");
        field.remove();
      }
    } catch {
      copied = false;
    }
    if (!copied) return;
    button.textContent = button.dataset.copied;
    const told = document.getElementById("told");
    if (told) told.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = words; if (told) told.textContent = ""; }, 2500);
  });
}
// A form that failed is where the reader is taken to.
document.querySelector("[data-focus]")?.focus();
