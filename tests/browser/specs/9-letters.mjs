// What leaves the house: letters as a mail program shows them, and papers as a printer draws them.

import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { as } from "../support/browser.mjs";
import { letter } from "../support/letters.mjs";
import { barriers, tooWide } from "../support/page-checks.mjs";
import { at } from "../support/steps.mjs";

const SIZES = [["390", 390, 844], ["800", 800, 900]];

// A fresh folder of what was made, for whoever wants to look at it.
function folder(world, name) {
  const path = join(world.output, name);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  return path;
}

// One letter of each kind and shape is kept as a picture; every letter is opened.
const shapeOf = (one) => `${one.headers["content-language"]}-${one.named.length}-${one.files.length}-${one.subject.split(/[:–-]/)[0].trim()}`;

// How the subject of each kind begins, in Vietnamese and in English.
const KINDS = {
  notice: /^(Thông báo thu:|Fees to be paid:)/,
  reminder: /^(Nhắc nộp:|Reminder:)/,
  receipt: /^(Xác nhận đã nhận tiền|Payment received)/,
  receipt_voided: /^(Hủy xác nhận|Cấp lại xác nhận|A confirmation of payment)/,
  refund: /^(Hoàn trả tiền nộp thừa|Your refund)/,
  claim_answered: /^(Trả lời về khoản tiền|About your payment)/,
  link_renewed: /^(Liên kết mới|Your new link)/,
  contact_change: /^(Xác nhận thay đổi thông tin liên hệ|Please confirm a change)/,
};

const haveProgram = (name) => {
  try {
    execFileSync(name, ["-v"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

const PAPERS = [
  { name: "bien-lai", who: "ketoan", a: "receipt", find: { page: at("/receipts"), link: /href="([^"]*\/receipts\/\d+\/pdf[^"]*)"/ } },
  { name: "giay-bao-thu", who: "ketoan", a: "sheet of notices", path: at("/notices?class=6A1") },
  { name: "danh-sach-lop", who: "ketoan", a: "list of a class", path: at("/class-lists?class=6A1") },
  { name: "bao-cao-ty-le", who: "canbo", a: "report of an authority", path: "/figures/TINH-MAU/file?format=pdf&period=2026-11" },
];

export default (test) => {
  test("every letter reads well on a telephone and on a desk, with its codes and one button", async (world) => {
    const mails = join(world.folder, "mail");
    const names = readdirSync(mails).filter((name) => name.endsWith(".eml")).sort();
    assert.ok(names.length >= 10, `${names.length} letters`);
    const out = folder(world, "letters");
    const kept = new Set();
    const faults = [];
    const missing = new Set(Object.keys(KINDS));
    await as(world, null, {}, async (page) => {
      for (const name of names) {
        const one = letter(join(mails, name));
        const fault = (what) => faults.push(`${name} (${one.subject}): ${what}`);
        if (!one.subject) fault("no subject");
        if (one.plain.length < 100) fault("a part is missing");
        for (const [kind, subject] of Object.entries(KINDS)) if (subject.test(one.subject)) missing.delete(kind);
        if (!one.html) {
          fault("words alone");
          continue;
        }
        for (const id of one.named) if (!one.pictures.has(id)) fault(`no picture cid:${id}`);
        for (const id of one.pictures.keys()) if (!one.named.includes(id)) fault(`the picture ${id} is not shown`);
        const shape = shapeOf(one);
        for (const [width, w, h] of SIZES) {
          await page.setViewportSize({ width: w, height: h });
          await page.setContent(one.html, { waitUntil: "load" });
          for (const what of await tooWide(page)) fault(`at ${width} px ${what}`);
          const seen = await page.evaluate(() => ({
            // An address that is written out is text; a button has a ground of its own.
            buttons: [...document.querySelectorAll("a[href]")].filter((link) => {
              const painted = (one) => one && !/^(rgba\(0, 0, 0, 0\)|transparent|rgb\(255, 255, 255\))$/.test(getComputedStyle(one).backgroundColor);
              return painted(link) || (link.closest("td") && painted(link.closest("td")) && link.closest("td").innerText.trim() === link.innerText.trim());
            }).map((link) => [link.innerText.trim(), Math.round(Math.max(link.getBoundingClientRect().height, link.closest("td")?.getBoundingClientRect().height ?? 0))]),
            broken: [...document.images].filter((picture) => !picture.complete || picture.naturalWidth === 0 || !picture.alt.trim()).map((picture) => picture.outerHTML.slice(0, 80)),
            small: [...document.images].filter((picture) => picture.getBoundingClientRect().width < 180).length,
            text: document.body.innerText,
          }));
          if (seen.buttons.length !== 1) fault(`at ${width} px ${seen.buttons.length} buttons: ${seen.buttons.join(", ")}`);
          for (const [words, height] of seen.buttons) if (height < 40) fault(`at ${width} px the button “${words}” is ${height} px high`);
          for (const what of seen.broken) fault(`at ${width} px not shown or without words: ${what}`);
          if (seen.small) fault(`at ${width} px ${seen.small} codes are too small to be scanned`);
          if (/undefined|NaN|\{\{|⟨|cid:/.test(seen.text)) fault("raw words");
          if (!kept.has(`${shape}-${width}`)) {
            kept.add(`${shape}-${width}`);
            await page.screenshot({ path: join(out, `${basename(name, ".eml")}-${width}.png`), fullPage: true });
            for (const { id, impact, places } of await barriers(page, ["color-contrast", "image-alt", "link-name"])) fault(`${impact} ${id}: ${places.join(" | ")}`);
          }
        }
      }
    });
    for (const kind of missing) faults.push(`the demo sends no letter of the kind ${kind}`);
    if (faults.length) throw new Error(`\n  ${[...new Set(faults)].slice(0, 20).join("\n  ")}`);
  });

  test("receipts, notices, lists and reports are drawn on paper", async (world) => {
    const out = folder(world, "papers");
    const drawn = haveProgram("pdftoppm");
    const faults = [];
    for (const { name, who, a, path, find } of PAPERS) {
      await as(world, who, { scripts: false }, async (page) => {
        let href = path;
        if (find) href = (await (await page.request.get(find.page)).text()).match(find.link)?.[1];
        if (!href) return void faults.push(`no address of a ${a}`);
        const response = await page.request.get(href, { timeout: 60_000 });
        const bytes = await response.body();
        if (response.status() !== 200 || bytes.subarray(0, 5).toString() !== "%PDF-") return void faults.push(`no ${a}: ${response.status()}`);
        const file = join(out, `${name}.pdf`);
        writeFileSync(file, bytes);
        if (!drawn) return;
        execFileSync("pdftoppm", ["-png", "-r", "80", "-l", "3", file, join(out, name)]);
        const pictures = readdirSync(out).filter((one) => one.startsWith(`${name}-`) && one.endsWith(".png"));
        if (!pictures.length) faults.push(`the ${a} has no page`);
        for (const picture of pictures) if (statSync(join(out, picture)).size < 5_000) faults.push(`${picture} of the ${a} is empty`);
      });
    }
    if (!drawn) console.log("        papers were not drawn: there is no pdftoppm");
    if (faults.length) throw new Error(`\n  ${faults.join("\n  ")}`);
  });
};
