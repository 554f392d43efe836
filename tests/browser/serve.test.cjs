// The planner's page in a browser: from the question to the council's sentence, two variants compared, saved and opened
// again, and wrong input. URL is the address that `stapjes serve` said; SHOTS (optional) is a folder for pictures.
"use strict";
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { chromium } = require("playwright-core");

const url = process.env.URL_OF_PAGE;
const shots = process.env.SHOTS;
const patience = { timeout: 300000 };
const axeSource = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

async function open(browser, viewport, address) {
  const context = await browser.newContext({ viewport, locale: "nl-NL", acceptDownloads: true, reducedMotion: "reduce" });
  const page = await context.newPage();
  const trouble = [];
  const home = new URL(url).origin;
  page.on("console", (message) => {
    // A refused question (422) is part of what is tried here; the browser reports its status.
    if (!/status of 422/.test(message.text())) { trouble.push(`console ${message.type()}: ${message.text()}`); }
  });
  page.on("pageerror", (error) => trouble.push(`error: ${error.message}`));
  page.on("request", (request) => {
    const to = request.url();
    if (!to.startsWith(home) && !to.startsWith("blob:" + home)) { trouble.push(`request: ${to}`); }
    assert.ok(!to.includes("token"), "the key is never part of a request's address");
  });
  await page.goto(address || url);
  return { context, page, trouble };
}

async function answered(page) {
  await page.waitForFunction(() => document.querySelector("#state").textContent.length > 0 && document.querySelector("#progress").hidden
    && document.querySelector("#shown .answer"), null, patience);
}

async function noViolations(page, state) {
  const source = axeSource;
  await page.evaluate((text) => { const script = new Function(text); script(); }, source).catch(() => null);
  const has = await page.evaluate(() => typeof window.axe === "object");
  assert.ok(has, "axe could be loaded");
  const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const found = result.violations.map((violation) => `${violation.id}: ${violation.nodes[0].html.slice(0, 120)}`);
  assert.deepEqual(found, [], `axe, ${state}`);
}

async function shot(page, name) {
  if (shots) { await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true }); }
}

async function noSidewaysScroll(page) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `the page is ${wide} pixels too wide`);
}

(async () => {
  const browser = await chromium.launch({
    executablePath: process.env.BROWSER,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  const bypass = async (context) => {
    // axe is put in by the test: the page's own rules allow no such script, so the rules are lifted for it.
    const session = await context.newCDPSession(context.pages()[0]);
    await session.send("Page.setBypassCSP", { enabled: true });
  };
  try {
    // The planner's case.
    const { context, page, trouble } = await open(browser, { width: 1280, height: 900 });
    await bypass(context);
    await page.reload();
    await page.waitForSelector("#shown .answer", patience);
    await noViolations(page, "first impression");
    await shot(page, "wide-first");
    await page.fill("#hour_price", "68,50");
    await page.fill("#benefit_price", "€ 1.350");
    await page.fill("#years", "2").catch(() => null);
    await page.focus("#years");
    await page.keyboard.press("Home");
    await page.waitForFunction(() => document.querySelector("output[for=years]").textContent === "1");
    await page.waitForTimeout(600);
    await answered(page);
    const sentence = await page.textContent("#shown .answer");
    assert.ok(sentence.length > 20, "there is an answer");
    assert.match(await page.textContent("#capacity"), /gesprekken per maand nodig/);
    assert.match(await page.textContent("#quotes"), /stapjes run onze-gemeente\.toml/);
    await noViolations(page, "answered");
    await noSidewaysScroll(page);
    // Tabs by keyboard.
    const tabs = page.locator("[role=tab]");
    await tabs.first().focus();
    for (let at = 0; at < await tabs.count(); at += 1) {
      const chosen = await page.locator("[role=tab][aria-selected=true]").textContent();
      await noViolations(page, `tab ${chosen}`);
      await page.keyboard.press("ArrowRight");
    }
    await shot(page, "wide-answered");
    // A figure can be read with the keys.
    const plot = page.locator("#shown > div figure.chart .plot.wide").first();
    await plot.focus();
    await page.keyboard.press("End");
    assert.match(await page.locator("#shown > div figure.chart .readout").first().textContent(), /\d/);
    // Two variants.
    await page.fill("#variant-name", "zo <b>laten</b>");
    await page.click("#pin button");
    await page.focus("#talks_per_year");
    await page.keyboard.press("ArrowRight");
    await page.waitForTimeout(600);
    await answered(page);
    await page.fill("#variant-name", "vaker");
    await page.click("#pin button");
    assert.equal(await page.locator("#variants thead th").count(), 3);
    assert.ok((await page.textContent("#variants")).includes("zo <b>laten</b>"), "a hostile name is text");
    await noViolations(page, "variants");
    await shot(page, "wide-variants");
    // Saved and opened again: the same numbers.
    const before = await page.locator("#shown .cards .value").allTextContents();
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("[data-file=scenario]")]);
    assert.equal(download.suggestedFilename(), "onze-gemeente.toml");
    const saved = await download.path();
    const [report] = await Promise.all([page.waitForEvent("download", patience), page.click("[data-file=report-nl]")]);
    const html = fs.readFileSync(await report.path(), "utf8");
    assert.ok(html.includes("</html>"));
    await page.setInputFiles("#upload", { name: "x.toml", mimeType: "text/plain", buffer: fs.readFileSync(saved) });
    await page.waitForTimeout(600);
    await answered(page);
    assert.deepEqual(await page.locator("#shown .cards .value").allTextContents(), before, "the file gives the same numbers");
    // A mistake in the file is said with its line.
    await page.fill("#toml", (await page.inputValue("#toml")).replace("horizon_months", "horizont"));
    await page.waitForFunction(() => /regel \d+/.test(document.querySelector("#problems").textContent), null, patience);
    await noViolations(page, "error");
    await shot(page, "wide-error");
    await page.click("#back-to-form");
    // Wrong input stands at its field.
    await page.fill("#caseworkers_fip", "vier");
    await page.waitForFunction(() => /geen getal/.test(document.querySelector("#caseworkers_fip-problem").textContent), null, patience);
    assert.equal(await page.getAttribute("#caseworkers_fip", "aria-invalid"), "true");
    await page.fill("#caseworkers_fip", "4");
    // English, and variants survive a reload.
    await page.click("#language");
    await page.waitForFunction(() => document.documentElement.lang === "en");
    await page.reload();
    await page.waitForFunction(() => document.querySelectorAll("#variants thead th").length === 3, null, patience);
    await page.waitForSelector("#shown .answer", patience);
    await noViolations(page, "English");
    // A link brings the form back.
    await page.click("#link");
    const linked = page.url();
    assert.deepEqual(trouble, [], "no console message, no request elsewhere");
    await context.close();

    const narrow = await open(browser, { width: 390, height: 844 }, linked);
    await narrow.page.waitForSelector("#shown .answer", patience);
    await noSidewaysScroll(narrow.page);
    assert.equal(await narrow.page.inputValue("#hour_price"), "68,50");
    await shot(narrow.page, "narrow");
    assert.deepEqual(narrow.trouble, []);
    await narrow.context.close();

    // Without the key there is nothing but the page.
    const bare = await open(browser, { width: 800, height: 600 }, url.split("#")[0]);
    await bare.page.waitForFunction(() => /terminal/.test(document.querySelector("#problems").textContent));
    await bare.context.close();
  } finally {
    await browser.close();
  }
  console.log("the planner's page passed in the browser");
})().catch((error) => { console.error(error); process.exit(1); });
