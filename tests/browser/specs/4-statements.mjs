import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { as } from "../support/browser.mjs";
import { root } from "../support/modules.mjs";
import { openInvoices, statement } from "../support/statement.mjs";
import { ACCOUNT, at, expectText, press, SCHOOL, upload, WAYS } from "../support/steps.mjs";

const cards = (page) => page.locator("main .cards .card b").allInnerTexts();

export default (test) => {
  for (const { scripts, words } of WAYS) {
    test(`a statement is uploaded, looked at, recorded, known again and taken back, ${words}`, (world) =>
      as(world, "ketoan", { scripts }, async (page) => {
        const open = await openInvoices(world, page, SCHOOL);
        assert.ok(open.length > 20, "the made-up school has open invoices");
        const day = scripts ? "23/11/2026" : "24/11/2026";
        const lines = open.slice(0, 5).map((one) => ({ day, amount: one.open, text: `${one.code} nop tien` }));
        // Two true payments that are alike in everything but the bank's reference.
        lines.push({ day, amount: 77_000, text: "nop tien" }, { day, amount: 77_000, text: "nop tien" });
        const file = statement(world, `thu-${scripts}.csv`, ACCOUNT, lines);
        await page.goto(at("/statements"));
        await upload(page, file, scripts);
        const address = new URL(page.url()).pathname;
        assert.match(address, /\/statements\/\d+$/);
        assert.deepEqual((await cards(page)).slice(0, 4), ["7", "0", "0", "5"], "new, known, no income, settled");
        await expectText(page, "main .chip.good", /\S/);
        await press(page, "form[action$='/commit'] button.primary");
        await expectText(page, ".said", /7/);
        assert.deepEqual((await cards(page)).slice(0, 4), ["7", "0", "0", "5"], "the plan is what was done");

        await page.goto(at("/statements"));
        await upload(page, file, scripts);
        assert.equal(new URL(page.url()).pathname, address, "the same file leads to what it did");

        await page.locator("main details summary").last().click();
        await press(page, "form[action$='/undo'] button");
        await expectText(page, "main .chip.warn, .said", /\S/);
        await page.goto(at("/statements"));
        await upload(page, file, scripts);
        await press(page, "form[action$='/commit'] button.primary");
        assert.deepEqual((await cards(page)).slice(0, 4), ["7", "0", "0", "5"], "what was taken back can be recorded again");
      }));

    test(`a file of unknown columns is read after one says what they are, ${words}`, (world) =>
      as(world, "ketoan", { scripts }, async (page) => {
        const text = readFileSync(resolve(root, "fixtures/statements/table-unknown-columns.csv"), "utf8");
        const path = join(world.folder, `cot-la-${scripts}.csv`);
        const { writeFileSync } = await import("node:fs");
        // Other words above the columns each time: what was answered once is not asked again.
        writeFileSync(path, text.replace("1017595600", ACCOUNT).replace("Đã nộp", scripts ? "Đã nộp" : "Đã nộp vào"));
        await page.goto(at("/statements"));
        await upload(page, path, scripts);
        assert.match(new URL(page.url()).pathname, /\/statements\/columns\/\d+$/);
        const selects = page.locator("main table select");
        const options = await selects.first().locator("option").evaluateAll((all) => all.map((one) => one.value));
        const answers = ["date", "counterparty_name", "credit", "memo", "ignore"];
        for (let at = 0; at < 5; at += 1) {
          assert.ok(options.includes(answers[at]), `${answers[at]} is none of ${options}`);
          await selects.nth(at).selectOption(answers[at]);
        }
        await press(page, "main form button.primary");
        if (await page.locator("input[name=unsigned]").count()) {
          await page.check("input[name=unsigned][value=credit]");
          await press(page, "main form button.primary");
        }
        assert.match(new URL(page.url()).pathname, /\/statements\/\d+$/, (await page.locator("main").innerText()).slice(0, 400));
        await expectText(page, "main", /nop tien an/);
      }));

    test(`a file that is no statement is refused in words, ${words}`, (world) =>
      as(world, "ketoan", { scripts }, async (page) => {
        await page.goto(at("/statements"));
        await page.setInputFiles("#file", resolve(root, "fixtures/README.md"));
        if (!scripts) await page.locator("form[enctype] button.primary").click();
        await expectText(page, "[role=alert]", /\S{3}/);
        await page.locator("#file").waitFor();
      }));
  }
};
