// A whole month of a school without a mouse: 650 rows, nine in ten with a good code, from the file to
// an empty queue. What is counted: keys pressed from the page of statements on; letters typed into a
// box would count one each, a file dialog counts as the key that opens it.

import { strict as assert } from "node:assert";
import { as } from "../support/browser.mjs";
import { openInvoices, statement } from "../support/statement.mjs";
import { at, leads, press } from "../support/steps.mjs";

const SCHOOL = "MN-SAO-MAI";
const ACCOUNT = "99000003";
const ROWS = 650;
const WITHOUT_CODE = 65;
const MOST_KEYS = 80;

const plain = (name) => name.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d").replace(/Đ/g, "D");

// Nine rows in ten with a code, some invoices paid in two parts; the others by name and class.
function rows(open) {
  const lines = [];
  const bare = [...new Map(open.map((one) => [one.student_code, one])).values()].slice(0, WITHOUT_CODE);
  const coded = open.filter((one) => !bare.includes(one));
  const wanted = ROWS - bare.length;
  let halves = wanted - coded.length;
  for (const one of coded) {
    if (lines.length >= wanted) break;
    if (halves > 0 && one.open > 20_000) {
      halves -= 1;
      const first = Math.floor(one.open / 2_000) * 1_000;
      lines.push({ amount: first, text: `${one.code} dot 1` }, { amount: one.open - first, text: `${one.code} dot 2` });
    } else lines.push({ amount: one.open, text: `${one.code} nop tien` });
  }
  for (const one of bare) lines.push({ amount: one.open, text: `${plain(one.student_name)} ${plain(one.class)} nop tien` });
  return lines.map((line, index) => ({ ...line, day: index % 2 ? "24/11/2026" : "23/11/2026" }));
}

export default (test) => {
  test(`a month of ${ROWS} rows is settled with at most ${MOST_KEYS} keys`, async (world) => {
    await as(world, "quantri", { scripts: false }, async (page) => {
      await page.goto("/people");
      const row = page.locator("tr").filter({ hasText: "ketoan@example.com" });
      await row.locator("details summary").click();
      await row.locator("select[name=role]").selectOption("accountant");
      await row.locator("input[name=code]").fill(SCHOOL);
      await press(page, row.locator("details form button"));
    });
    await as(world, "ketoan", {}, async (page) => {
      let keys = 0;
      const key = async (name) => {
        keys += 1;
        await page.keyboard.press(name);
      };
      const reach = async (query) => {
        for (let step = 0; step < 40; step += 1) {
          if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), query)) return;
          await key("Tab");
        }
        throw new Error(`${query} is not reached by Tab on ${page.url()}`);
      };
      const go = (name) => leads(page, () => key(name));
      const open = await openInvoices(world, page, SCHOOL);
      const lines = rows(open);
      assert.ok(lines.length >= ROWS * 0.9, `${lines.length} rows`);
      const file = statement(world, "ca-thang.csv", ACCOUNT, lines);

      await page.goto(at("/statements", SCHOOL));
      await key("Tab");
      await key("Enter"); // to the content
      await reach("#file");
      // A key that comes while the page still settles opens nothing: people press it again.
      let chooser = null;
      for (let attempt = 0; attempt < 3 && !chooser; attempt += 1) {
        const opened = page.waitForEvent("filechooser", { timeout: 5_000 }).catch(() => null);
        await key(attempt % 2 ? "Space" : "Enter");
        chooser = await opened;
      }
      assert.ok(chooser, "the key opens the choice of files");
      const planned = page.waitForURL(/\/statements\/\d+$/, { timeout: 60_000 });
      planned.catch(() => {});
      await chooser.setFiles(file);
      await planned;
      await key("Tab");
      await key("Enter");
      await reach("form[action$='/commit'] button");
      await go("Enter");
      await key("Tab");
      await key("Enter");
      await reach("main a.button[href*='/queue']");
      await go("Enter");
      assert.equal(new URL(page.url()).searchParams.get("tab"), "proposed", "one comes to what waits");

      const WAITING = "[data-row] form[action$='/confirm'] [data-primary]";
      const left = () => page.locator(WAITING).count();
      const began = await left();
      assert.ok(began > 0, "some lines wait for a person");
      for (let round = 0; round < 60; round += 1) {
        const before = await left();
        if (before === 0) break;
        await key("ArrowDown");
        // All lines of the rule of the first one at once, if there are several; else this one.
        if ((await page.locator("input[name=line]:not(:disabled)").count()) > 2) {
          await key("Shift+Space");
          await key("Control+Enter");
          await page.locator("dialog[open] button.primary").waitFor();
        }
        await key("Enter");
        await page.waitForFunction(([query, count]) => document.querySelectorAll(query).length !== count, [WAITING, before]);
      }
      assert.equal(await left(), 0, "nothing is left to confirm");
      console.log(`        ${lines.length} rows, ${began} waited for a person, ${keys} keys`);
      assert.ok(keys <= MOST_KEYS, `${keys} keys`);
    });
  });
};
