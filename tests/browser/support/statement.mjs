// Statements as a bank would make them, for invoices that are still open.

import { writeFileSync } from "node:fs";
import { join } from "node:path";

const grouped = (amount) => String(amount).replace(/\B(?=(\d{3})+$)/g, ".");

// The open invoices of a school, as the API tells them.
export async function openInvoices(world, page, school) {
  const authorization = `Bearer ${world.keys.administrator}`;
  const open = [];
  let next = `/api/v1/schools/${school}/invoices?limit=200`;
  while (next) {
    const response = await page.request.get(next, { headers: { authorization } });
    if (!response.ok()) throw new Error(`${response.status()} ${next}`);
    const list = await response.json();
    open.push(...list.filter((one) => one.net > one.paid && one.state !== "cancelled").map((one) => ({ ...one, open: one.net - one.paid })));
    next = response.headers().link?.match(/<([^>]+)>;\s*rel="next"/)?.[1];
  }
  return open;
}

// Writes lines of { day, amount, text, payer } as a file; each gets a reference of its own.
let made = 0;
export function statement(world, name, account, lines) {
  made += 1;
  let balance = 500_000_000;
  const rows = lines.map(({ day, amount, text, payer = "NGUYEN VAN MAU" }, at) => {
    balance += amount;
    return `${day},FB${made}${String(at).padStart(6, "0")},"${grouped(amount)}","${grouped(balance)}",${text},${payer}`;
  });
  const days = lines.map(({ day }) => day.split("/").reverse().join("")).sort();
  const words = (day) => `${day.slice(6)}/${day.slice(4, 6)}/${day.slice(0, 4)}`;
  const text = [
    "Sao kê bịa để thử", `Số tài khoản: ${account}`, `Từ ngày: ${words(days[0])} Đến ngày: ${words(days.at(-1))}`,
    "Số dư đầu kỳ: 500.000.000 VND", "Ngày,Số CT,Số tiền,Số dư,Diễn giải,Tên người chuyển", ...rows,
    `Số dư cuối kỳ,,,"${grouped(balance)}",,`, "",
  ].join("\n");
  const path = join(world.folder, name);
  writeFileSync(path, text);
  return path;
}
