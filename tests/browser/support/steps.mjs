// What people do on a page, in a word each.

import { strict as assert } from "node:assert";

export const SCHOOL = "THCS-BINH-MINH";
export const ACCOUNT = "9900000100001";
export const at = (path = "", school = SCHOOL) => `/s/${school}${path}`;

// Presses a button or follows a link and waits for the page behind it.
export async function press(page, what) {
  const button = typeof what === "string" ? page.locator(what).first() : what.first();
  const before = page.url();
  const answer = page.waitForResponse((response) => response.request().isNavigationRequest() || response.request().method() === "POST");
  await button.click();
  await answer;
  await page.waitForLoadState("load");
  return before;
}

// What a page says of what was just done.
export const said = (page) => page.locator(".said").first().innerText();

export async function expectText(page, query, pattern) {
  const found = page.locator(query).first();
  await found.waitFor();
  assert.match(await found.innerText(), pattern);
}

// Chooses a file and sends it, with the script or without.
export async function upload(page, path, scripts) {
  const answer = page.waitForURL((url) => !/\/statements$/.test(url.pathname));
  await page.setInputFiles("#file", path);
  if (!scripts) await page.locator("form[enctype] button.primary").click();
  await answer;
  await page.waitForLoadState("load");
}

// Both ways in which every path has to work.
export const WAYS = [
  { scripts: true, words: "with JavaScript" },
  { scripts: false, words: "without JavaScript" },
];
