// The report as its readers use it: opened from disk in a browser, pointed at, tabbed through, printed.
"use strict";
const assert = require("node:assert/strict");
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { chromium } = require("playwright-core");

const work = process.env.WORK;
const axeSource = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const file = (name) => "file://" + path.join(work, name, "report.html");

/** Opens a page and collects what must not happen: console messages, errors, requests. */
async function open(browser, name, viewport) {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  const trouble = [];
  page.on("console", (message) => trouble.push(`console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => trouble.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (request.url() !== file(name)) { trouble.push(`request: ${request.url()}`); }
  });
  await page.goto(file(name));
  return { page, trouble, close: () => context.close() };
}

async function hoverAndKeyboard(page, size) {
  const figure = page.locator("figure.chart").first();
  const plot = figure.locator(`.plot.${size}`);
  const readout = figure.locator(".readout");
  const hint = await readout.textContent();
  await plot.scrollIntoViewIfNeeded();
  const hit = await plot.locator("rect.hit").first().boundingBox();
  await page.mouse.move(hit.x + hit.width * 0.5, hit.y + hit.height * 0.5);
  const pointed = await readout.textContent();
  assert.notEqual(pointed, hint, "pointing shows a value");
  assert.match(pointed, /\[.+\]/, "the value comes with its band");
  assert.equal(await plot.locator("line.guide").count(), 1, "a line shows the month");
  await page.mouse.move(2, 2);
  await plot.focus();
  await page.keyboard.press("End");
  const last = await readout.textContent();
  await page.keyboard.press("ArrowLeft");
  const before = await readout.textContent();
  assert.notEqual(last, before, "the left arrow goes to an earlier month");
  await page.keyboard.press("ArrowDown");
  assert.notEqual(await readout.textContent(), before, "the down arrow goes to another part");
  await page.keyboard.press("Escape");
  assert.equal(await readout.textContent(), hint, "escape clears");
}

async function switchArmOff(page, size) {
  const figure = page.locator("figure.chart").first();
  const curve = figure.locator(`.plot.${size} .arm-1`).first();
  assert.ok(await curve.isVisible(), "the curve is there");
  await figure.locator(".legend input").nth(1).focus();
  await page.keyboard.press("Space");
  assert.ok(!(await curve.isVisible()), "the curve is switched off");
  await page.keyboard.press("Space");
  assert.ok(await curve.isVisible(), "and on again");
}

async function noSidewaysScroll(page) {
  const [inner, scroll] = await page.evaluate(() => [document.documentElement.clientWidth, document.documentElement.scrollWidth]);
  assert.ok(scroll <= inner + 1, `the page is ${scroll} wide in a window of ${inner}`);
}

/** On a telephone every table fits, those behind figures and "more figures" too. */
async function everyTableFits(page) {
  const wide = await page.evaluate(() => {
    document.querySelectorAll("details").forEach((one) => { one.open = true; });
    const scrolls = [...document.querySelectorAll(".scroll")].filter((one) => one.scrollWidth > one.clientWidth + 1);
    return scrolls.map((one) => `${one.getAttribute("aria-label")}: ${one.scrollWidth} in ${one.clientWidth}`);
  });
  assert.deepEqual(wide, [], "tables that scroll sideways");
}

/** axe runs in a copy of the page whose policy is off, because the policy rightly refuses axe's own script. */
async function accessible(browser, name, viewport) {
  const context = await browser.newContext({ viewport, bypassCSP: true });
  const page = await context.newPage();
  await page.goto(file(name));
  await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
  await page.evaluate(axeSource);
  const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const found = result.violations.map((one) => `${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
  assert.deepEqual(found, [], `axe on ${name} at ${viewport.width}`);
  await context.close();
}

async function printed(page, name) {
  const pdf = path.join(work, `${name}.pdf`);
  await page.pdf({ path: pdf, preferCSSPageSize: true, printBackground: true });
  const text = execFileSync("pdftotext", ["-layout", pdf, "-"], { encoding: "utf8" });
  const pages = text.split("\f").length - 1;
  assert.ok(pages >= 5 && pages < 40, `${pages} pages`);
  for (const number of [1, 2, pages]) {
    assert.match(text, new RegExp(`\\b${number}\\s*/\\s*${pages}\\b`), `page number ${number} of ${pages}`);
  }
  const heading = (await page.locator("h1").textContent()).trim().slice(0, 40);
  const flat = (words) => words.replace(/\s+/g, " ");
  assert.ok(flat(text).includes(flat(heading)), "the headline is printed");
  return { text, pages };
}

async function main() {
  const browser = await chromium.launch({ executablePath: process.env.BROWSER, args: ["--no-sandbox"] });
  const wide = { width: 1280, height: 900 };
  const narrow = { width: 360, height: 780 };
  for (const name of ["nl", "en"]) {
    for (const [viewport, size] of [[wide, "wide"], [narrow, "narrow"]]) {
      const { page, trouble, close } = await open(browser, name, viewport);
      assert.equal(await page.locator("html").getAttribute("lang"), name);
      await hoverAndKeyboard(page, size);
      await switchArmOff(page, size);
      await noSidewaysScroll(page);
      if (size === "wide") { await printed(page, name); } else { await everyTableFits(page); }
      assert.deepEqual(trouble, [], `${name} ${size}`);
      await close();
      await accessible(browser, name, viewport);
      console.log(`ok: ${name}, ${size}`);
    }
  }
  for (const name of ["hostile", "compare", "plans"]) {
    const { page, trouble, close } = await open(browser, name, wide);
    assert.equal(await page.evaluate(() => window.hacked), undefined, "nothing of a name was run");
    assert.equal(await page.locator("script").count(), 1, "one script: ours");
    assert.equal(await page.locator("img").count(), 0);
    assert.deepEqual(trouble, [], name);
    await close();
    await accessible(browser, name, wide);
    const phone = await open(browser, name, narrow);
    await noSidewaysScroll(phone.page);
    await everyTableFits(phone.page);
    await phone.close();
    console.log(`ok: ${name}`);
  }
  await browser.close();
}

main().catch((error) => { console.error(error); process.exit(1); });
