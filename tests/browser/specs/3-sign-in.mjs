import { strict as assert } from "node:assert";
import { as, signIn } from "../support/browser.mjs";
import { at, expectText, press, WAYS } from "../support/steps.mjs";

export default (test) => {
  for (const { scripts, words } of WAYS) {
    test(`one signs in, out, and is told of a wrong password, ${words}`, (world) =>
      as(world, null, { scripts }, async (page) => {
        await page.goto(at("/statements"));
        assert.equal(new URL(page.url()).pathname, "/sign-in", "whoever is not signed in is asked to");
        await page.fill("#email", "ketoan@example.com");
        await page.fill("#password", "not the password");
        await press(page, "main form button.primary");
        await expectText(page, "[role=alert]", /\S/);
        assert.equal(await page.inputValue("#email"), "ketoan@example.com", "the address stays");
        await page.fill("#password", world.password);
        await press(page, "main form button.primary");
        assert.equal(new URL(page.url()).pathname, at("/statements"), "one comes to the page one wanted");
        await page.locator("details.menu:not(.year) summary").click();
        await press(page, "form[action='/sign-out'] button");
        await page.goto(at("/statements"));
        assert.equal(new URL(page.url()).pathname, "/sign-in", "who signed out is out");
      }));

    test(`one chooses a language before signing in and after, ${words}`, (world) =>
      as(world, null, { scripts }, async (page) => {
        await page.goto("/sign-in");
        assert.equal(await page.getAttribute("html", "lang"), "vi");
        await press(page, "form[action='/language'] button");
        assert.equal(await page.getAttribute("html", "lang"), "en");
        await signIn(world, page, "kiemtoan");
        await page.goto("/account");
        const before = await page.getAttribute("html", "lang");
        await page.locator("details.menu:not(.year) summary").click();
        await press(page, "form[action='/language'] button");
        assert.notEqual(await page.getAttribute("html", "lang"), before);
        await page.locator("details.menu:not(.year) summary").click();
        await press(page, "form[action='/language'] button");
        assert.equal(await page.getAttribute("html", "lang"), before);
      }));
  }

  test("a form sent after the session ended loses nothing", (world) =>
    as(world, "quantri", {}, async (page, { context }) => {
      await page.goto("/people");
      await page.locator("main details summary").first().click();
      await page.fill("#email", "moi@example.com");
      await page.fill("#name", "Người Mới <&> “Ngoặc”");
      await page.selectOption("main details[open] select[name=role]", "cashier");
      await page.fill("main details[open] input[name=code]", "THCS-BINH-MINH");
      await context.clearCookies();
      await press(page, "main details[open] button.primary");
      const link = page.locator("main a[href^='/sign-in']");
      const [tab] = await Promise.all([context.waitForEvent("page"), link.click()]);
      await tab.fill("#email", "quantri@example.com");
      await tab.fill("#password", world.password);
      await press(tab, "main form button.primary");
      await tab.close();
      await press(page, "main form button.primary");
      await expectText(page, "table", /Người Mới <&> “Ngoặc”/);
    }));
};
