// Tells the values of the month under the pointer, or of the month chosen with the arrow keys.
"use strict";
const months = JSON.parse(document.getElementById("months").textContent).months;
const tip = document.getElementById("tip");

function watch(panel) {
  const lines = JSON.parse(panel.querySelector("script").textContent);
  const svg = panel.querySelector("svg");
  const hit = svg.querySelector('[class*="hit_"] path');
  if (!hit) return;
  const rule = document.createElementNS("http://www.w3.org/2000/svg", "line");
  rule.setAttribute("class", "crosshair");
  let month = months.length - 1;

  function show(at) {
    month = Math.min(months.length - 1, Math.max(0, at));
    const plot = hit.getBBox();
    const x = plot.x + (plot.width * month) / (months.length - 1);
    rule.setAttribute("x1", x);
    rule.setAttribute("x2", x);
    rule.setAttribute("y1", plot.y);
    rule.setAttribute("y2", plot.y + plot.height);
    hit.parentNode.appendChild(rule);
    const told = [Object.assign(document.createElement("b"), { textContent: months[month] })];
    for (const line of lines) {
      const row = document.createElement("span");
      row.style.color = line.colour;
      row.textContent = line.name + ": " + line.words[month];
      told.push(row);
    }
    tip.replaceChildren(...told);
    tip.hidden = false;
    const place = rule.getBoundingClientRect();
    const left = place.left + 14 + tip.offsetWidth < innerWidth ? place.left + 14 : place.left - 14 - tip.offsetWidth;
    tip.style.left = Math.max(4, left) + "px";
    tip.style.top = Math.max(4, Math.min(place.top + 8, innerHeight - tip.offsetHeight - 4)) + "px";
  }

  function hide() {
    tip.hidden = true;
    rule.remove();
  }

  panel.addEventListener("pointermove", (event) => {
    const plot = hit.getBoundingClientRect();
    const part = (event.clientX - plot.left) / plot.width;
    if (part < -0.02 || part > 1.02) hide();
    else show(Math.round(part * (months.length - 1)));
  });
  panel.addEventListener("pointerleave", hide);
  panel.addEventListener("blur", hide);
  panel.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: 12, PageDown: -12 };
    if (event.key in steps) show(month + steps[event.key]);
    else if (event.key === "Home") show(0);
    else if (event.key === "End") show(months.length - 1);
    else if (event.key === "Escape") return hide();
    else return;
    event.preventDefault();
  });
}

document.querySelectorAll(".panel").forEach(watch);
