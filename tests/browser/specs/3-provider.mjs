// Signing in with the organisation's own provider: its pages stand at another address, to which no form of
// ours may lead (CSP).

import { strict as assert } from "node:assert";
import { as } from "../support/browser.mjs";
import { startOwn } from "../support/own-server.mjs";
import { startProvider } from "../support/provider.mjs";
import { press, WAYS } from "../support/steps.mjs";

const SCHOOL = "TRUONG-MAU";
const PERSON = "ke.toan@example.com";

export default (test) => {
  for (const { scripts, words } of WAYS) {
    test(`one signs in with the organisation's provider and proves oneself there again, ${words}`, async (world) => {
      const provider = await startProvider(PERSON);
      const own = await startOwn(world.binary, {
        school: SCHOOL,
        person: PERSON,
        role: "auditor",
        settings: {
          DOISOAT_SIGN_IN__OIDC_ISSUER: provider.issuer,
          DOISOAT_SIGN_IN__OIDC_CLIENT_ID: "doisoat",
          DOISOAT_SIGN_IN__OIDC_CLIENT_SECRET: "made up",
          DOISOAT_WEBHOOKS__ALLOW_PRIVATE_NETWORKS: "true",
        },
      }).catch(async (error) => {
        await provider.stop();
        throw error;
      });
      try {
        await as({ ...world, origin: own.origin, friends: [provider.issuer] }, null, { scripts }, async (page) => {
          await page.goto("/sign-in");
          await page.locator("form[action='/sign-in/provider'] button").click();
          await page.waitForURL((url) => url.origin === provider.issuer);
          await page.getByRole("button", { name: "Đồng ý" }).click();
          await page.waitForURL((url) => url.origin === own.origin);
          assert.notEqual(new URL(page.url()).pathname, "/sign-in", "the provider's word is taken");

          // Where somebody has to prove who they are, the provider asks them, and they go on where they were.
          assert.equal(provider.prompts.at(-1), null);
          await page.goto("/prove?next=/account/second-factor");
          await page.locator("form[action='/prove/provider'] button").click();
          await page.waitForURL((url) => url.origin === provider.issuer);
          assert.equal(provider.prompts.at(-1), "login", "the provider has to ask the person");
          await page.getByRole("button", { name: "Đồng ý" }).click();
          await page.waitForURL((url) => url.origin === own.origin);
          assert.equal(new URL(page.url()).pathname, "/account/second-factor");
          await page.goto(`/s/${SCHOOL}/history`);
          assert.equal(new URL(page.url()).pathname, `/s/${SCHOOL}/history`);
          await page.locator("details.menu:not(.year) summary").click();
          await press(page, "form[action='/sign-out'] button");
        });
      } finally {
        await own.stop();
        await provider.stop();
      }
    });
  }
};
