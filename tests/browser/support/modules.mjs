// The two packages these tests need, from the folder into which `npm ci` put them.

import { createRequire } from "node:module";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../..", import.meta.url));
export const output = resolve(root, "target/browser");
const need = createRequire(resolve(process.env.DOISOAT_BROWSER_MODULES ?? resolve(output, "npm"), "here.js"));

export const { chromium } = need("playwright-core");
export const AxeBuilder = need("@axe-core/playwright").default;
