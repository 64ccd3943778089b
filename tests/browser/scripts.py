"""What only the page itself can tell: contrasts, what overflows, and where things are over time.

A script is JavaScript for `page.evaluate`, or for a page's start.
"""

from __future__ import annotations

# Every visible piece of text outside charts, with the contrast of its colour to what lies behind it
# (WCAG 2). What is disabled may be faint.
CONTRASTS = """
() => {
  const brush = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    brush.clearRect(0, 0, 1, 1);
    brush.fillStyle = colour;
    brush.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = brush.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below, alpha) => top.map((value, i) => value * alpha + below[i] * (1 - alpha));
  const luminance = (colour) => {
    const [r, g, b] = colour.map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const lineage = (element) => element ? [...lineage(element.parentElement), element] : [];
  const isBehind = (element, box) => {  // the thumb of a slider is not behind its number
    const { width, height } = element.getBoundingClientRect();
    return Math.max(width, element.scrollWidth) + 1 >= box.width
      && Math.max(height, element.scrollHeight) + 1 >= box.height;
  };
  const contrast = (element, box) => {
    let behind = [255, 255, 255], opacity = 1;
    for (const one of lineage(element)) {
      const style = getComputedStyle(one), [r, g, b, a] = rgba(style.backgroundColor);
      opacity *= Number(style.opacity);
      if (isBehind(one, box)) behind = over([r, g, b], behind, a * opacity);
    }
    const [r, g, b, a] = rgba(getComputedStyle(element).color);
    const lights = [luminance(over([r, g, b], behind, a * opacity)), luminance(behind)];
    return (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
  };
  const isSeen = (element) =>  // not what is there for those who listen
    element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })
    && lineage(element).every((one) => getComputedStyle(one).clipPath !== "inset(50%)");
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement, text = node.textContent.trim();
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (text && box.width && box.height && !element.closest(":disabled, svg") && isSeen(element))
      found.push([text, contrast(element, box)]);
  }
  return found;
}
"""

# What reaches further right than the window, unless it lies in something that scrolls by itself:
# the page's own scrolling is no excuse.
OVERFLOWING = """
() => {
  const main = document.querySelector("[data-testid=stMain]");
  const isInScroller = (element) => element !== main
    && (getComputedStyle(element).overflowX !== "visible" || isInScroller(element.parentElement));
  const wide = [...main.querySelectorAll("*")].filter((element) =>
    element.getBoundingClientRect().right > innerWidth + 0.5
      && !isInScroller(element.parentElement));
  if (main.scrollWidth > main.clientWidth) wide.push(main);
  return wide.map((element) => element.outerHTML.slice(0, 120));
}
"""

# Every visible control that a screen reader could not name.
NAMELESS = """
() => {
  const controls = "button, a[href], input, select, textarea, [role=button], [role=slider], "
    + "[role=combobox], [role=switch], [role=img], [role=graphics-document]";
  const words = (ids) => (ids || "").split(" ")
    .map((id) => document.getElementById(id)?.textContent || "").join("");
  const name = (element) => [
    element.getAttribute("aria-label"), words(element.getAttribute("aria-labelledby")),
    ...[...(element.labels || [])].map((label) => label.textContent),
    // an icon is drawn as a ligature: its word is no name
    [...element.querySelectorAll("p")].map((part) => part.textContent).join(""),
    element.querySelector("[data-testid=stIconMaterial]") ? "" : element.textContent,
    element.getAttribute("title"), element.getAttribute("alt"),
  ].find((part) => (part || "").trim()) || "";
  return [...document.querySelectorAll(controls)]
    .filter((element) => element.checkVisibility({ checkVisibilityCSS: true })
      && !element.closest("[aria-hidden=true]") && !name(element))
    .map((element) => element.outerHTML.slice(0, 160));
}
"""

# What scrolls by itself in the page, and holds nothing that a keyboard can reach.
UNREACHABLE = """
() => [...document.querySelectorAll("[data-testid=stMain] *, [role=dialog] *")].filter((e) => {
  const { overflowX, overflowY } = getComputedStyle(e);
  const scrolls = (overflow, inner, outer) =>
    ["auto", "scroll"].includes(overflow) && inner > outer + 1;
  return (scrolls(overflowY, e.scrollHeight, e.clientHeight)
      || scrolls(overflowX, e.scrollWidth, e.clientWidth))
    && e.tabIndex < 0 && !e.querySelector("a[href], button, input, [tabindex='0']");
}).map((e) => e.outerHTML.slice(0, 160))
"""

# Notes the boxes of all cards and charts in each frame in which a preview is shown, in `seen`.
RECORDER = """
(() => {
  const card = "[class*=st-key-card_], [class*=st-key-headline_]";
  const name = (element) => element.closest(card).className.match(/st-key-(\\S+)/)[1];
  const box = (element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return [x, y, width, height].map((length) => Math.round(length));
  };
  window.seen = [];
  window.places = () => Object.fromEntries([
    ["page", box(document.querySelector("[data-testid=stMainBlockContainer]")).filter(
      (_, at) => at % 2 == 0)],  // left edge and width
    ...[...document.querySelectorAll(card)].map((e) => [name(e), box(e)]),
    ...[...document.querySelectorAll("[role=graphics-document]")]
      .map((e) => [`${name(e)} chart`, box(e)]),
  ]);
  const look = () => {
    const captions = [...document.querySelectorAll("[data-testid=stCaptionContainer]")];
    if (captions.some((e) => e.innerText.startsWith("Preview"))) seen.push(places());
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
"""
