// The keys of the review queue, and that they never get in the way of somebody who types Vietnamese.

import { strict as assert } from "node:assert";
import { as } from "../support/browser.mjs";
import { compose, finish, posts, takenKey } from "../support/keys.mjs";
import { at, expectText, leads } from "../support/steps.mjs";

const PROPOSED = at("/queue?tab=proposed");
const chosen = (page) => page.locator("[data-row][aria-selected=true]");
const chosenId = (page) => chosen(page).getAttribute("id");

async function rowIds(page) {
  await page.goto(PROPOSED);
  const ids = await page.locator("[data-row]").evaluateAll((all) => all.map((one) => one.id));
  assert.ok(ids.length >= 3, `${ids.length} lines wait`);
  return ids;
}

export default (test) => {
  test("arrows walk over the lines, Space ticks one, and F2 opens it to be split", (world) =>
    as(world, "ketoan", {}, async (page) => {
      const ids = await rowIds(page);
      await page.keyboard.press("ArrowDown");
      assert.equal(await chosenId(page), ids[0], "the first arrow chooses the first line");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowUp");
      assert.equal(await chosenId(page), ids[1]);
      assert.equal(await chosen(page).count(), 1, "one line is chosen");
      assert.equal(await page.evaluate(() => document.activeElement.id), ids[1], "it has the focus");
      for (let step = 0; step < ids.length + 3; step += 1) await page.keyboard.press("ArrowDown");
      assert.equal(await chosenId(page), ids.at(-1), "the last line is the end");
      const hidden = await page.evaluate(() => {
        const [row, bar] = [document.activeElement, document.querySelector(".bulk")].map((one) => one.getBoundingClientRect());
        return Math.round(row.bottom - bar.top);
      });
      assert.ok(hidden <= 0, `${hidden} px of the chosen line are under the bar at the bottom`);
      for (let step = 0; step < ids.length + 3; step += 1) await page.keyboard.press("ArrowUp");
      assert.equal(await chosenId(page), ids[0]);
      const covered = await page.evaluate(() => {
        const [row, bar] = [document.activeElement, document.querySelector(".top")].map((one) => one.getBoundingClientRect());
        return Math.round(bar.bottom - row.top);
      });
      assert.ok(covered <= 0, `${covered} px of the chosen line are under the bar at the top`);

      const box = page.locator(`#${await page.locator("[data-row]:has(input[name=line])").first().getAttribute("id")} input[name=line]`);
      await page.locator("[data-row]:has(input[name=line])").first().evaluate((row) => row.focus());
      const stood = await page.evaluate(() => scrollY);
      await page.keyboard.press("Space");
      assert.ok(await box.isChecked(), "Space ticks");
      assert.equal(await page.locator("[data-count]").innerText(), "1");
      await page.keyboard.press("Space");
      assert.ok(!(await box.isChecked()), "and takes the tick away");
      assert.equal(await page.evaluate(() => scrollY), stood, "the page does not scroll under it");

      await page.keyboard.press("ArrowDown");
      const id = (await chosenId(page)).replace("line-", "");
      await leads(page, () => page.keyboard.press("F2"));
      assert.equal(new URL(page.url()).pathname, at(`/queue/${id}`));
      await page.locator("input[name=find]").waitFor();
    }));

  test("Enter confirms the chosen line, Ctrl+Z takes that back, ? tells the keys", (world) =>
    as(world, "ketoan", {}, async (page) => {
      const [id] = await rowIds(page);
      assert.deepEqual(await posts(page, () => page.keyboard.press("Enter")), [], "Enter confirms nothing while no line is chosen");
      await page.keyboard.press("?");
      await page.locator("dialog#keys[open]").waitFor();
      assert.deepEqual(await posts(page, async () => {
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("Control+z");
      }), [], "no key of the list works behind a dialog");
      assert.equal(await chosen(page).count(), 0);
      await page.keyboard.press("Escape");
      await page.locator("dialog#keys:not([open])").waitFor({ state: "attached" });
      await page.keyboard.press("ArrowDown");
      assert.equal(await chosenId(page), id);
      await leads(page, () => page.keyboard.press("Enter"));
      await page.locator(".said").waitFor();
      await page.locator(`#${id}`).waitFor({ state: "detached" });
      assert.equal(await chosen(page).count(), 1, "the next line is chosen at once");
      await leads(page, () => page.keyboard.press("Control+z"));
      await page.locator(`#${id}`).waitFor();
    }));

  test("no key confirms, ticks or moves anything from inside a box", (world) =>
    as(world, "ketoan", {}, async (page) => {
      await rowIds(page);
      await page.keyboard.press("ArrowDown");
      const before = await chosenId(page);
      await page.keyboard.press("/");
      const box = page.locator("main [data-search]");
      assert.ok(await box.evaluate((one) => one === document.activeElement), "the slash leads to the search");
      assert.equal(await box.inputValue(), "", "and is not typed");
      const sent = await posts(page, async () => {
        await page.keyboard.type("a/b? c");
        for (const key of ["ArrowDown", "ArrowUp", "F2", "Control+z", "Control+Enter"]) await page.keyboard.press(key);
      });
      assert.deepEqual(sent, []);
      assert.equal(await chosenId(page), before);
      assert.equal(await page.locator("dialog[open]").count(), 0);
      await box.fill("6A1");
      await leads(page, () => page.keyboard.press("Enter"));
      assert.equal(new URL(page.url()).searchParams.get("q"), "6A1", "Enter in the search searches");

      // The page of one line: Enter in any of its boxes looks for students or does nothing.
      const [id] = await rowIds(page);
      for (const name of ["find", "pay-", "reason"]) {
        await page.goto(at(`/queue/${id.replace("line-", "")}`));
        const field = page.locator(`form[action$='/use'] input[name^='${name}']`).first();
        await field.fill(name === "pay-" ? "1000" : "abc");
        assert.deepEqual(await posts(page, () => field.press("Enter")), [], `Enter in ${name} sends nothing`);
      }
    }));

  test("keys that an input method takes do nothing, and what it wrote is found", (world) =>
    as(world, "ketoan", {}, async (page, { context }) => {
      await rowIds(page);
      const session = await context.newCDPSession(page);
      const name = (await page.locator("[data-row] .proposal strong").first().innerText()).trim();
      const word = name.split(" ").at(-1);
      await page.keyboard.press("ArrowDown");
      const before = await chosenId(page);
      await page.keyboard.press("/");
      const sent = await posts(page, async () => {
        // Telex: “Ngoocj” becomes “Ngọc” while it stands underlined; Enter only ends the word.
        await compose(session, [...word].map((_, end) => word.slice(0, end + 1).normalize("NFD").replace(/\p{M}/gu, "")).concat(word));
        for (const code of ["Enter", "Space", "ArrowDown", "Slash", "KeyZ", "Escape"]) await takenKey(session, code);
      });
      assert.deepEqual(sent, []);
      assert.equal(await chosenId(page), before);
      const box = page.locator("main [data-search]");
      assert.ok(await box.evaluate((one) => one === document.activeElement), "the box keeps the focus");
      await finish(session, word);
      assert.equal(await box.inputValue(), word);
      await leads(page, () => page.keyboard.press("Enter"));
      await expectText(page, "[role=grid]", new RegExp(word));

      // Outside of a box some input methods compose as well: nothing is done by their keys either.
      await rowIds(page);
      await page.keyboard.press("ArrowDown");
      const row = await chosenId(page);
      const ignored = await posts(page, async () => {
        for (const key of ["Enter", "ArrowDown", " ", "/", "?", "F2"]) {
          await chosen(page).evaluate((one, pressed) => {
            one.dispatchEvent(new KeyboardEvent("keydown", { key: pressed, bubbles: true, cancelable: true, isComposing: true }));
            // Safari ends a word with a key that is no longer composing, but still has this code.
            one.dispatchEvent(new KeyboardEvent("keydown", { key: pressed, bubbles: true, cancelable: true, keyCode: 229 }));
          }, key);
        }
      });
      assert.deepEqual(ignored, []);
      assert.equal(await chosenId(page), row);
      assert.equal(await page.locator("dialog[open]").count(), 0);
      assert.equal(new URL(page.url()).pathname, at("/queue"));
    }));

  test("keys can be switched off, and stay off", (world) =>
    as(world, "ketoan", {}, async (page) => {
      await rowIds(page);
      await page.keyboard.press("?");
      await page.uncheck("dialog#keys [data-keys-switch]");
      await page.click("dialog#keys [data-close]");
      await rowIds(page);
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("/");
      assert.equal(await chosen(page).count(), 0);
      assert.equal(await page.evaluate(() => document.activeElement.matches("[data-search]")), false);
      await page.click("[data-opens=keys]");
      await page.check("dialog#keys [data-keys-switch]");
      await page.click("dialog#keys [data-close]");
      await page.keyboard.press("ArrowDown");
      assert.equal(await chosen(page).count(), 1);
    }));
};
