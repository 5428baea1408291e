// Pages that only a form leads to: no link is followed there, so they are looked at here.

import { join } from "node:path";
import { as, visitor } from "../support/browser.mjs";
import { barriers, leftInEnglish, leftInVietnamese, tooWide, words } from "../support/page-checks.mjs";
import { at, press } from "../support/steps.mjs";

// Looks at the page that stands there, as at those which links lead to.
async function look(world, page, name, lang, faults) {
  const fault = (what) => faults.push(`${name} (${lang}, ${page.url()}): ${what}`);
  await page.setViewportSize({ width: 1366, height: 768 });
  for (const one of await words(page, lang)) fault(one);
  for (const one of await (lang === "vi" ? leftInEnglish : leftInVietnamese)(page)) fault(`“${one}” is another language`);
  for (const one of await barriers(page)) fault(`${one.id}: ${one.places.join(" | ")}`);
  await page.screenshot({ path: join(world.output, "pages", `asked-${name}-${lang}-1366.png`), fullPage: true });
  await page.emulateMedia({ colorScheme: "dark" });
  for (const one of await barriers(page, ["color-contrast"])) fault(`${one.id} in the dark: ${one.places.join(" | ")}`);
  await page.screenshot({ path: join(world.output, "pages", `asked-${name}-${lang}-dark.png`), fullPage: true });
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 390, height: 844 });
  for (const one of await tooWide(page)) fault(`on a phone ${one}`);
  await page.screenshot({ path: join(world.output, "pages", `asked-${name}-${lang}-390.png`), fullPage: true });
  await page.setViewportSize({ width: 1366, height: 768 });
}

// Our own script never comes: what looks for barriers needs scripts, but forms are to be sent as by a
// browser that runs none.
const withoutOurs = (page) => page.route(/\/assets\/[^/]*\.js$/, (route) => route.fulfill({ contentType: "text/javascript", body: "" }));

// Who gets where, and how.
const ASKED = [
  ["many-lines", "ketoan", async (page) => {
    await page.goto(at("/queue?tab=proposed"));
    for (const box of (await page.locator("input[name=line]").all()).slice(0, 2)) await box.check();
    await press(page, "button[data-needs-tick], .bulk button");
  }],
  ["no-account", "quantri", async (page) => {
    await page.goto(at("/settings/accounts/new"));
    await press(page, "main form button.primary");
  }],
  ["address-made", "quantri", async (page) => {
    await page.goto(at("/settings/notification-addresses/new"));
    await page.selectOption("#provider", "pay2s");
    await press(page, "main form button.primary");
  }],
  ["no-address", "quantri", async (page) => {
    await page.goto(at("/settings/event-addresses/new"));
    await page.fill("#url", "http://example.com");
    await press(page, "main form button.primary");
  }],
  ["events-address-made", "quantri", async (page) => {
    await page.goto(at("/settings/event-addresses/new"));
    await page.fill("#url", "https://example.com/doisoat");
    await press(page, "main form button.primary");
  }],
  ["tour", "kiemtoan", async (page) => {
    await page.goto(at("/help"));
    await press(page, "main form button");
  }],
  ["missing", "ketoan", async (page) => void (await page.goto(at("/queue/4611686018427387904")))],
];

export default (test) => {
  test("pages that only forms lead to read well, have no barrier and fit a phone, in both languages", async (world) => {
    const faults = [];
    for (const [name, who, go] of ASKED) {
      await as(world, who, {}, async (page) => {
        await withoutOurs(page);
        for (const lang of ["vi", "en"]) {
          await page.request.post("/language", { form: { lang, next: "/account" }, headers: { origin: world.origin } });
          await go(page);
          await look(world, page, name, lang, faults);
        }
        await page.request.post("/language", { form: { lang: "vi", next: "/account" }, headers: { origin: world.origin } });
      });
    }
    if (faults.length) throw new Error(`\n  ${faults.join("\n  ")}`);
  });

  test("a form that is sent after the visit has ended comes back with what was typed", async (world) => {
    const faults = [];
    const who = await visitor(world);
    try {
      await withoutOurs(who.page);
      await who.page.goto("/sign-in");
      await who.page.evaluate((to) => {
        const form = Object.assign(document.createElement("form"), { method: "post", action: to });
        form.append(Object.assign(document.createElement("input"), { name: "note", value: "đã <nhập>" }));
        document.body.append(form);
        form.submit();
      }, at("/cash/counts"));
      await who.page.waitForURL(/cash\/counts/);
      const kept = await who.page.inputValue("input[name=note]");
      if (kept !== "đã <nhập>") faults.push(`kept “${kept}”`);
      await look(world, who.page, "expired", "vi", faults);
    } finally {
      await who.context.close();
    }
    if (faults.length) throw new Error(`\n  ${faults.join("\n  ")}`);
  });
};
