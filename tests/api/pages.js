// The pages of a running server, in a browser: axe-core finds no violation on any, narrow and wide, light and dark.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import axe from "axe-core";
import puppeteer from "puppeteer-core";

const base = process.env.VIVA_URL;

async function api(path, body, headers = {}) {
  const response = await fetch(`${base}/api/v1/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  assert.ok(response.ok, `${path}: ${response.status}`);
  return response.json();
}

/** A session with one answer, and its follow-up left open; the second one of a question has another attempt to compare with. */
async function answered(question, text, finish) {
  const session = await api("sessions", { question_ids: [question] });
  const headers = { prefer: "wait=60", "idempotency-key": randomUUID() };
  const turn = await api(`turns/${session.turns[0].id}/answer`, { text }, headers);
  assert.equal(turn.state, "judged");
  if (finish) await api(`sessions/${session.id}/finish`, {});
  return session.review_url;
}

const sessions = [
  await answered("borrowing-push-while-reading", "There is a rule about it and the compiler checks that rule.", true),
  await answered("borrowing-push-while-reading", "Push needs a mutable borrow while a shared one is alive.", true),
  await answered("ownership-why", "Every value has exactly one owner.", false),
];
const others = (await (await fetch(`${base}/api/v1/sessions?limit=10`)).json()).sessions.map(({ id }) => `/sessions/${id}`);
const paths = new Set(["/", "/?q=nothing+has+these+words", "/progress", "/docs", "/no-such-page", `${sessions[0]}/delete`]);
for (const path of [...sessions, ...others]) paths.add(path);

const browser = await puppeteer.launch({
  executablePath: process.env.BROWSER,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic"],
});
let found = 0;
try {
  const page = await browser.newPage();
  for (const width of [360, 1280]) {
    for (const scheme of ["light", "dark"]) {
      await page.setViewport({ width, height: 800 });
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      for (const path of paths) {
        await page.goto(base + path, { waitUntil: "load" });
        await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
        await page.evaluate(axe.source);
        const { violations } = await page.evaluate(() =>
          window.axe.run(document, { rules: { "target-size": { enabled: true } }, resultTypes: ["violations"] }),
        );
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        if (overflow > 0) violations.push({ id: "page-scrolls-sideways", help: `by ${overflow} pixels`, nodes: [] });
        for (const { id, help, nodes } of violations) {
          found += 1;
          console.error(`${path} at ${width} px, ${scheme}: ${id}: ${help}`);
          for (const node of nodes.slice(0, 3)) console.error(`    ${node.html}\n    ${node.failureSummary}`);
        }
      }
    }
  }
} finally {
  await browser.close();
}
assert.equal(found, 0, `${found} violations`);
console.log(`${paths.size} pages`);
