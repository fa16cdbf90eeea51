// What the tests of the page and its bench share: the real server, Debian's Chromium, and waiting.
import { execFileSync, spawn } from "node:child_process";
import path from "node:path";
import { chromium } from "playwright-core";

export const kPassword = "purple lighthouse";

export function ffmpeg(...words) {
  execFileSync("ffmpeg", ["-v", "error", "-y", ...words], { stdio: ["ignore", "ignore", "inherit"] });
}

export class Server {
  out = "";
  log = "";
  constructor(program, work, films, more = []) {
    Object.assign(this, { program, work, films, more });
  }
  async start() {
    this.process = spawn(this.program, ["--address", "127.0.0.1", "--port", "0", "--http-port", "0", "--data-dir", path.join(this.work, "data"), ...this.more, this.films], { stdio: ["ignore", "pipe", "pipe"] });
    this.process.stdout.on("data", (text) => { this.out += text; });
    this.process.stderr.on("data", (text) => { this.log += text; });
    await until(() => /ready: web 127\.0\.0\.1:(\d+)/.test(this.out), "the server's start", 60_000);
    this.origin = `http://127.0.0.1:${/ready: web 127\.0\.0\.1:(\d+)/.exec(this.out)[1]}`;
  }
  code() {
    return /([A-Z0-9]{4}(?:-[A-Z0-9]{4})+)/.exec(this.log + this.out)?.[1] ?? "";
  }
  stop() {
    this.process.kill("SIGTERM");
  }
}

export async function until(is, what, patience = 20_000) {
  const end = Date.now() + patience;
  for (;;) {
    if (await is()) return;
    if (Date.now() > end) throw new Error(`in vain: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

export function expect(is, what) {
  if (!is) throw new Error(what);
}
export const equal = (a, b, what) => expect(a === b, `${what}: ${JSON.stringify(a)} is not ${JSON.stringify(b)}`);

export const launch = () => chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required", "--mute-audio"] });

export async function register(page, name, code) {
  await page.waitForSelector(".gate input");
  if (!(await page.isVisible("button:has-text('Make the account')"))) await page.click("text=Register");
  await page.fill("input[name=name]", name);
  await page.fill("input[name=password]", kPassword);
  if (code) await page.fill("input[name=code]", code);
  await page.click("button[type=submit]");
  await page.waitForSelector("#bar:not([hidden])");
}
export async function signIn(page, name, password = kPassword) {
  await page.waitForSelector(".gate input");
  await page.fill("input[name=name]", name);
  await page.fill("input[name=password]", password);
  await page.click("button[type=submit]");
}
