// What people do on a page, in a word each.

import { strict as assert } from "node:assert";

export const SCHOOL = "THCS-BINH-MINH";
export const ACCOUNT = "9900000100001";
export const at = (path = "", school = SCHOOL) => `/s/${school}${path}`;

// Does something that leads on and waits for the page behind it; for a form that the script sends, for
// its answer.
export async function leads(page, act) {
  const moved = page.waitForEvent("framenavigated", { predicate: (frame) => frame === page.mainFrame() }).catch(() => null);
  const answered = page.waitForResponse((response) => response.request().isNavigationRequest() || response.request().method() === "POST");
  answered.catch(() => null);
  await act();
  if ((await answered).request().isNavigationRequest()) await moved;
  await page.waitForLoadState("load");
}

// Presses a button or follows a link.
export async function press(page, what) {
  const button = typeof what === "string" ? page.locator(what).first() : what.first();
  await leads(page, () => button.click());
}

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
