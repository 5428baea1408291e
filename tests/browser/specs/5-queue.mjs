import { strict as assert } from "node:assert";
import { as, signIn, visitor } from "../support/browser.mjs";
import { openInvoices } from "../support/statement.mjs";
import { at, expectText, press, SCHOOL, WAYS } from "../support/steps.mjs";

const PROPOSED = at("/queue?tab=proposed");
const CONFIRM = "form[action$='/confirm'] button[data-primary]";

// The first line that the machine has a proposal for, and its number.
async function firstLine(page) {
  await page.goto(PROPOSED);
  const row = page.locator("[data-row]").filter({ has: page.locator(CONFIRM) }).first();
  await row.waitFor();
  const id = (await row.getAttribute("id")).replace("line-", "");
  return { row, id };
}

const saidSo = (page) => page.locator(".said").first().waitFor();

export default (test) => {
  for (const { scripts, words } of WAYS) {
    test(`a proposal is confirmed and undone, ${words}`, (world) =>
      as(world, "ketoan", { scripts }, async (page) => {
        const { row, id } = await firstLine(page);
        await press(page, row.locator(CONFIRM));
        await saidSo(page);
        assert.equal(await page.locator(`#line-${id}`).count(), 0, "the line waits no more");
        await press(page, ".said form button");
        await page.locator(`#line-${id}`).waitFor();
      }));

    test(`another invoice is chosen than the one proposed, and one line is split in two, ${words}`, (world) =>
      as(world, "ketoan", { scripts }, async (page) => {
        const open = await openInvoices(world, page, SCHOOL);
        const other = open.at(-1);
        const { id } = await firstLine(page);
        await page.goto(at(`/queue/${id}`));
        await page.fill("main input[name=find]", other.student_code);
        await press(page, "button[formmethod=get]");
        await page.locator(`input[name='pay-${other.code}']`).waitFor();
        await page.check("input[name=rest][value=wait]");
        const only = page.locator(`button[name=only][value^='${other.code}=']`);
        await press(page, only);
        await saidSo(page);
        await page.goto(at(`/queue/${id}`));
        await expectText(page, "main", new RegExp(other.code));

        const next = await firstLine(page);
        await page.goto(at(`/queue/${next.id}`));
        const fields = page.locator("input[name^='pay-']");
        await fields.first().waitFor();
        await fields.nth(0).fill("1.000");
        if ((await fields.count()) > 1) await fields.nth(1).fill("2000");
        if (scripts) await expectText(page, "[data-rest]", /\d/);
        await page.check("input[name=rest][value=wait]");
        await press(page, "form[action$='/use'] button.primary");
        await saidSo(page);
      }));

    test(`what is no fee is set aside, with a reason, ${words}`, (world) =>
      as(world, "ketoan", { scripts }, async (page) => {
        await page.goto(at("/queue?tab=unmatched"));
        const row = page.locator("[data-row]").first();
        const id = (await row.getAttribute("id")).replace("line-", "");
        await page.goto(at(`/queue/${id}`));
        await page.check("input[name=rest][value=aside]");
        await press(page, "form[action$='/use'] button.primary");
        await expectText(page, ".faults", /\S/);
        assert.ok(await page.isChecked("input[name=rest][value=aside]"), "what was chosen stays chosen");
        await page.fill("#reason", "Tiền hoàn của nhà cung cấp");
        await press(page, "form[action$='/use'] button.primary");
        await saidSo(page);
        await press(page, ".said form button");
        await saidSo(page);
      }));

    test(`several lines of one rule are confirmed at once and undone from the history, ${words}`, (world) =>
      as(world, "ketoan", { scripts }, async (page) => {
        await page.goto(PROPOSED);
        const boxes = await page.locator("input[name=line]").evaluateAll((all) => all.map((one) => [one.value, one.dataset.rule]));
        const rules = Map.groupBy ? Map.groupBy(boxes, ([, rule]) => rule) : boxes.reduce((map, one) => map.set(one[1], [...(map.get(one[1]) ?? []), one]), new Map());
        const lines = [...rules.values()].sort((a, b) => b.length - a.length)[0].slice(0, 20).map(([value]) => value);
        assert.ok(lines.length >= 2, `${boxes.length} lines can be ticked`);
        for (const value of lines) await page.check(`input[name=line][value='${value}']`);
        await press(page, "#bulk button.primary");
        const agree = page.locator("form[action$='/bulk/confirm'] button.primary");
        await agree.waitFor();
        assert.match(await agree.innerText(), new RegExp(`\\b${lines.length}\\b`), "the dialog says how many");
        await press(page, agree);
        await saidSo(page);
        const ids = lines.map((value) => value.split("-")[0]);
        for (const id of ids) assert.equal(await page.locator(`#line-${id}`).count(), 0);
        await page.goto(at("/history"));
        await press(page, "form[action*='/queue/groups/'] button");
        await saidSo(page);
        await page.goto(PROPOSED);
        for (const id of ids.slice(0, 3)) await page.locator(`#line-${id}`).waitFor();
      }));
  }

  test("of two people who confirm one line, the second is told of the first", (world) =>
    as(world, "ketoan", {}, async (page) => {
      const { row, id } = await firstLine(page);
      const second = await visitor(world);
      try {
        await signIn(world, second.page, "ketoantruong");
        await second.page.goto(PROPOSED);
        const theirs = second.page.locator(`#line-${id} ${CONFIRM}`).first();
        await theirs.waitFor();
        await press(page, row.locator(CONFIRM));
        await saidSo(page);
        await press(second.page, theirs);
        await expectText(second.page, "main [role=alert]", /Kế Toán Mẫu|ketoan@example\.com/);
      } finally {
        await second.context.close();
      }
      await page.goto(at("/history"));
      await press(page, "form[action$='/undo'], form[action*='/undo/']".replace(/form\[[^\]]*\]/g, (form) => `${form} button`));
    }));
};
