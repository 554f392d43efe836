"use strict";
function stapjesFigures(root) { root.querySelectorAll("figure.chart").forEach(function (figure) {
  var tables = Array.prototype.slice.call(figure.querySelectorAll("table[data-panel]"));
  var readout = figure.querySelector(".readout");
  var panel = 0, row = -1;
  function rows(p) { return tables[p].querySelectorAll("tbody tr"); }
  function clear() {
    row = -1;
    readout.textContent = readout.getAttribute("data-hint");
    figure.querySelectorAll("line.guide").forEach(function (line) { line.remove(); });
  }
  function show(p, r) {
    if (!tables[p] || !rows(p).length) { return; }
    panel = p;
    row = Math.max(0, Math.min(rows(p).length - 1, r));
    var line = rows(p)[row], heads = tables[p].querySelectorAll("thead th"), parts = [];
    line.querySelectorAll("td").forEach(function (cell, at) {
      var box = figure.querySelectorAll(".legend input")[at];
      if (!box || box.checked) { parts.push(heads[at + 1].textContent + ": " + cell.textContent); }
    });
    readout.textContent = tables[p].caption.textContent + " \u2013 " + heads[0].textContent + " " +
      line.querySelector("th").textContent + " \u2013 " + parts.join("; ");
    guide(p, Number(line.getAttribute("data-month")));
  }
  function guide(p, month) {
    figure.querySelectorAll("line.guide").forEach(function (line) { line.remove(); });
    figure.querySelectorAll("rect.hit[data-panel='" + p + "']").forEach(function (hit) {
      var line = document.createElementNS("http://www.w3.org/2000/svg", "line");
      var left = Number(hit.getAttribute("x")), width = Number(hit.getAttribute("width"));
      var x = left + width * month / Number(hit.getAttribute("data-last"));
      line.setAttribute("class", "guide");
      line.setAttribute("x1", x); line.setAttribute("x2", x);
      line.setAttribute("y1", hit.getAttribute("y"));
      line.setAttribute("y2", Number(hit.getAttribute("y")) + Number(hit.getAttribute("height")));
      hit.parentNode.insertBefore(line, hit);
    });
  }
  function nearest(p, month) {
    var best = 0, distance = Infinity;
    rows(p).forEach(function (line, at) {
      var away = Math.abs(Number(line.getAttribute("data-month")) - month);
      if (away < distance) { best = at; distance = away; }
    });
    return best;
  }
  figure.querySelectorAll(".plot").forEach(function (plot) {
    plot.addEventListener("pointermove", function (event) {
      var hit = event.target.closest ? event.target.closest("rect.hit") : null;
      if (!hit) { return; }
      var box = hit.getBoundingClientRect();
      var month = Number(hit.getAttribute("data-last")) * (event.clientX - box.left) / box.width;
      var p = Number(hit.getAttribute("data-panel"));
      show(p, nearest(p, month));
    });
    plot.addEventListener("pointerleave", clear);
    plot.addEventListener("focus", function () { if (row < 0) { show(panel, 0); } });
    plot.addEventListener("blur", clear);
    plot.addEventListener("keydown", function (event) {
      var last = rows(panel).length - 1;
      var to = { ArrowRight: row + 1, ArrowLeft: row - 1, Home: 0, End: last }[event.key];
      if (to !== undefined) { show(panel, to); }
      else if (event.key === "ArrowDown") { show(Math.min(tables.length - 1, panel + 1), row); }
      else if (event.key === "ArrowUp") { show(Math.max(0, panel - 1), row); }
      else if (event.key === "Escape") { clear(); }
      else { return; }
      event.preventDefault();
    });
  });
  clear();
}); }
stapjesFigures(document);
