// Every kind of page there is, looked at once: its words in both languages, barriers in both colour
// schemes, a phone, 400 % zoom, paper, and what it loads.

import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { join } from "node:path";
import { as } from "../support/browser.mjs";
import { barriers, leftInEnglish, leftInVietnamese, squeezed, tooWide, words } from "../support/page-checks.mjs";

const BUDGET = 60 * 1024;
// Whoever sees most, first; the others only for what nobody before them saw.
const PEOPLE = ["ketoantruong", "quantri", "ketoan", "thuquy", "canbo", "hieutruong", "kiemtoan"];

const fileOf = (kind) => kind.replace(/^\/s\/\{school\}/, "school").replace(/[^a-z0-9]+/gi, "-").replace(/^-|-$/g, "") || "start";

// One page of every kind, the longest of those found, with whoever saw it.
function pagesOf(world) {
  const pages = new Map();
  for (const name of PEOPLE) {
    const kinds = new Map();
    for (const one of world.crawled?.[name] ?? []) {
      if (pages.has(one.kind)) continue;
      if (!(kinds.get(one.kind)?.html.length > one.html.length)) kinds.set(one.kind, { ...one, name });
    }
    for (const [kind, one] of kinds) pages.set(kind, one);
  }
  // What a filter shows looks like the page without one.
  return [...pages.values()].filter(({ kind }) => !kind.includes("?") || !pages.has(kind.split("?")[0]));
}

const byName = (pages) => PEOPLE.map((name) => [name, pages.filter((one) => one.name === name)]).filter(([, list]) => list.length);

const told = (faults) => {
  if (faults.length) throw new Error(`\n  ${faults.join("\n  ")}`);
};

export default (test) => {
  test("every page reads well, has no barrier in either colour scheme, and fits a phone and 400 % zoom", async (world) => {
    const faults = [];
    const report = [];
    const look = async ([name, pages]) =>
      as(world, name, {}, async (page) => {
        for (const { url, kind } of pages) {
          const where = url.pathname + url.search;
          await page.setViewportSize({ width: 1366, height: 768 });
          await page.goto(url.href);
          const fault = (what) => faults.push(`${kind} (${name}, ${where}): ${what}`);
          for (const one of await words(page, "vi")) fault(one);
          for (const one of await leftInEnglish(page)) fault(`“${one}” is not Vietnamese`);
          const found = await barriers(page);
          await page.screenshot({ path: join(world.output, "pages", `${fileOf(kind)}-1366.png`), fullPage: true });
          await page.emulateMedia({ colorScheme: "dark" });
          const dark = await barriers(page, ["color-contrast"]);
          await page.emulateMedia({ colorScheme: "light" });
          for (const one of [...found, ...dark.map((one) => ({ ...one, id: `${one.id} in the dark` }))]) {
            report.push({ kind, where, ...one });
            fault(`${one.impact} ${one.id}: ${one.places.join(" | ")}`);
          }
          await page.setViewportSize({ width: 390, height: 844 });
          for (const one of [...(await tooWide(page)), ...(await squeezed(page))]) fault(`on a phone ${one}`);
          await page.screenshot({ path: join(world.output, "pages", `${fileOf(kind)}-390.png`), fullPage: true });
          await page.setViewportSize({ width: 320, height: 256 });
          for (const one of await tooWide(page)) fault(`at 400 % ${one}`);
        }
      });
    for (const [name, pages] of byName(pagesOf(world))) {
      // Two at a time: one page is read while another is judged.
      const halves = [0, 1].map((half) => pages.filter((_, index) => index % 2 === half)).filter((list) => list.length);
      await Promise.all(halves.map((half) => look([name, half])));
    }
    writeFileSync(join(world.output, "axe.json"), JSON.stringify(report, null, 1));
    told(faults);
  });

  test("every page is in English for whoever chose that", async (world) => {
    const faults = [];
    for (const [name, pages] of byName(pagesOf(world))) {
      await as(world, name, { scripts: false }, async (page) => {
        const choose = (lang) => page.request.post("/language", { form: { lang, next: "/account" }, headers: { origin: world.origin } });
        await choose("en");
        try {
          for (const { url, kind } of pages) {
            await page.goto(url.href);
            const fault = (what) => faults.push(`${kind} (${name}, ${url.pathname}): ${what}`);
            for (const one of await words(page, "en")) fault(one);
            for (const one of await leftInVietnamese(page)) fault(`“${one}” is not English`);
          }
        } finally {
          await choose("vi");
        }
      });
    }
    told(faults);
  });

  test("lists print with their header rows", async (world) => {
    const lists = pagesOf(world).filter(({ kind, html }) => /<thead/.test(html) && /\/(statements|students|receivables|audit|cash\/book)$/.test(kind));
    if (!lists.length) throw new Error("no list was found");
    const faults = [];
    for (const [name, pages] of byName(lists)) {
      await as(world, name, {}, async (page) => {
        for (const { url, kind } of pages) {
          await page.goto(url.href);
          const pdf = await page.pdf({ format: "A4", landscape: true, preferCSSPageSize: true });
          writeFileSync(join(world.output, "pages", `${fileOf(kind)}.pdf`), pdf);
          if (pdf.subarray(0, 5).toString() !== "%PDF-" || pdf.length < 5_000) faults.push(`${kind}: no PDF`);
          await page.emulateMedia({ media: "print" });
          const seen = await page.evaluate(() => ({
            head: [...document.querySelectorAll("main thead")].every((one) => getComputedStyle(one).display === "table-header-group"),
            menu: [...document.querySelectorAll(".side, .find, .tools, .filters")].some((one) => one.getClientRects().length),
          }));
          await page.emulateMedia({ media: null });
          if (!seen.head) faults.push(`${kind}: the header row is not repeated`);
          if (seen.menu) faults.push(`${kind}: the menu is printed`);
        }
      });
    }
    told(faults);
  });

  test("a first visit loads little", async (world) => {
    const faults = [];
    for (const [name, pages] of byName(pagesOf(world))) {
      await as(world, name, { scripts: false }, async (page) => {
        const sizes = new Map();
        const sizeOf = async (href) => {
          if (!sizes.has(href)) {
            const response = await page.request.get(href, { headers: { "accept-encoding": "gzip" } });
            sizes.set(href, gzipSync(await response.body()).length);
          }
          return sizes.get(href);
        };
        for (const { kind, html } of pages) {
          let total = gzipSync(html).length;
          for (const [, href] of html.matchAll(/<(?:link|script|img)\b[^>]*?\b(?:href|src)="([^"]+)"/g)) {
            // A picture inside the page has been counted with it.
            if (!href.startsWith("data:")) total += await sizeOf(href);
          }
          if (total > BUDGET) faults.push(`${kind}: ${Math.round(total / 1024)} KB`);
        }
      });
    }
    told(faults);
  });
};
