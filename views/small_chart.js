// Draws the lines of small charts and tells their months to the pointer. Lines come as paths, since
// the page lets no drawing through in what it is sent: see small_chart.py.

const NAMESPACE = "http://www.w3.org/2000/svg";
const UNDRAWN = ".small-chart .lines:not(:has(svg))";

function drawing(paths) {
  const made = document.createElementNS(NAMESPACE, "svg");
  made.setAttribute("viewBox", "0 0 1000 1000");
  made.setAttribute("preserveAspectRatio", "none");
  made.setAttribute("aria-hidden", "true");
  for (const { className, dataset } of paths) {
    const path = document.createElementNS(NAMESPACE, "path");
    path.setAttribute("class", className);
    path.setAttribute("d", dataset.path);
    made.append(path);
  }
  return made;
}

function draw(lines) {
  const months = lines.dataset.told.split("|");
  const rule = document.createElement("b");
  rule.className = "month";
  rule.hidden = true;
  lines.replaceChildren(drawing(lines.children), rule);
  lines.onpointermove = lines.onpointerdown = (event) => {
    const { left, width } = lines.getBoundingClientRect();
    const share = Math.min(Math.max((event.clientX - left) / width, 0), 1);
    const month = Math.min(Math.floor(share * months.length), months.length - 1);
    rule.style.left = `${(100 * (month + 0.5)) / months.length}%`;
    rule.dataset.told = months[month];
    rule.classList.toggle("late", share > 0.5);
    rule.hidden = false;
  };
  lines.onpointerleave = () => {
    rule.hidden = true;
  };
}

export default function () {
  const drawAll = () => document.querySelectorAll(UNDRAWN).forEach(draw);
  const watch = new MutationObserver(drawAll); // before the browser paints what has changed
  watch.observe(document.querySelector(".stMain"), { childList: true, subtree: true });
  drawAll();
  return () => watch.disconnect();
}
