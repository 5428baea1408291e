// A letter as it lies in the folder of the demo, taken apart as a mail program does.

import { readFileSync } from "node:fs";

const WORD = /=\?([\w-]+)\?([bq])\?([^?]*)\?=/gi;

// Encoded words of a header line, and what folds it.
const header = (text) =>
  text
    .replace(/\?=\s+=\?/g, "?==?")
    .replace(WORD, (_, charset, how, words) => {
      const bytes = how.toLowerCase() === "b" ? Buffer.from(words, "base64") : Buffer.from(words.replace(/_/g, " ").replace(/=([0-9A-F]{2})/gi, (__, hex) => String.fromCharCode(parseInt(hex, 16))), "latin1");
      return new TextDecoder(charset).decode(bytes);
    });

function parse(text) {
  const end = text.search(/\r?\n\r?\n/);
  const [head, body] = [text.slice(0, end), text.slice(end).replace(/^\r?\n\r?\n/, "")];
  const headers = {};
  for (const line of head.replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/)) {
    const at = line.indexOf(":");
    headers[line.slice(0, at).toLowerCase()] = header(line.slice(at + 1).trim());
  }
  const type = headers["content-type"] ?? "text/plain";
  const boundary = type.match(/boundary="?([^";]+)"?/)?.[1];
  if (boundary) {
    const parts = body.split(`--${boundary}`).slice(1, -1).map((part) => parse(part.replace(/^\r?\n/, "")));
    return { headers, type, parts };
  }
  const how = headers["content-transfer-encoding"] ?? "7bit";
  let bytes = Buffer.from(body, "latin1");
  if (/base64/i.test(how)) bytes = Buffer.from(body, "base64");
  if (/quoted-printable/i.test(how)) bytes = Buffer.from(body.replace(/=\r?\n/g, "").replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))), "latin1");
  return { headers, type, bytes, parts: [] };
}

const leaves = (part) => (part.parts.length ? part.parts.flatMap(leaves) : [part]);

// The subject, both texts and the pictures of a letter; the pictures stand inside of the HTML, as a mail
// program shows them.
export function letter(path) {
  const whole = parse(readFileSync(path, "latin1"));
  const found = leaves(whole);
  const text = (kind) => found.find(({ type }) => type.startsWith(kind))?.bytes.toString("utf8") ?? "";
  const pictures = new Map(found.filter(({ headers }) => headers["content-id"]).map((one) => [one.headers["content-id"].replace(/[<>]/g, ""), one]));
  const named = [...text("text/html").matchAll(/src="cid:([^"]+)"/g)].map(([, id]) => id);
  const html = text("text/html").replace(/src="cid:([^"]+)"/g, (_, id) => {
    const picture = pictures.get(id);
    return picture ? `src="data:${picture.type.split(";")[0]};base64,${picture.bytes.toString("base64")}"` : `src="cid:${id}"`;
  });
  const files = found.filter(({ headers }) => /^attachment/i.test(headers["content-disposition"] ?? ""));
  return { subject: whole.headers.subject, headers: whole.headers, plain: text("text/plain"), html, pictures, named, files };
}
