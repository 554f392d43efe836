"use strict";
// The page asks, the program answers: every sentence and number about results comes ready from the server. What this script
// keeps to itself: the form's values, the variants (local storage) and what runs at the moment.
(function () {
  var $ = function (id) { return document.getElementById(id); };
  var form = $("form"), words = {}, begin = null, token = "", lang = "nl";
  var client = Math.random().toString(36).slice(2) + Date.now().toString(36);
  var asked = 0, running = null, latest = null, openTab = null, withDropouts = true, again = 0;
  var comparing = null, adopt = false;
  var STORE = "stapjes-variants", LANGUAGE = "stapjes-language", FORM = "stapjes-form";
  var w = function (key) { return words[key] || key; };

  function element(tag, attributes, children) {
    var node = document.createElement(tag);
    Object.keys(attributes || {}).forEach(function (name) { node.setAttribute(name, attributes[name]); });
    (children || []).forEach(function (child) {
      node.appendChild(typeof child === "string" ? document.createTextNode(child) : child);
    });
    return node;
  }
  function fill(node, children) { node.replaceChildren.apply(node, children); }
  function text(node, value) { if (node.textContent !== value) { node.textContent = value; } }

  // ---- The server -------------------------------------------------------------------------------------------------
  function request(path, body, signal, part) {
    var options = { headers: { "x-stapjes-token": token, "x-stapjes-client": client + (part || "") }, signal: signal, cache: "no-store" };
    if (body !== undefined) { options.method = "POST"; options.body = JSON.stringify(body); }
    return fetch(path, options);
  }
  // Reads an answer line by line; `each` gets every line as an object.
  async function lines(response, each) {
    var reader = response.body.getReader(), decoder = new TextDecoder(), rest = "";
    for (;;) {
      var part = await reader.read();
      rest += decoder.decode(part.value || new Uint8Array(), { stream: !part.done });
      var whole = rest.split("\n");
      rest = whole.pop();
      whole.filter(Boolean).forEach(function (line) { each(JSON.parse(line)); });
      if (part.done) { return; }
    }
  }

  // ---- What is asked ----------------------------------------------------------------------------------------------
  function question() {
    var picked = form.querySelector("input[name=question]:checked");
    var ask = { lang: lang };
    if (!$("own-file").hidden) {
      // A file that was just opened asks its own question, and one that the page has no button for goes on doing so.
      if (picked && !adopt) { ask.question = picked.value; }
      ask.toml = $("toml").value;
      return ask;
    }
    ask.question = picked ? picked.value : "payback";
    ask.form = {};
    $("fields").querySelectorAll("input[name]").forEach(function (input) {
      if (input.type === "radio") { if (input.checked) { ask.form[input.name] = input.value; } }
      else if (input.type === "checkbox") { ask.form[input.name] = input.checked ? "true" : "false"; }
      else if (input.dataset.path) { if (input.value.trim()) { (ask.form.assumptions = ask.form.assumptions || {})[input.dataset.path] = input.value; } }
      else { ask.form[input.name] = input.value; }
    });
    return ask;
  }
  // A number that was typed in one language, as the other writes it: the marks of thousands and decimals change places.
  function translated(value, from) {
    if (!from || from === lang || typeof value !== "string") { return value; }
    return value.replace(/[.,]/g, function (mark) { return mark === "." ? "," : "."; });
  }
  function put(ask) {
    if (ask.question && form.querySelector("input[name=question][value='" + CSS.escape(ask.question) + "']")) { choose("question", ask.question); }
    useFile(ask.toml);
    var values = {}, given = ask.form || {};
    Object.keys(given).forEach(function (name) { values[name] = translated(given[name], ask.lang); });
    values.assumptions = {};
    Object.keys(given.assumptions || {}).forEach(function (path) { values.assumptions[path] = translated(given.assumptions[path], ask.lang); });
    $("fields").querySelectorAll("input[name]").forEach(function (input) {
      var value = input.dataset.path ? values.assumptions[input.dataset.path] || "" : values[input.name];
      if (value === undefined) { return; }
      if (input.type === "radio") { input.checked = input.value === value; }
      else if (input.type === "checkbox") { input.checked = value === "true"; }
      else { input.value = value; }
    });
    sliders();
  }
  function choose(name, value) {
    form.querySelectorAll("input[name=" + name + "]").forEach(function (input) { input.checked = input.value === value; });
  }
  function useFile(toml) {
    $("own-file").hidden = toml === undefined || toml === null;
    $("fields").hidden = !$("own-file").hidden;
    if (!$("own-file").hidden) { $("toml").value = toml; }
  }
  function sliders() {
    form.querySelectorAll("input[type=range]").forEach(function (input) { text(input.parentNode.querySelector("output"), input.value); });
  }

  // ---- Problems and what follows at once --------------------------------------------------------------------------
  function showProblems(list) {
    form.querySelectorAll(".problem").forEach(function (place) { text(place, ""); });
    form.querySelectorAll("[aria-invalid]").forEach(function (input) { input.removeAttribute("aria-invalid"); input.removeAttribute("aria-describedby"); });
    var others = [];
    (list || []).forEach(function (problem) {
      var input = problem.field && form.querySelector("[name='" + CSS.escape(problem.field) + "']");
      var place = input && $(problem.field + "-problem");
      if (input && place && !$("fields").hidden) {
        input.setAttribute("aria-invalid", "true");
        input.setAttribute("aria-describedby", place.id);
        text(place, (place.textContent ? place.textContent + " " : "") + problem.message);
      } else { others.push(problem.message); }
    });
    fill($("problems"), others.length ? [element("p", {}, [w("problems")]), element("ul", {}, others.map(function (message) { return element("li", {}, [message]); }))] : []);
  }
  function showFollows(follows) {
    text($("capacity"), follows && follows.capacity ? follows.capacity.sentence : "");
    $("capacity").classList.toggle("short", Boolean(follows && follows.capacity && follows.capacity.short));
    text($("budget"), follows && follows.budget ? follows.budget : "");
  }

  // ---- Running ----------------------------------------------------------------------------------------------------
  function state(message, share) {
    text($("state"), message);
    $("progress").hidden = share === undefined;
    $("stop").hidden = share === undefined;
    if (share !== undefined) { $("progress").value = share; }
  }
  async function ask() {
    var number = ++asked, current = question();
    remember(current);
    clearTimeout(again);
    if (running) { running.abort(); }
    var abort = running = new AbortController();
    $("shown").classList.add("stale");
    try {
      var check = await request("/api/check", current, abort.signal);
      if (number !== asked) { return; }
      if (check.status === 403) { state(w("no_token")); return; }
      var follows = await check.json();
      showProblems(follows.problems);
      showFollows(follows);
      if (adopt && follows.question) { adopt = false; choose("question", follows.question); current = question(); remember(current); }
      if (follows.problems && follows.problems.length) { state(w("problems")); return; }
      state(w("waiting"), 0);
      var response = await request("/api/run", current, abort.signal);
      if (response.status === 429) {
        state(w("busy"));
        again = setTimeout(ask, 1000 * Number(response.headers.get("retry-after") || 5));
        return;
      }
      if (!response.ok) { state(w("failed")); return; }
      await lines(response, function (line) {
        if (number !== asked) { return; }
        if (line.line === "progress") { $("progress").value = line.total ? line.done / line.total : 0; }
        else if (line.line === "answer") {
          latest = { asked: current, shown: line.shown, first: line.first };
          show(line.shown);
          state(line.first ? w("first_impression") : w("final_answer"), line.first ? 0 : undefined);
        } else if (line.line === "refused") { showProblems(line.problems); state(w("problems")); }
        else if (line.ended === "failed") { state(w("failed")); }
      });
    } catch (error) {
      if (number === asked && error.name !== "AbortError") { state(w("gone")); }
    }
  }
  // The form survives a reload (of this tab only), and a link in the address bar never says anything else than the form.
  function remember(current) {
    try { sessionStorage.setItem(FORM, JSON.stringify(current)); } catch (error) { text($("save-state"), String(error)); }
    var linked = new URLSearchParams(location.hash.slice(1)).get("ask");
    if (linked && linked !== JSON.stringify(current)) { history.replaceState(null, "", "#token=" + token); }
  }
  function remembered() {
    try { return JSON.parse(sessionStorage.getItem(FORM)); } catch (error) { return null; }
  }
  var soon = 0;
  function later() { clearTimeout(soon); soon = setTimeout(ask, 250); }

  // ---- The answer -------------------------------------------------------------------------------------------------
  function list(title, items) {
    return items && items.length ? [element("h3", {}, [title]), element("ul", {}, items.map(function (item) { return element("li", {}, [item]); }))] : [];
  }
  function fragment(html) {
    // Made by the report from escaped templates; a parsed document runs no script, and the browser's rules allow none inline.
    return element("div", {}, Array.prototype.slice.call(new DOMParser().parseFromString(html, "text/html").body.childNodes));
  }
  function bars(sources) {
    if (!sources || !sources.parts.length) { return []; }
    var shown = sources.parts.filter(function (part) { return withDropouts || !part.dropout; });
    var largest = Math.max.apply(null, sources.parts.map(function (part) { return Math.abs(part.number); })) || 1;
    var rows = [];
    shown.forEach(function (part) {
      var svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      svg.setAttribute("viewBox", "-100 0 200 10"); svg.setAttribute("preserveAspectRatio", "none"); svg.setAttribute("aria-hidden", "true");
      [["line", { x1: 0, x2: 0, y1: 0, y2: 10, stroke: "#222222" }], ["rect", { x: Math.min(0, 100 * part.number / largest), width: Math.abs(100 * part.number / largest), y: 1, height: 8, fill: part.number < 0 ? "#d55e00" : "#0072b2" }]].forEach(function (shape) {
        var node = document.createElementNS("http://www.w3.org/2000/svg", shape[0]);
        Object.keys(shape[1]).forEach(function (name) { node.setAttribute(name, shape[1][name]); });
        svg.appendChild(node);
      });
      rows.push(element("div", { "class": "bar" }, [element("span", {}, [part.label]), svg, element("span", { "class": "amount" }, [part.value])]));
    });
    var total = withDropouts ? sources.balance : sources.without;
    rows.push(element("div", { "class": "bar" }, [element("span", { "class": "total" }, [total.label]), element("span", { "class": "total gap" }, []), element("span", { "class": "amount total" }, [total.value])]));
    var box = element("input", { type: "checkbox", id: "without" });
    box.checked = !withDropouts;
    box.addEventListener("change", function () { withDropouts = !box.checked; show(latest.shown); $("without").focus(); });
    return [element("h3", {}, [w("source")]), element("div", { "class": "bars" }, rows), element("p", {}, [box, element("label", { "for": "without" }, [" " + w("without_dropouts")])])];
  }
  function tabs(all) {
    if (!all || !all.length) { return []; }
    if (!all.some(function (tab) { return tab.id === openTab; })) { openTab = all[0].id; }
    var panel = element("div", { role: "tabpanel", id: "panel", tabindex: "0" });
    var strip = element("div", { role: "tablist", "aria-label": w("details") });
    function open(id, focus) {
      openTab = id;
      strip.querySelectorAll("[role=tab]").forEach(function (tab) {
        var chosen = tab.dataset.id === id;
        tab.setAttribute("aria-selected", chosen ? "true" : "false");
        tab.tabIndex = chosen ? 0 : -1;
        if (chosen && focus) { tab.focus(); }
      });
      panel.setAttribute("aria-labelledby", "tab-" + id);
      fill(panel, [fragment(all.find(function (tab) { return tab.id === id; }).html)]);
      live(panel);
    }
    all.forEach(function (tab, at) {
      var button = element("button", { type: "button", role: "tab", id: "tab-" + tab.id, "data-id": tab.id, "aria-controls": "panel" }, [tab.title]);
      button.addEventListener("click", function () { open(tab.id, false); });
      button.addEventListener("keydown", function (event) {
        var to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
        if (to === undefined) { return; }
        event.preventDefault();
        open(all[(to + all.length) % all.length].id, true);
      });
      strip.appendChild(button);
    });
    open(openTab, false);
    return [element("h3", { "class": "visually-hidden" }, [w("details")]), strip, panel];
  }
  function live(root) { if (window.stapjesFigures) { window.stapjesFigures(root); } }
  function show(shown) {
    var place = $("shown"), focus = document.activeElement && document.activeElement.id;
    var cards = (shown.figures || []).map(function (figure) {
      return element("li", {}, [element("span", { "class": "label" }, [figure.label]), " ", element("span", { "class": "value" }, [figure.value]), " ", element("span", { "class": "interval" }, [figure.range]), " ", element("span", { "class": "levels" }, [figure.level])]);
    });
    var parts = [element("p", { "class": "answer" }, [shown.sentence])];
    if (shown.measured) { parts.push(element("p", {}, [shown.measured])); }
    if (cards.length) { parts.push(element("h3", {}, [w("four")]), element("ul", { "class": "cards" }, cards)); }
    if (shown.interval) { parts.push(element("p", { "class": "note" }, [shown.interval])); }
    parts = parts.concat(list(w("stories"), shown.stories), bars(shown.sources));
    if (shown.main_figure) { parts.push(fragment(shown.main_figure)); }
    parts = parts.concat(list(w("uncertainty"), (shown.drivers || []).concat(shown.unknown || [])), list(w("warnings"), shown.warnings));
    if (shown.fitted) { parts.push(element("p", { "class": "note" }, [shown.fitted])); }
    fill(place, parts.concat(tabs(shown.tabs)));
    place.classList.remove("stale");
    live(place);
    quotes(shown);
    mayKeep();
    if (focus && $(focus) && document.activeElement === document.body) { $(focus).focus(); }
  }
  function quotes(shown) {
    var entries = [[w("council"), shown.council], [w("command"), shown.command]].filter(function (entry) { return entry[1]; });
    fill($("quotes"), [].concat.apply([], entries.map(function (entry) {
      var button = element("button", { type: "button", "aria-label": w("copy") + ": " + entry[0] }, [w("copy")]);
      button.addEventListener("click", function () {
        navigator.clipboard.writeText(entry[1]).then(function () { text($("save-state"), w("copied")); });
      });
      return [element("dt", {}, [entry[0]]), element("dd", {}, [element("span", {}, [entry[1]]), button])];
    })));
  }

  // ---- Variants ---------------------------------------------------------------------------------------------------
  function variants() {
    try {
      var kept = JSON.parse(localStorage.getItem(STORE) || "[]");
      return kept.filter(function (variant) { return variant.figures && variant.figures.nl && variant.figures.en; }).slice(0, 6);
    } catch (error) { return []; }
  }
  function keep(all) { try { localStorage.setItem(STORE, JSON.stringify(all)); } catch (error) { text($("save-state"), String(error)); } }
  function mayKeep() { $("pin").querySelector("button").disabled = variants().length >= 6 || !latest || !latest.shown.pins; }
  function showVariants() {
    var all = variants();
    mayKeep();
    noComparison(all.length);
    if (!all.length) { fill($("variants"), [element("p", {}, [w("no_variants")])]); return; }
    var labels = [];
    all.forEach(function (variant) { variant.figures[lang].forEach(function (figure) { if (labels.indexOf(figure.label) < 0) { labels.push(figure.label); } }); });
    var head = element("tr", {}, [element("th", { scope: "col" }, [w("measure")])].concat(all.map(function (variant, at) {
      var open = element("button", { type: "button", "aria-label": w("open") + ": " + variant.name }, [w("open")]);
      open.addEventListener("click", function () { put(variant.asked); ask(); });
      var remove = element("button", { type: "button", "aria-label": w("remove") + ": " + variant.name }, [w("remove")]);
      remove.addEventListener("click", function () { var rest = variants(); rest.splice(at, 1); keep(rest); showVariants(); $("variant-name").focus(); });
      return element("th", { scope: "col" }, [element("bdi", {}, [variant.name]), " ", open, " ", remove]);
    })));
    var rows = labels.map(function (label) {
      return element("tr", {}, [element("th", { scope: "row" }, [label])].concat(all.map(function (variant) {
        var figure = variant.figures[lang].find(function (figure) { return figure.label === label; });
        return element("td", {}, figure ? [figure.value, element("br"), element("span", { "class": "note" }, [figure.range])] : ["\u2013"]);
      })));
    });
    fill($("variants"), [element("div", { "class": "scroll", tabindex: "0", role: "region", "aria-label": w("measure") + ": " + w("variants") }, [element("table", {}, [element("thead", {}, [head]), element("tbody", {}, rows)])])]);
  }
  // What one variant brings more than another: run together on the same clients with the same luck.
  function compareState(message, share) {
    text($("compare-state"), message);
    $("compare-progress").hidden = share === undefined;
    if (share !== undefined) { $("compare-progress").value = share; }
  }
  function noComparison(count) {
    if (comparing) { comparing.abort(); comparing = null; }
    $("comparing").hidden = count < 2;
    fill($("difference"), []);
    compareState("");
  }
  function together() {
    return { lang: lang, question: question().question, variants: variants().map(function (variant) { return { name: variant.name, asked: variant.asked }; }) };
  }
  async function compare() {
    if (comparing) { comparing.abort(); }
    var abort = comparing = new AbortController();
    compareState(w("waiting"), 0);
    try {
      var response = await request("/api/run", together(), abort.signal, "v");
      if (!response.ok) { compareState(response.status === 429 ? w("busy") : w("failed")); return; }
      await lines(response, function (line) {
        if (comparing !== abort) { return; }
        if (line.line === "progress") { $("compare-progress").value = line.total ? line.done / line.total : 0; }
        else if (line.line === "answer") {
          showDifference(line.shown);
          compareState(line.first ? w("first_impression") : w("final_answer"), line.first ? 0 : undefined);
        } else if (line.line === "refused") { compareState(line.problems.map(function (problem) { return problem.message; }).join(" ")); }
        else if (line.ended === "failed") { compareState(w("failed")); }
      });
    } catch (error) {
      if (comparing === abort && error.name !== "AbortError") { compareState(w("gone")); }
    }
  }
  function showDifference(shown) {
    var place = $("difference");
    if (!shown) { fill(place, []); return; }
    var parts = shown.sentences.map(function (sentence, at) { return element("p", at ? {} : { "class": "answer" }, [sentence]); });
    parts = parts.concat(shown.notes.map(function (note) { return element("p", { "class": "note" }, [note]); }));
    if (shown.figure) { parts.push(fragment(shown.figure)); }
    parts = parts.concat(list(w("differs"), shown.changes));
    parts.push(fragment(shown.tables));
    parts.push(element("p", { "class": "note" }, [w("command") + ": " + shown.command]));
    fill(place, parts);
    live(place);
  }
  $("compare").addEventListener("click", compare);
  $("pin").addEventListener("submit", function (event) {
    event.preventDefault();
    if (!latest || !latest.shown.pins) { return; }
    var all = variants();
    var name = $("variant-name").value.trim() || String.fromCharCode(65 + all.length);
    all.push({ name: name, asked: latest.asked, figures: latest.shown.pins });
    keep(all.slice(0, 6));
    $("variant-name").value = "";
    showVariants();
  });

  // ---- Save and share ---------------------------------------------------------------------------------------------
  function download(name, blob) {
    var address = URL.createObjectURL(blob);
    var anchor = element("a", { href: address, download: name });
    document.body.appendChild(anchor);
    anchor.click();
    anchor.remove();
    setTimeout(function () { URL.revokeObjectURL(address); }, 10000);
  }
  async function save(event) {
    var button = event.target.closest("button[data-file]");
    if (!button) { return; }
    button.disabled = true;
    text($("save-state"), w("waiting"));
    try {
      var of = button.dataset.file === "comparison" ? together() : question();
      var response = await request("/api/file", Object.assign(of, { file: button.dataset.file }), undefined, "f");
      if (response.ok) {
        var name = /filename="([^"]*)"/.exec(response.headers.get("content-disposition") || "");
        download(name ? name[1] : button.dataset.file, await response.blob());
        text($("save-state"), "");
      } else if (response.status === 422) { showProblems((await response.json()).problems); text($("save-state"), w("problems")); }
      else { text($("save-state"), response.status === 429 ? w("busy") : w("failed")); }
    } catch (error) { text($("save-state"), w("gone")); }
    button.disabled = false;
  }
  $("exports").addEventListener("click", save);
  $("comparing").addEventListener("click", save);
  $("upload").addEventListener("change", async function () {
    var file = $("upload").files[0];
    if (!file) { return; }
    useFile(await file.text());
    adopt = true;
    $("upload").value = "";
    ask();
  });
  $("toml").addEventListener("input", later);
  $("back-to-form").addEventListener("click", function () {
    useFile(null);
    adopt = false;
    if (!form.querySelector("input[name=question]:checked")) { choose("question", "payback"); }
    ask();
  });
  $("link").addEventListener("click", function () {
    history.replaceState(null, "", "#token=" + token + "&ask=" + encodeURIComponent(JSON.stringify(question())));
    text($("save-state"), w("link_made"));
  });
  $("print").addEventListener("click", function () { window.print(); });
  $("stop").addEventListener("click", function () { asked += 1; if (running) { running.abort(); } state(w("stopped")); });
  $("language").addEventListener("click", function () {
    try { localStorage.setItem(LANGUAGE, lang === "nl" ? "en" : "nl"); } catch (error) { text($("save-state"), String(error)); }
    start(lang === "nl" ? "en" : "nl", true);
  });
  form.addEventListener("input", function (event) { sliders(); if (event.target.id !== "toml") { later(); } });
  form.addEventListener("submit", function (event) { event.preventDefault(); ask(); });

  // ---- Begin ------------------------------------------------------------------------------------------------------
  function assumptions(all) {
    fill($("assumptions"), all.map(function (one) {
      var id = "assumption-" + one.path;
      return element("div", { "class": "field" }, [
        element("label", { "for": id }, [one.label, element("small", {}, [one.path + " \u00b7 " + w("value_now") + " " + one.value + (one.unit ? " " + one.unit : "") + " \u00b7 " + w("status") + ": " + one.status + (one.source ? " \u00b7 " + one.source : "")])]),
        element("input", { id: id, name: "assumptions." + one.path, "data-path": one.path, inputmode: "decimal" }),
        element("p", { "class": "problem", id: "assumptions." + one.path + "-problem" })
      ]);
    }));
  }
  async function start(wanted, again) {
    var hash = new URLSearchParams(location.hash.slice(1));
    token = hash.get("token") || token;
    try {
      var response = await request("/api/start?lang=" + wanted);
      if (!response.ok) { fill($("problems"), [element("p", {}, ["Open het adres uit de terminal. / Open the address from the terminal."])]); return; }
      begin = await response.json();
    } catch (error) { fill($("problems"), [element("p", {}, ["stapjes?"])]); return; }
    // What is in the form is read in the language that it was typed in, before the page changes to the other.
    var kept = again ? question() : null;
    lang = wanted;
    words = begin.words;
    document.documentElement.lang = lang;
    document.title = w("page_title") + " \u2013 stapjes";
    document.querySelectorAll("[data-w]").forEach(function (node) { text(node, w(node.dataset.w)); });
    $("language").lang = lang === "nl" ? "en" : "nl";
    assumptions(begin.assumptions || []);
    var shared = null;
    if (!kept && hash.get("ask")) { try { shared = JSON.parse(hash.get("ask")); } catch (error) { shared = null; } }
    put({ question: begin.question, form: begin.form });
    var earlier = kept || shared || remembered();
    if (earlier && typeof earlier === "object") { put(earlier); }
    showVariants();
    ask();
  }
  window.addEventListener("hashchange", function () { start(lang, false); });
  var preferred = null;
  try { preferred = localStorage.getItem(LANGUAGE); } catch (error) { preferred = null; }
  start(preferred === "en" || preferred === "nl" ? preferred : (navigator.language || "nl").slice(0, 2) === "en" ? "en" : "nl", false);
})();
