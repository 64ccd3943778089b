// What each kind of slide looks like: elements made from plain values, never from markup.

function element(name, words, className) {
  const made = document.createElement(name);
  if (words !== undefined) made.textContent = words;
  if (className) made.className = className;
  return made;
}

// Pictures are drawn by the server from numbers; words in them are escaped there.
function picture(svg, alt, className) {
  const made = element("div", undefined, className || "figure");
  made.innerHTML = svg;
  made.setAttribute("role", "img");
  made.setAttribute("aria-label", alt || "");
  return made;
}

function paragraphs(slide) {
  const made = [];
  if (slide.text) made.push(element("p", slide.text, "own"));
  for (const line of slide.lines) made.push(element("p", line));
  return made;
}

function list(slide) {
  const made = element("ul");
  if (slide.text) made.append(element("li", slide.text, "own"));
  for (const line of slide.lines) made.append(element("li", line));
  return made;
}

function table(slide) {
  const made = element("table");
  const head = made.createTHead().insertRow();
  slide.table.head.forEach(([words, colour]) => {
    const cell = element("th", words);
    cell.scope = "col";
    if (colour) cell.style.setProperty("--scenario", colour);
    head.append(cell);
  });
  const body = made.createTBody();
  for (const row of slide.table.rows) {
    const line = body.insertRow();
    row.forEach(([strong, small], at) => {
      const cell = element(at ? "td" : "th", strong);
      if (!at) cell.scope = "row";
      if (small) cell.append(element("span", small));
      line.append(cell);
    });
  }
  return made;
}

function share(slide) {
  const made = element("div", undefined, "share");
  const words = element("div");
  if (slide.text) words.append(element("p", slide.text, "own"));
  if (slide.link) words.append(element("p", slide.link));
  for (const line of slide.lines) words.append(element("p", line));
  words.append(element("pre", slide.bibtex));
  made.append(words);
  if (slide.qr) made.append(picture(slide.qr, "QR code of the link", "qr"));
  return made;
}

function question(slide) {
  const made = element("div", undefined, "question");
  made.append(element("h2", slide.title), ...paragraphs(slide));
  return made;
}

function body(slide) {
  if (slide.kind === "question") return [question(slide)];
  if (slide.kind === "table") return [...paragraphs({ ...slide, lines: [] }), table(slide), ...paragraphs({ lines: slide.lines })];
  if (slide.kind === "share") return [share(slide)];
  if (slide.kind === "guess") return [...paragraphs(slide), picture(slide.history, slide.alt, "figure drawing")];
  if (slide.svg) return [...paragraphs(slide), picture(slide.svg, slide.alt)];
  return [list(slide)];
}

// Lets words shrink a little where a slide holds more than fits; never below two thirds.
function fit(place) {
  for (let size = 1; size > 0.66; size -= 0.06) {
    place.style.setProperty("--fit", size.toFixed(2));
    if (place.scrollHeight <= place.clientHeight + 1) return;
  }
}
