// Starts the program on a made-up province in a temporary folder, and stops it.

import { spawn } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const READY_WITHIN_MS = 400_000;

// Asks a program to end, and makes it if it does not.
export async function end(child) {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGINT");
  const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await ended;
  clearTimeout(late);
}

export async function startServer(binary, database) {
  const folder = mkdtempSync(join(tmpdir(), "doisoat-browser-"));
  const log = openSync(join(folder, "log"), "w");
  const logged = () => readFileSync(join(folder, "log"), "utf8").slice(-4_000);
  const child = spawn(binary, ["demo", "--dir", join(folder, "demo"), ...(database ? ["--on", database] : [])], {
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      DOISOAT_LANG: "vi",
      // The program picks a free port and says which.
      DOISOAT_SERVER__BIND: "127.0.0.1:0",
    },
    stdio: ["ignore", "pipe", log],
    cwd: folder,
  });
  let said = "";
  const ready = new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the demo said no address in time:\n${said}\n${logged()}`)), READY_WITHIN_MS);
    child.stdout.setEncoding("utf8");
    child.stdout.on("data", (text) => {
      said += text;
      if (/Ctrl\+C\s*$/.test(said)) {
        clearTimeout(timer);
        resolve();
      }
    });
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`the demo ended with ${code}:\n${said}\n${logged()}`)));
  });
  const stop = async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await ready;
  } catch (error) {
    await stop();
    throw error;
  }
  child.removeAllListeners("exit");
  const origin = said.match(/http:\/\/127\.0\.0\.1:\d+/)?.[0];
  const keys = {};
  for (const [, who, key] of said.matchAll(/^\s+(\w+)\s+(dsk_\w+)/gm)) keys[who] = key;
  const password = said.match(/(?:mật khẩu|password) ([0-9a-f-]{19})/)?.[1];
  const people = [...said.matchAll(/^\s+(\w+)@example\.com/gm)].map(([, name]) => name);
  if (!origin || !password || people.length === 0) {
    await stop();
    throw new Error(`the demo printed no address, password or people:\n${said}`);
  }
  return { origin, keys, password, people, folder: join(folder, "demo"), files: join(folder, "demo", "files"), stop };
}
