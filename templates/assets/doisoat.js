// Doisoat: what pages can do a little faster with a script. Every page is whole without it.
(() => {
  "use strict";
  const all = (root, query) => Array.from(root.querySelectorAll(query));
  const vietnamese = document.documentElement.lang === "vi";
  const say = (vi, en) => (vietnamese ? vi : en);
  const typing = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

  // --- amounts -------------------------------------------------------------------------------
  const digitsOf = (text) => text.replace(/\s|[.,](?=\d{3}(\D|$))|[₫đ]|vnd|đồng/gi, "");
  const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ".");
  const amountOf = (input) => {
    const digits = digitsOf(input.value);
    return /^\d{1,15}$/.test(digits) ? Number(digits) : null;
  };
  const DIGITS = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];
  const UNITS = ["", " nghìn", " triệu", " tỷ", " nghìn tỷ"];
  const threeInWords = (number, whole) => {
    const [hundreds, tens, ones] = [Math.floor(number / 100), Math.floor(number / 10) % 10, number % 10];
    const words = [];
    if (hundreds || whole) words.push(DIGITS[hundreds], "trăm");
    if (tens > 1) words.push(DIGITS[tens], "mươi");
    else if (tens === 1) words.push("mười");
    else if (ones && (hundreds || whole)) words.push("linh");
    if (ones === 1 && tens > 1) words.push("mốt");
    else if (ones === 5 && tens) words.push("lăm");
    else if (ones) words.push(DIGITS[ones]);
    return words.join(" ");
  };
  const inWords = (amount) => {
    if (!amount) return "";
    const groups = [];
    for (let rest = amount; rest > 0; rest = Math.floor(rest / 1000)) groups.push(rest % 1000);
    const parts = groups.map((group, at) => (group ? threeInWords(group, at < groups.length - 1) + UNITS[at] : ""));
    const words = parts.reverse().filter(Boolean).join(" ") + " đồng";
    return words.charAt(0).toUpperCase() + words.slice(1);
  };
  // The place of the words is there before they are: a button below does not move away under a click.
  const wordsOf = (input) => {
    const field = input.closest(".field");
    if (!vietnamese || !field || input.closest("table")) return null;
    let words = field.querySelector(".words");
    if (!words) {
      words = document.createElement("output");
      words.className = "words";
      field.append(words);
    }
    return words;
  };
  const echo = (input) => {
    const amount = amountOf(input);
    if (amount !== null) input.value = grouped(String(amount));
    const words = wordsOf(input);
    if (words) words.textContent = amount === null ? "" : inWords(amount);
  };
  document.addEventListener("focusout", (event) => {
    if (event.target.matches?.("[data-money]")) echo(event.target);
  });

  // --- sums that run while one ticks and types -------------------------------------------------
  const tally = (root) => {
    for (const form of all(root, "[data-tally]")) {
      const ticked = all(form, "input[data-amount]:checked");
      // Only lines of one rule are confirmed together.
      for (const box of all(form, "input[data-rule]")) {
        box.disabled = ticked.length > 0 && box.dataset.rule !== ticked[0].dataset.rule;
      }
      const sum = ticked.reduce((total, input) => total + Number(input.dataset.amount), 0);
      for (const out of all(form, "[data-count]")) out.textContent = ticked.length;
      for (const out of all(form, "[data-sum]")) out.textContent = grouped(String(sum));
      for (const button of all(form, "[data-needs-tick]")) button.disabled = ticked.length === 0;
      for (const bar of all(form, ".bulk")) bar.classList.toggle("idle", ticked.length === 0);
    }
    for (const form of all(root, "[data-whole]")) {
      const used = all(form, "input[data-part]").reduce((total, input) => total + (amountOf(input) ?? 0), 0);
      const rest = Number(form.dataset.whole) - used;
      for (const out of all(form, "[data-rest]")) {
        out.textContent = (rest < 0 ? "-" : "") + grouped(String(Math.abs(rest)));
        out.classList.toggle("minus", rest < 0);
      }
    }
  };
  document.addEventListener("input", (event) => tally(event.target.closest("form")?.parentNode ?? document));
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-tick-all]")) {
      const boxes = all(event.target.closest("[data-tally]") ?? event.target.form, "input[data-amount]:not(:disabled)");
      const rule = (boxes.find((box) => box.checked) ?? boxes[0])?.dataset.rule;
      for (const box of boxes) box.checked = event.target.checked && box.dataset.rule === rule;
    }
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
    tally(document);
  });

  // --- pages that change in place ----------------------------------------------------------------
  const announce = (words) => {
    let live = document.getElementById("live");
    if (!live) {
      live = document.createElement("p");
      live.id = "live";
      live.className = "hidden";
      live.setAttribute("role", "status");
      document.body.append(live);
    }
    live.textContent = words;
  };
  const offline = () => {
    announce(say("Mất kết nối. Chưa ghi nhận gì, hãy thử lại.", "The connection was lost. Nothing was recorded, try again."));
    let told = document.getElementById("offline");
    if (!told) {
      told = document.createElement("div");
      told.id = "offline";
      told.className = "notice bad";
      document.getElementById("main").prepend(told);
    }
    told.textContent = document.getElementById("live").textContent;
  };
  const parse = (html) => new DOMParser().parseFromString(html, "text/html");
  const replace = (html, address) => {
    const page = parse(html);
    const [mine, theirs] = [document.getElementById("main"), page.getElementById("main")];
    if (!theirs) return void (location.href = address);
    const at = rows().findIndex((row) => row.getAttribute("aria-selected") === "true");
    document.title = page.title;
    mine.replaceChildren(...theirs.childNodes);
    const side = page.querySelector(".side");
    if (side) document.querySelector(".side")?.replaceWith(side);
    history.replaceState(null, "", address);
    ready(document);
    const list = rows();
    if (at >= 0 && list.length) select(list[Math.min(at, list.length - 1)]);
    else if (!mine.querySelector("[data-focus]")) mine.focus({ preventScroll: true });
    announce(mine.querySelector("[data-said], .faults, h1")?.textContent.trim() ?? "");
  };
  const send = async (form, button) => {
    const body = new URLSearchParams(new FormData(form, button));
    const action = button?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href;
    return fetch(action, { method: "POST", body, credentials: "same-origin" });
  };
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.method !== "post" || !form.matches("[data-swap], [data-ask]") || form.dataset.plain) return;
    event.preventDefault();
    if (form.dataset.busy) return;
    form.dataset.busy = "1";
    try {
      const response = await send(form, event.submitter);
      const html = await response.text();
      if (form.matches("[data-ask]") && response.ok && !response.redirected) ask(html);
      else replace(html, response.redirected ? response.url : location.href);
    } catch {
      offline();
    } finally {
      delete form.dataset.busy;
    }
  });
  // A page that only asks is shown above the one that asked.
  const ask = (html) => {
    const dialog = document.createElement("dialog");
    dialog.append(...parse(html).getElementById("main").childNodes);
    dialog.querySelector(".crumbs")?.remove();
    dialog.setAttribute("aria-label", dialog.querySelector("h1")?.textContent ?? "");
    for (const form of all(dialog, "form[method=post]")) form.dataset.swap = "";
    dialog.addEventListener("click", (event) => {
      if (event.target.closest("[data-close]")) {
        event.preventDefault();
        dialog.close();
      }
    });
    dialog.addEventListener("submit", () => dialog.close());
    dialog.addEventListener("close", () => setTimeout(() => dialog.remove(), 0));
    document.getElementById("main").append(dialog);
    dialog.showModal();
    dialog.querySelector("button.primary")?.focus();
  };

  // --- keys -----------------------------------------------------------------------------------------
  const rows = () => all(document, "[data-row]");
  const select = (row) => {
    for (const other of rows()) {
      other.setAttribute("aria-selected", String(other === row));
      other.tabIndex = other === row ? 0 : -1;
    }
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  const keysOn = () => localStorage.getItem("doisoat-keys") !== "off";
  document.addEventListener("keydown", (event) => {
    // 229 is a key that an input method took: Safari ends a word with one that composes no more.
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented || event.altKey || !keysOn()) return;
    if (document.querySelector("dialog[open]")) return;
    const undo = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey;
    if (typing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (undo) {
      const button = document.querySelector("[data-undo]");
      if (button) {
        event.preventDefault();
        button.click();
      }
      return;
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const button = document.querySelector("button[data-needs-tick]:not(:disabled)");
      if (button) {
        event.preventDefault();
        button.click();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey) return;
    const list = rows();
    const row = event.target.closest?.("[data-row]") ?? list.find((one) => one.getAttribute("aria-selected") === "true");
    const at = list.indexOf(row);
    const press = (query) => {
      const found = row?.querySelector(query);
      if (!found) return false;
      found.click();
      return true;
    };
    let done = true;
    if (event.key === "ArrowDown" && list.length) select(list[Math.min(at + 1, list.length - 1)]);
    else if (event.key === "ArrowUp" && list.length) select(list[Math.max(at - 1, 0)]);
    else if (event.key === "Enter" && event.target === row) done = press("[data-primary]");
    else if (event.key === " " && event.shiftKey && event.target === row) document.querySelector("[data-tick-all]")?.click();
    else if (event.key === " " && event.target === row) done = press("input[type=checkbox]:not(:disabled)");
    else if (event.key === "F2") done = press("[data-edit]");
    else if (event.key === "/") {
      const box = document.querySelector("main [data-search]") ?? document.querySelector("[data-search]");
      box?.focus();
      box?.select();
    } else if (event.key === "?") document.getElementById("keys")?.showModal?.();
    else done = false;
    if (done) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const target = event.target;
    const copy = target.closest("[data-copy]");
    if (copy) {
      navigator.clipboard?.writeText(copy.dataset.copy).then(() => announce(say("Đã sao chép", "Copied")));
    }
    const opener = target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens)?.showModal?.();
    if (target.closest("dialog [data-close]")) target.closest("dialog").close();
    const row = target.closest("[data-row]");
    if (row && !target.closest("a, button, input, label, select, textarea, summary")) select(row);
    for (const open of all(document, "details.menu[open]")) if (!open.contains(target)) open.open = false;
  });

  // --- files ------------------------------------------------------------------------------------------
  const prepareUpload = (form) => {
    const input = form.querySelector("input[type=file]");
    const zone = form.querySelector(".drop") ?? form;
    const told = document.createElement("p");
    told.setAttribute("role", "status");
    zone.append(told);
    for (const name of ["dragenter", "dragover"]) {
      zone.addEventListener(name, (event) => {
        event.preventDefault();
        zone.classList.add("over");
      });
    }
    for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length) {
        input.files = event.dataTransfer.files;
        form.requestSubmit();
      }
    });
    input.addEventListener("change", () => {
      if (input.files.length && form.dataset.upload === "now") form.requestSubmit();
    });
    // `fetch` does not tell how far an upload has come.
    form.addEventListener("submit", (event) => {
      if (!input.files.length) return;
      event.preventDefault();
      const bar = document.createElement("progress");
      bar.max = 100;
      told.replaceChildren(bar);
      bar.setAttribute("aria-label", say("Đang tải lên", "Uploading"));
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.upload.addEventListener("progress", (step) => {
        if (step.lengthComputable) bar.value = (100 * step.loaded) / step.total;
      });
      request.upload.addEventListener("load", () => {
        bar.removeAttribute("value");
        told.append(say("Đang đọc tệp…", "Reading the file…"));
      });
      request.addEventListener("load", () => {
        if (request.responseURL && new URL(request.responseURL).pathname !== new URL(form.action).pathname) location.href = request.responseURL;
        else replace(request.responseText, location.href);
      });
      request.addEventListener("error", () => {
        told.textContent = say("Mất kết nối khi đang tải. Tệp vẫn được chọn, bấm nút để tải lại.", "The connection was lost. The file is still chosen, press the button to send it again.");
      });
      request.send(new FormData(form));
    });
  };

  // --- a block of cells from a spreadsheet ----------------------------------------------------------------
  document.addEventListener("paste", (event) => {
    const cell = event.target.closest?.("[data-grid] input");
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!cell || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const lines = all(cell.closest("[data-grid]"), "tbody tr");
    const top = lines.indexOf(cell.closest("tr"));
    const left = all(cell.closest("tr"), "input").indexOf(cell);
    text.replace(/\r?\n$/, "").split(/\r?\n/).forEach((line, down) => {
      line.split("\t").forEach((value, right) => {
        const target = lines[top + down] && all(lines[top + down], "input")[left + right];
        if (!target || target.readOnly) return;
        target.value = value.trim();
        target.dispatchEvent(new Event("input", { bubbles: true }));
        if (target.matches("[data-money]")) echo(target);
      });
    });
  });

  const ready = (root) => {
    // What is wrong is told with the name of its field.
    for (const link of all(root, ".faults a:not([data-named])")) {
      const field = document.getElementById(link.hash.slice(1));
      const name = (field?.labels?.[0] ?? field?.querySelector("legend"))?.firstChild?.textContent.trim();
      if (name) link.prepend(`${name}: `);
      link.dataset.named = "";
    }
    root.querySelector("[data-focus]")?.focus();
    for (const input of all(root, "[data-money]")) wordsOf(input);
    for (const form of all(root, "form[data-upload]")) prepareUpload(form);
    for (const row of rows()) if (!row.hasAttribute("aria-selected")) row.tabIndex = -1;
    const first = rows()[0];
    if (first && !rows().some((row) => row.tabIndex === 0)) first.tabIndex = 0;
    for (const said of all(root, "[data-said]")) {
      // Its place stays: no line moves away under a click that is just being made.
      const leave = () => {
        if (said.matches(":hover, :focus-within")) return void setTimeout(leave, 2000);
        said.classList.add("gone");
        said.querySelector("[data-undo]")?.removeAttribute("data-undo");
      };
      setTimeout(leave, 10000);
    }
    for (const box of all(root, "[data-keys-switch]")) {
      box.checked = keysOn();
      box.addEventListener("change", () => localStorage.setItem("doisoat-keys", box.checked ? "on" : "off"));
    }
    if (root.querySelector("[data-print-now]")) {
      // A page that is loaded again, or come back to, is not printed again.
      history.replaceState(null, "", location.pathname);
      print();
    }
    // On a telephone the menu and the tabs are wider than the screen: where one is has to be seen.
    for (const here of all(root, ".side [aria-current], .tabs [aria-current]")) {
      const list = here.closest(".side, .tabs");
      list.scrollLeft = here.offsetLeft - list.offsetLeft - (list.clientWidth - here.offsetWidth) / 2;
    }
    for (const button of all(root, "[data-print]")) button.addEventListener("click", () => print());
    for (const button of all(root, "[data-reveal]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const input = document.getElementById(button.dataset.reveal);
        input.type = input.type === "password" ? "text" : "password";
        button.setAttribute("aria-pressed", String(input.type === "text"));
      });
    }
    tally(document);
  };
  document.documentElement.classList.add("scripted");
  ready(document);
})();
