// One browser for all tests; a context of its own for each visitor. Every page is watched: an error in
// the console, a refused script or style, a request to somebody else's server fails the test.

import { existsSync } from "node:fs";
import { chromium } from "./modules.mjs";

const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
  // Shared memory is small in containers: a long page would crash the tab.
  "--disable-dev-shm-usage",
];

export async function startBrowser() {
  const places = [process.env.DOISOAT_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
  const executablePath = places.find((place) => place && existsSync(place));
  if (!executablePath) throw new Error("there is no Chromium; name one in DOISOAT_CHROMIUM");
  return chromium.launch({ executablePath, args: FLAGS });
}

// Statuses that a test asks for on purpose; a browser writes a line to the console for each.
const EXPECTED = /Failed to load resource: the server responded with a status of (401|403|404|409|410|413|422|429)/;

export async function visitor(world, { scripts = true, size = [1366, 768], lang = "vi", dark = false } = {}) {
  const context = await world.browser.newContext({
    baseURL: world.origin,
    javaScriptEnabled: scripts,
    viewport: { width: size[0], height: size[1] },
    locale: lang === "vi" ? "vi-VN" : "en-GB",
    timezoneId: "Asia/Ho_Chi_Minh",
    colorScheme: dark ? "dark" : "light",
    acceptDownloads: true,
  });
  context.setDefaultTimeout(8_000);
  context.setDefaultNavigationTimeout(20_000);
  const troubles = [];
  context.on("page", (page) => {
    page.on("console", (message) => {
      if (message.type() === "error" && !EXPECTED.test(message.text())) troubles.push(`${page.url()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => troubles.push(`${page.url()}: ${error.message}`));
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith("http") && url.origin !== world.origin && !world.friends?.includes(url.origin)) troubles.push(`${page.url()} asked ${url.origin}`);
    });
    page.on("response", (response) => {
      if (response.status() >= 500) troubles.push(`${response.status()} ${response.request().method()} ${response.url()}`);
    });
  });
  const page = await context.newPage();
  const done = async () => {
    await context.close();
    if (troubles.length) throw new Error(`trouble in the browser:\n  ${[...new Set(troubles)].join("\n  ")}`);
  };
  return { context, page, troubles, done };
}

export async function signIn(world, page, name) {
  await page.goto("/sign-in");
  await page.fill("[name=email]", `${name}@example.com`);
  await page.fill("[name=password]", world.password);
  await Promise.all([page.waitForURL((url) => url.pathname !== "/sign-in"), page.locator("main form button.primary").first().click()]);
}

// Runs `work` with somebody signed in, and closes what was opened whatever happens.
export async function as(world, name, options, work) {
  const who = await visitor(world, options);
  try {
    if (name) await signIn(world, who.page, name);
    await work(who.page, who);
  } catch (error) {
    await who.page.screenshot({ path: `${world.output}/failed-${Date.now()}.png`, fullPage: true }).catch(() => {});
    error.message += `\n  at ${who.page.url()}${who.troubles.map((one) => `\n  ${one}`).join("")}`;
    await who.context.close();
    throw error;
  }
  await who.done();
}
