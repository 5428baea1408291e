// What goes wrong while people work: a button pressed twice in two tabs, a step back, a lost line, a
// visit that ended, a file dropped and cells pasted.

import { strict as assert } from "node:assert";
import { resolve } from "node:path";
import { as } from "../support/browser.mjs";
import { root } from "../support/modules.mjs";
import { posts } from "../support/keys.mjs";
import { openInvoices, statement } from "../support/statement.mjs";
import { ACCOUNT, at, expectText, leads, press, SCHOOL, upload, WAYS } from "../support/steps.mjs";

const PROPOSED = at("/queue?tab=proposed");
const CONFIRM = "form[action$='/confirm'] button[data-primary]";

async function firstLine(page) {
  await page.goto(PROPOSED);
  const row = page.locator("[data-row]").filter({ has: page.locator(CONFIRM) }).first();
  return { row, id: await row.getAttribute("id") };
}

async function undoLast(page) {
  await press(page, page.locator(".said form button"));
  await page.locator(".said").first().waitFor();
}

// The newest vouchers, by their numbers in addresses.
const vouchers = async (page) => {
  const shown = await page.request.get(at("/cash/vouchers"));
  return new Set([...(await shown.text()).matchAll(/\/cash\/vouchers\/(\d+)"/g)].map(([, id]) => id));
};
const added = (before, after) => [...after].filter((id) => !before.has(id));

// Signs in again as the page of an ended visit says, in a tab of its own, and sends what was kept.
async function signInAgain(world, page, context, name) {
  const [tab] = await Promise.all([context.waitForEvent("page"), page.locator("main a[href^='/sign-in']").click()]);
  await tab.fill("#email", `${name}@example.com`);
  await tab.fill("#password", world.password);
  await press(tab, "main form button.primary");
  await tab.close();
}

export default (test) => {
  for (const { scripts, words } of WAYS) {
    test(`a step back after confirming shows what is so now and confirms nothing twice, ${words}`, (world) =>
      as(world, "ketoan", { scripts }, async (page) => {
        const { row, id } = await firstLine(page);
        await press(page, row.locator(CONFIRM));
        await page.locator(".said").waitFor();
        await page.goto(at("/history"));
        const sent = await posts(page, () => page.goBack({ waitUntil: "load" }));
        assert.deepEqual(sent, [], "going back sends nothing");
        assert.equal(new URL(page.url()).pathname, at("/queue"));
        assert.equal(await page.locator(`#${id}`).count(), 0, "the page that comes back knows of it");
        await page.goto(at("/history"));
        await press(page, "form[action*='/undo'] button");
        await page.goto(PROPOSED);
        await page.locator(`#${id}`).waitFor();
      }));

    test(`a step back to a form that was sent records no second voucher, ${words}`, (world) =>
      as(world, "ketoantruong", { scripts }, async (page) => {
        const open = await openInvoices(world, page, SCHOOL);
        const one = open.at(scripts ? -60 : -70);
        await page.goto(at("/cash"));
        await page.locator("main form[role=search] input[name=text]").fill(one.student_code);
        await page.keyboard.press("Enter");
        await page.waitForURL(/\/cash\/students\/\d+$/);
        const before = await vouchers(page);
        await page.fill("#amount", "11.000");
        await page.fill("#payer", "Người Nộp Mẫu");
        if (await page.locator("#despite").count()) await page.check("#despite");
        await press(page, "button[name=means][value=cash]");
        await page.locator("article.paper").waitFor();
        const voucher = page.url();
        const after = await vouchers(page);
        assert.equal(added(before, after).length, 1);
        const form = page.locator("#amount");
        for (let step = 0; step < 3 && !(await form.count()); step += 1) await page.goBack({ waitUntil: "load" });
        await form.waitFor();
        // Whoever does not trust it presses again: the form is the same one, or a new and empty one.
        if ((await page.inputValue("#payer")) !== "" && (await page.inputValue("#amount")) !== "") {
          await press(page, "button[name=means][value=cash]");
          assert.deepEqual(added(after, await vouchers(page)), [], "the same form sent again leads to the voucher that is there");
        }
        await page.goto(voucher);
        await page.locator("details.screen summary").click();
        await page.fill("#reason", "Phiếu thử");
        await press(page, "form[action$='/void'] button");
      }));

    test(`in two tabs of one person the second is told what the first did, ${words}`, (world) =>
      as(world, "ketoan", { scripts }, async (page, { context }) => {
        const { row, id } = await firstLine(page);
        const second = await context.newPage();
        await second.goto(PROPOSED);
        await press(page, row.locator(CONFIRM));
        await page.locator(".said").waitFor();
        await press(second, second.locator(`#${id} ${CONFIRM}`));
        await expectText(second, "main [role=alert]", /Kế Toán Mẫu|ketoan@example\.com/);
        // The way out is on the page: what it leads to is the line as it is now.
        assert.ok(await second.locator("main a").count(), "there is somewhere to go");
        await second.close();
        await undoLast(page);
      }));
  }

  test("a visit that ended while one confirms in place loses nothing", (world) =>
    as(world, "ketoan", {}, async (page, { context }) => {
      const { row, id } = await firstLine(page);
      await context.clearCookies();
      await press(page, row.locator(CONFIRM));
      await page.locator("main a[href^='/sign-in']").waitFor();
      await signInAgain(world, page, context, "ketoan");
      await press(page, "main form button.primary");
      await page.locator(".said").waitFor();
      assert.equal(await page.locator(`#${id}`).count(), 0, "what was meant is done");
      await undoLast(page);
    }));

  test("a visit that ended before a file was chosen is said so in words", (world) =>
    as(world, "ketoan", {}, async (page, { context }) => {
      await page.goto(at("/statements"));
      await context.clearCookies();
      await page.setInputFiles("#file", resolve(root, "fixtures/README.md"));
      await page.locator("main a[href^='/sign-in'], main input[name=password]").first().waitFor();
      assert.match(await page.locator("main").innerText(), /đăng nhập/i);
    }));

  test("the line that is lost in the middle of an upload is said so, and the file goes again", (world) =>
    as(world, "ketoan", {}, async (page, { context, troubles }) => {
      const open = (await openInvoices(world, page, SCHOOL)).slice(-40);
      const lines = open.map((one) => ({ day: "25/11/2026", amount: 1_000, text: `khong ma ${"chu ".repeat(300)}${one.student_code}` }));
      const file = statement(world, "dut-mang.csv", ACCOUNT, lines);
      await page.goto(at("/statements"));
      const session = await context.newCDPSession(page);
      await session.send("Network.enable");
      const line = (offline, upload) => session.send("Network.emulateNetworkConditions", { offline, latency: 0, downloadThroughput: -1, uploadThroughput: upload });
      await line(false, 10_000);
      await page.setInputFiles("#file", file);
      await page.locator("progress").waitFor();
      await page.waitForTimeout(1_500);
      await line(true, 0);
      const told = page.locator(".drop [role=status]");
      await told.filter({ hasText: /Mất kết nối/ }).waitFor();
      assert.equal(await page.locator("progress").count(), 0, "nothing goes on moving");
      assert.equal(await page.evaluate(() => document.querySelector("#file").files.length), 1, "the file is still chosen");
      await line(false, -1);
      await leads(page, () => page.click("form[enctype] button.primary"));
      await page.waitForURL(/\/statements\/\d+$/);
      await expectText(page, "main .cards", /40/);
      // The browser itself writes of the lost line to the console: that was wanted.
      troubles.splice(0, troubles.length, ...troubles.filter((one) => !/ERR_INTERNET_DISCONNECTED/.test(one)));
    }));

  test("the line that is lost while one confirms is said so, and confirming works again", (world) =>
    as(world, "ketoan", {}, async (page, { context, troubles }) => {
      const { row, id } = await firstLine(page);
      await context.setOffline(true);
      await row.locator(CONFIRM).click();
      await expectText(page, "#offline", /Mất kết nối/);
      await context.setOffline(false);
      await press(page, page.locator(`#${id} ${CONFIRM}`));
      await page.locator(".said").waitFor();
      assert.equal(await page.locator("#offline").count(), 0, "what was said of the line is gone");
      await undoLast(page);
      troubles.splice(0, troubles.length, ...troubles.filter((one) => !/ERR_INTERNET_DISCONNECTED/.test(one)));
    }));

  test("a file that is dropped on its place is read", (world) =>
    as(world, "ketoan", {}, async (page, { context }) => {
      const open = (await openInvoices(world, page, SCHOOL)).slice(-3);
      const file = statement(world, "tha-vao.csv", ACCOUNT, open.map((one) => ({ day: "25/11/2026", amount: 2_000, text: `tha ${one.student_code}` })));
      await page.goto(at("/statements"));
      const box = await page.locator(".drop").boundingBox();
      const session = await context.newCDPSession(page);
      const point = { x: box.x + box.width / 2, y: box.y + box.height - 12 };
      const data = { items: [], files: [file], dragOperationsMask: 1 };
      for (const type of ["dragEnter", "dragOver"]) await session.send("Input.dispatchDragEvent", { type, ...point, data });
      await page.locator(".drop.over").waitFor();
      const planned = page.waitForURL(/\/statements\/\d+$/);
      await session.send("Input.dispatchDragEvent", { type: "drop", ...point, data });
      await planned;
      await expectText(page, "main .cards", /3/);
    }));

  test("cells from a spreadsheet are pasted into the grid of fees", (world) =>
    as(world, "ketoan", {}, async (page, { context }) => {
      await context.grantPermissions(["clipboard-read", "clipboard-write"]);
      await page.goto(at("/rounds/new"));
      const [quantities, prices] = ["quantity", "price"].map((name) => page.locator(`[data-grid] input[name=${name}]`));
      const lines = await quantities.count();
      assert.ok(lines >= 2, `${lines} items`);
      const codes = await page.locator("[data-grid] input[name=known]").evaluateAll((all) => all.map((one) => one.value));
      const paste = async (cell, text) => {
        await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
        await cell.focus();
        await page.keyboard.press("Control+a");
        await page.keyboard.press("Control+v");
      };
      // Excel ends lines with CR LF and the block with one more; one row more than there are falls away.
      const block = Array.from({ length: lines + 1 }, (_, row) => `${row + 1}\t${row + 1}5.000 ₫\tthừa`).join("\r\n") + "\r\n";
      await paste(quantities.first(), block);
      const values = (found) => found.evaluateAll((all) => all.map((one) => one.value));
      assert.deepEqual(await values(quantities), Array.from({ length: lines }, (_, row) => String(row + 1)));
      assert.deepEqual(await values(prices), Array.from({ length: lines }, (_, row) => `${row + 1}5.000`));
      assert.deepEqual(await page.locator("[data-grid] input[name=known]").evaluateAll((all) => all.map((one) => one.value)), codes, "what is not shown is not written over");
      // From the middle of the grid, and a single cell as anywhere.
      await paste(prices.nth(1), "70000\n");
      await page.keyboard.press("Tab");
      assert.deepEqual((await values(prices)).slice(0, 2), ["15.000", "70.000"]);
      await paste(quantities.nth(1), "9");
      assert.equal(await quantities.nth(1).inputValue(), "9");
      // Text that is no number is not swallowed: it stands there and is told of when the form is sent.
      await paste(quantities.first(), "2\t1,25tr\r\n");
      assert.equal(await prices.first().inputValue(), "1,25tr");
    }));
};
