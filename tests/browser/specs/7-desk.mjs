import { strict as assert } from "node:assert";
import { as } from "../support/browser.mjs";
import { openInvoices } from "../support/statement.mjs";
import { at, expectText, press, SCHOOL, WAYS } from "../support/steps.mjs";

// A button that only asks opens a dialog with the script and a page without it: the same words in both.
async function agree(page, query) {
  const button = page.locator(query).last();
  await button.waitFor();
  await press(page, button);
}

export default (test) => {
  for (const { scripts, words } of WAYS) {
    test(`cash is taken and a voucher printed, and voided with a reason, ${words}`, (world) =>
      as(world, "ketoantruong", { scripts }, async (page) => {
        const open = await openInvoices(world, page, SCHOOL);
        const one = open.at(scripts ? -20 : -30);
        await page.goto(at("/cash"));
        await page.locator("main form[role=search] input[name=text]").fill(one.student_code);
        await page.keyboard.press("Enter");
        // One student found is the one who pays.
        await page.waitForURL(/\/cash\/students\/\d+$/);
        for (const box of await page.locator("input[name=invoice]").all()) await box.uncheck();
        await page.locator("tr").filter({ hasText: one.code }).locator("input[name=invoice]").check();
        const money = scripts ? "10000" : "10.000";
        await page.fill("#amount", money);
        await page.fill("#payer", "Nguyễn Văn “Mẫu” <&>");
        await page.fill("#received_on", "31/02/2026");
        await press(page, "button[name=means][value=cash]");
        await expectText(page, ".faults", /\S/);
        assert.equal(await page.inputValue("#payer"), "Nguyễn Văn “Mẫu” <&>", "what was typed stays");
        await page.fill("#received_on", "24/11/2026");
        if (await page.locator("#despite").count()) await page.check("#despite");
        await press(page, "button[name=means][value=cash]");
        await page.locator("article.paper").waitFor();
        await expectText(page, "article.paper", /10\.000/);
        await expectText(page, "article.paper", /[Mm]ười nghìn đồng/);
        const voucher = page.url();
        await page.locator("details.screen summary").click();
        await page.fill("#reason", "Ghi nhầm người");
        await press(page, "form[action$='/void'] button");
        await page.goto(voucher);
        await expectText(page, "article.paper", /ĐÃ HỦY/);
      }));

    test(`a round is drafted, previewed and issued, ${words}`, (world) =>
      as(world, "ketoan", { scripts }, async (page) => {
        await page.goto(at("/rounds/new"));
        const code = scripts ? "THU-1" : "THU-2";
        await page.fill("#name", `Đợt thử ${code}`);
        await page.check("input[name=of][value=classes]");
        await page.fill("#which", scripts ? "6A1" : "6A2");
        await page.fill("#from", "01/12/2026");
        await page.fill("#to", "31/12/2026");
        await page.fill("#due_on", "32/12/2026");
        await page.locator("input[name=item]").last().check();
        await page.locator("input[name=price]").last().fill("50000");
        await page.fill("#code", code);
        await press(page, "main form button.primary");
        await expectText(page, ".faults", /\S/);
        assert.equal(await page.inputValue("#name"), `Đợt thử ${code}`, "what was typed stays");
        assert.ok(await page.locator("input[name=item]").last().isChecked());
        await page.fill("#due_on", "15/12/2026");
        await press(page, "main form button.primary");
        assert.match(new URL(page.url()).pathname, /\/rounds\/\d+\/issue$/, (await page.locator("main").innerText()).slice(0, 400));
        await expectText(page, "tfoot", /\d/);
        await press(page, "form[action$='/issue/confirm'] button");
        await agree(page, "form[action$='/issue'] button.primary");
        await page.locator(".said").first().waitFor();
        await page.goto(at("/rounds"));
        await expectText(page, "table", new RegExp(`Đợt thử ${code}`));
      }));

    test(`a month is closed and opened again with a reason, ${words}`, (world) =>
      as(world, "ketoantruong", { scripts }, async (page) => {
        await page.goto(at("/periods/2026-10"));
        await page.locator("ul.tasks").waitFor();
        if (await page.locator("#accept_reason").count()) await page.fill("#accept_reason", "Trường bắt đầu dùng từ tháng 11");
        const close = page.locator("form[action$='/close'] button.primary");
        assert.ok(await close.isEnabled(), `the month can be closed: ${await page.locator("ul.tasks").innerText()}`);
        await press(page, close);
        await page.goto(at("/periods/2026-10"));
        await expectText(page, "h1 .status.done", /\S/);
        await page.locator("main details summary").last().click();
        await page.fill("#reason", "Sót một phiếu thu");
        await press(page, "form[action$='/reopen'] button");
        await page.goto(at("/periods/2026-10"));
        await expectText(page, "h1 .status.check", /\S/);
      }));
  }
};
