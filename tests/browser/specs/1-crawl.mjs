// Nobody is ever led to a page that is missing, forbidden to them or broken.

import { as } from "../support/browser.mjs";
import { crawl } from "../support/crawl.mjs";

export default (test) => {
  for (const name of ["ketoan", "thuquy", "ketoantruong", "hieutruong", "kiemtoan", "canbo", "quantri"]) {
    test(`every link that ${name} is shown leads to a page`, (world) =>
      as(world, name, { scripts: false }, async (page) => {
        const start = ["/", "/account", ...(process.env.SEED ?? "").split(" ").filter(Boolean)];
        const { found, faults } = await crawl(world, page, { start });
        world.crawled = { ...world.crawled, [name]: found };
        if (process.env.DOISOAT_BROWSER_VERBOSE) console.log([...new Set(found.map((one) => one.kind))].join("\n"));
        if (faults.length) throw new Error(`${faults.length} of ${found.length + faults.length} pages:\n  ${faults.join("\n  ")}`);
      }));
  }
};
