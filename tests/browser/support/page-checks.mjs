// What must be so on every page.

import { AxeBuilder } from "./modules.mjs";

const KEY = /^[a-z]+(-[a-z0-9]+)+$/;
// Words of that shape that are no keys: file formats, names of bank layouts, stable names of the API.
const NO_KEYS = /^(mb-biz|vietcombank-\w+|vietinbank-\w+|mt940|x-\w+|sha-256|whsec-.*|e-mail)$/;

// What a page says, judged in the page itself.
export async function words(page, lang) {
  return page.evaluate(
    ([lang, key, noKey]) => {
      const faults = [];
      const isKey = new RegExp(key);
      const isNone = new RegExp(noKey);
      const say = (what) => faults.push(what);
      if (document.documentElement.lang !== lang) say(`<html lang="${document.documentElement.lang}">, not ${lang}`);
      if (document.querySelectorAll("h1").length !== 1) say(`${document.querySelectorAll("h1").length} <h1>`);
      if (!document.title.trim() || /^[\s·]/.test(document.title)) say(`the title is “${document.title}”`);
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const text = node.data.trim();
        if (!text || node.parentElement.closest("script, style, code, .code, input, textarea")) continue;
        if (isKey.test(text) && !isNone.test(text)) say(`untranslated “${text}”`);
        if (/\{\s*\$|\{\{|\}\}|\bundefined\b|\bNaN\b|⟨|⟩/.test(text)) say(`raw “${text.slice(0, 80)}”`);
      }
      for (const name of ["aria-label", "title", "placeholder", "alt", "value"]) {
        for (const one of document.querySelectorAll(`[${name}]`)) {
          const text = one.getAttribute(name);
          if (name === "value" && !one.matches("button")) continue;
          if (name !== "value" && isKey.test(text) && !isNone.test(text)) say(`untranslated ${name}="${text}"`);
          if (/\{\s*\$/.test(text)) say(`raw ${name}="${text}"`);
        }
      }
      for (const button of document.querySelectorAll("button, a.button")) {
        if (!button.textContent.trim() && !button.getAttribute("aria-label")) say(`a button without words: ${button.outerHTML.slice(0, 120)}`);
      }
      const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
      for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) say(`id “${id}” twice`);
      for (const link of document.querySelectorAll("a[href^='#']")) {
        const id = decodeURIComponent(link.getAttribute("href").slice(1));
        if (id && !document.getElementById(id)) say(`a link to #${id}, which is not there`);
      }
      for (const one of document.querySelectorAll("[style], script:not([src]), [onclick]")) say(`inline style or script: ${one.outerHTML.slice(0, 100)}`);
      for (const table of document.querySelectorAll("table")) {
        if (!table.querySelector("thead th[scope=col]")) say("a table without a header row");
      }
      return [...new Set(faults)];
    },
    [lang, KEY.source, NO_KEYS.source],
  );
}

// Vietnamese letters in a page that is in English, outside of names and other data, which say so.
export async function leftInVietnamese(page) {
  return page.evaluate(() => {
    const found = new Set();
    const places = "h2, h3, th[scope=col], label, caption, legend, button, summary, .hint, nav a, .status, .empty p, dt";
    for (const one of document.querySelectorAll(places)) {
      if (one.closest("[lang=vi], .named, .tools, .crumbs, tbody")) continue;
      for (const node of one.childNodes) {
        if (node.nodeType === Node.TEXT_NODE && /[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/i.test(node.data)) found.add(node.data.trim().slice(0, 80));
      }
    }
    return [...found];
  });
}

// Words of English in a page that is in Vietnamese: of our own words, which carry no names.
export async function leftInEnglish(page) {
  return page.evaluate(() => {
    const found = new Set();
    const english = /\b(row|rows|line|lines|sheet|the|and|with|from|payment|payments|invoice|invoices|student|students|school|not|closed|open|waiting|done|failed|error|unknown|none|day|days|month|amount|account|by|of|settled|proposed|machine|reason|state|version)\b/i;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.data.trim();
      if (!english.test(text) || node.parentElement.closest("script, style, code, pre, .code, .remittance, mark, input, textarea, [lang=en], option, kbd, .tools")) continue;
      // What somebody else wrote, such as a bank's text, has no Vietnamese marks either: short words of it are left to the eye.
      if (/[A-Z]{4}/.test(text)) continue;
      found.add(text.slice(0, 80));
    }
    return [...found];
  });
}

// What makes a page wider than the screen, if anything does.
export async function tooWide(page) {
  return page.evaluate(() => {
    const root = document.scrollingElement;
    if (root.scrollWidth <= root.clientWidth + 1) return [];
    const wide = [];
    for (const one of document.body.querySelectorAll("*")) {
      const box = one.getBoundingClientRect();
      if (box.right <= root.clientWidth + 1 || box.width === 0 || one.closest(".hidden")) continue;
      let parent = one.parentElement;
      while (parent && !/auto|scroll|hidden|clip/.test(getComputedStyle(parent).overflowX)) parent = parent.parentElement;
      if (!parent) wide.push(`${one.tagName.toLowerCase()}${one.id ? `#${one.id}` : ""}${one.className ? `.${String(one.className).trim().replace(/\s+/g, ".")}` : ""} ends at ${Math.round(box.right)} of ${root.clientWidth}`);
    }
    return wide.length ? wide.slice(-3) : [`the page is ${root.scrollWidth} wide`];
  });
}

// Cells that are squeezed to a word or two a line: a table is to be scrolled sideways instead.
export async function squeezed(page) {
  return page.evaluate(() => {
    const found = [];
    for (const cell of document.querySelectorAll("main .scroll td, main .scroll th")) {
      const range = document.createRange();
      range.selectNodeContents(cell);
      const lines = new Set([...range.getClientRects()].filter((box) => box.width > 1).map((box) => Math.round(box.bottom / 8)));
      if (lines.size > 5 && cell.clientWidth < 110 && !cell.querySelector("form, details, a + a")) found.push(`“${cell.innerText.slice(0, 40)}” takes ${lines.size} lines of ${cell.clientWidth} px`);
    }
    return found.slice(0, 2);
  });
}

// Rules of WCAG 2.2 A and AA that this page breaks seriously.
export async function barriers(page, only) {
  let builder = new AxeBuilder({ page });
  builder = only ? builder.withRules(only) : builder.withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]);
  const { violations } = await builder.analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, impact, nodes }) => ({ id, impact, places: nodes.slice(0, 4).map((node) => `${node.target.join(" ")} — ${node.any?.[0]?.message ?? node.failureSummary}`) }));
}
