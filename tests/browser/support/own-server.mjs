// The program as an office sets it up: an empty database, one school, one person, settings of its own.

import { execFileSync, spawn } from "node:child_process";
import { createServer } from "node:http";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { end } from "./server.mjs";

const READY_WITHIN_MS = 60_000;

// A port that is free now. The address people use has to be known before the program runs.
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function startOwn(binary, { school, person, role, settings }) {
  const folder = mkdtempSync(join(tmpdir(), "doisoat-browser-"));
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    DOISOAT_LANG: "vi",
    DOISOAT_DATABASE: `sqlite:${join(folder, "own.db")}`,
    DOISOAT_SERVER__BIND: `127.0.0.1:${port}`,
    DOISOAT_SERVER__PUBLIC_URL: origin,
    ...settings,
  };
  const run = (...words) => execFileSync(binary, words, { env, cwd: folder, stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" });
  let child;
  const stop = async () => {
    if (child) await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    run("migrate");
    run("school", "add", "--code", school, "--name", "Trường mẫu", "--level", "lower_secondary");
    run("user", "add", "--email", person, "--name", "Người Mẫu", "--role", role, "--school", school);
    const log = openSync(join(folder, "log"), "w");
    child = spawn(binary, ["serve"], { env, cwd: folder, stdio: ["ignore", log, log] });
    for (const until = Date.now() + READY_WITHIN_MS; ;) {
      if (await fetch(`${origin}/healthz`).then((answer) => answer.ok, () => false)) break;
      if (child.exitCode !== null || Date.now() > until) throw new Error(`the program does not serve:\n${readFileSync(join(folder, "log"), "utf8")}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { origin, stop };
}
