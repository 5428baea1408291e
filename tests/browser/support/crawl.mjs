// Every page that somebody can reach by following links from the start page, two of each kind: pages
// that differ only in numbers and in what a filter says are of one kind.

const EACH = 2;

export const kindOf = (url) => {
  const path = url.pathname.replace(/(?<=\/)\d{4}-\d{2}(?=\/|$)/g, "{month}").replace(/(?<=\/)\d+(?=\/|$)/g, "{n}").replace(/(?<=^\/s\/)[^/]+/, "{school}");
  const names = [...new Set(url.searchParams.keys())].sort().join("&");
  return names ? `${path}?${names}` : path;
};

const unescape = (text) => text.replace(/&#(x?)([0-9a-f]+);/gi, (_, hex, code) => String.fromCodePoint(parseInt(code, hex ? 16 : 10))).replace(/&quot;/g, '"').replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

export async function crawl(world, page, { start = ["/", "/account"], each = EACH, at = 900 } = {}) {
  const seen = new Set();
  const kinds = new Map();
  const found = [];
  const faults = [];
  const waiting = start.map((path) => ({ url: new URL(path, world.origin), from: "(start)" }));
  while (waiting.length && found.length < at) {
    const { url, from } = waiting.shift();
    url.hash = "";
    if (seen.has(url.href)) continue;
    seen.add(url.href);
    const kind = kindOf(url);
    const count = kinds.get(kind) ?? 0;
    if (count >= each) continue;
    kinds.set(kind, count + 1);
    // Papers of a whole school take a program that is not optimised some seconds.
    const response = await page.request.get(url.href, { maxRedirects: 5, timeout: 60_000 });
    const status = response.status();
    if (status >= 400) {
      faults.push(`${status} ${url.pathname}${url.search} (linked from ${from})`);
    }
    const type = response.headers()["content-type"] ?? "";
    if (!type.startsWith("text/html")) continue;
    const html = await response.text();
    if (status < 400) found.push({ url, kind, html, from });
    for (const [, raw] of html.matchAll(/<a\b[^>]*?\shref="([^"]*)"/g)) {
      const next = new URL(unescape(raw), response.url());
      if (next.origin === world.origin) waiting.push({ url: next, from: url.pathname + url.search });
    }
  }
  return { found, faults };
}
