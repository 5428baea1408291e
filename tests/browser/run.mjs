// Runs the program in a browser as people do. See `./test`, which prepares what this needs.
//
//   node tests/browser/run.mjs [REGULAR EXPRESSION FOR NAMES OF TESTS]
//
// DOISOAT_BINARY            the program to run; target/debug/doisoat if not given
// DOISOAT_BROWSER_MODULES   the folder of `npm ci`; target/browser/npm if not given
// DOISOAT_CHROMIUM          the browser; Debian's if not given
// DOISOAT_BROWSER_DATABASE  an empty PostgreSQL database to run on; SQLite if not given
//
// Screenshots and reports go to target/browser/.

import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { output, root } from "./support/modules.mjs";
import { startServer } from "./support/server.mjs";
import { startBrowser } from "./support/browser.mjs";

const binary = resolve(root, process.env.DOISOAT_BINARY ?? "target/debug/doisoat");
const wanted = process.argv[2] ?? "";

async function collect() {
  const tests = [];
  for (const file of readdirSync(new URL("specs/", import.meta.url)).sort()) {
    if (!file.endsWith(".mjs")) continue;
    const spec = await import(`./specs/${file}`);
    spec.default((name, work) => tests.push({ name, work }));
  }
  return tests.filter(({ name }) => new RegExp(wanted).test(name));
}

async function main() {
  if (!existsSync(binary)) throw new Error(`there is no ${binary}: build it, or name one in DOISOAT_BINARY`);
  const tests = await collect();
  rmSync(resolve(output, "pages"), { recursive: true, force: true });
  mkdirSync(resolve(output, "pages"), { recursive: true });
  for (const name of readdirSync(output)) if (name.startsWith("failed-")) rmSync(resolve(output, name));
  const server = await startServer(binary, process.env.DOISOAT_BROWSER_DATABASE);
  let failed = 0;
  try {
    const browser = await startBrowser();
    try {
      const world = { ...server, binary, browser, output };
      for (const { name, work } of tests) {
        const began = Date.now();
        try {
          await work(world);
          console.log(`ok      ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
        } catch (error) {
          failed += 1;
          console.log(`FAILED  ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)\n${String(error.stack ?? error).replace(/^/gm, "        ")}`);
        }
      }
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
  }
  console.log(`test result: ${failed ? "FAILED" : "ok"}. ${tests.length - failed} passed; ${failed} failed`);
  process.exitCode = failed || tests.length === 0 ? 1 : 0;
}

// What waits for a page that a failed test has closed fails with it: it must not end the others.
process.on("unhandledRejection", (error) => console.log(`        later: ${error}`));

await main();
