// The stage: one slide at a time over the whole window, moved by keys. Nothing is computed here, and
// nothing asked of the server but a what-if. A second window with the notes moves along.

const KEYS = "Right, Space: on. Left: back. Home, End: first, last. G: guess. N: notes. Shift+N: notes in a second window. F: full screen. Up, Down, Enter: the what-if. Escape: leave.";
const stages = new WeakMap();

class Stage {
  constructor(root) {
    this.root = root;
    this.at = 0;
    this.step = 0;
    this.guesses = {};
    this.ask = root.querySelector(".fc-ask");
    this.panel = root.querySelector(".fc-panel");
    this.began = Date.now();
    this.key = (event) => this.onKey(event);
    document.addEventListener("keydown", this.key, true);
    this.ask.onsubmit = (event) => event.preventDefault();
    for (const button of root.querySelectorAll(".fc-touch button")) button.onclick = () => this[button.dataset.go]();
  }

  take(component) {
    const data = component.data;
    this.send = component.setTriggerValue;
    const opened = data.open && !(this.data && this.data.open);
    const first = opened && this.deck !== data.deck;
    this.data = data;
    if (!data.open) return this.root.removeAttribute("open");
    if (first) {
      this.deck = data.deck;
      this.at = this.step = 0;
      this.guesses = {};
      this.listen(data.deck);
    }
    this.at = Math.min(this.at, data.slides.length - 1);
    if (opened) this.began = Date.now();
    this.root.toggleAttribute("data-notes", data.notes);
    this.root.setAttribute("open", "");
    if (first || opened) this.root.focus();
    this.show();
  }

  listen(deck) {
    if (this.channel) this.channel.close();
    this.channel = new BroadcastChannel("frontier-commons:" + deck);
    this.channel.onmessage = ({ data }) => {
      if (!this.data.open) return;
      if (data.hello && !this.data.notes) return this.tell();
      if (data.at === undefined) return;
      Object.assign(this, { at: data.at, step: data.step, guesses: data.guesses, began: data.began });
      this.show();
    };
    this.channel.postMessage({ hello: true });
    clearInterval(this.clock);
    this.clock = setInterval(() => this.data.open && this.data.notes && this.show(), 15000);
  }

  tell() {
    const { at, step, guesses, began } = this;
    this.channel.postMessage({ at, step, guesses, began });
  }

  get slide() {
    return this.data.slides[this.at];
  }

  show() {
    const main = this.root.querySelector("main");
    const title = this.root.querySelector("header h2");
    title.textContent = this.slide.title;
    this.root.dataset.kind = this.slide.kind;
    main.replaceChildren(...(this.data.notes ? this.notes() : body(this.slide)));
    this.root.querySelector(".place").textContent = `${this.at + 1} of ${this.data.slides.length}`;
    this.root.querySelector(".stamp").textContent = this.data.stamp;
    if (this.data.notes) return;
    if (this.slide.kind === "what_if") this.whatIf(main);
    const figure = main.querySelector(".figure");
    if (figure && this.slide.chart) this.dress(figure, main);
    this.panel.replaceChildren(...this.noteLines(this.slide));
    fit(main);
    if (figure && this.slide.chart) drawGuess(figure, this.slide.chart, this.guess);
  }

  get guess() {
    return this.slide.chart && this.guesses[this.slide.chart.key];
  }

  set guess(points) {
    this.guesses = { ...this.guesses, [this.slide.chart.key]: points };
  }

  dress(figure, main) {
    if (this.slide.kind === "guess") {
      drawable(figure, this.slide.chart, (points) => {
        this.guess = points;
        drawGuess(figure, this.slide.chart, points);
        this.tell();
      });
    }
    if (this.guess && this.slide.kind !== "what_if") {
      const words = this.slide.kind === "guess" ? verdict({ ...this.slide.chart, range: null }, this.guess) : verdict(this.slide.chart, this.guess);
      main.insertBefore(element("p", words, "verdict"), figure);
    }
    const parts = (name) => figure.querySelectorAll(`[class*="${name}_"]`);
    if (this.slide.kind === "reveal" && this.slide.chart) parts("median").forEach((part) => sweep(part));
    if (this.slide.kind !== "replay") return;
    const order = [["policy"], ["median", "end0"], ["band50", "band90"]];
    order.forEach((names, at) => {
      for (const name of names) {
        for (const part of parts(name)) {
          part.classList.toggle("hidden", this.step <= at);
          if (name === "median" && this.step === at + 1) sweep(part);
        }
      }
    });
  }

  get steps() {
    return this.slide.kind === "replay" && this.slide.svg ? 3 : 0;
  }

  whatIf(main) {
    const lever = this.slide.lever;
    this.wanted = this.wanted && this.wanted.id === lever.id ? this.wanted : { id: lever.id, value: lever.value };
    const line = element("p", `${lever.label}: ${this.say(this.wanted.value)} (${lever.unit})`, "lever");
    const live = this.data.live && this.data.live.lever === lever.id ? this.data.live : null;
    const words = this.waiting ? "Running. This takes some seconds." : live ? live.words : "Up and Down move the lever. Enter runs the model, live.";
    main.prepend(line, element("p", words, "status"));
    if (live) main.querySelector(".figure")?.replaceWith(picture(live.svg, live.words));
  }

  say(value) {
    const { scale, prefix, suffix } = this.slide.lever;
    return prefix + Number((value * scale).toFixed(6)) + suffix;
  }

  move(by) {
    const lever = this.slide.lever;
    const value = Math.min(lever.high, Math.max(lever.low, this.wanted.value + by * lever.step));
    this.wanted = { id: lever.id, value: Number(value.toFixed(9)) };
    this.show();
  }

  noteLines(slide) {
    const made = [];
    if (slide.notes) made.push(element("p", slide.notes));
    for (const line of slide.prompts) made.push(element("p", line, "prompts"));
    return made.length ? made : [element("p", "No notes for this slide.", "prompts")];
  }

  notes() {
    const next = this.data.slides[this.at + 1];
    const minutes = Math.floor((Date.now() - this.began) / 60000);
    const following = element("p", next ? `Next: ${next.title}` : "This is the last slide.", "next");
    return [...this.noteLines(this.slide), following, element("p", `Minute ${minutes + 1}`, "prompts")];
  }

  go(at, step = 0) {
    this.at = Math.min(this.data.slides.length - 1, Math.max(0, at));
    this.step = step;
    this.waiting = false;
    this.show();
    this.tell();
  }

  on() {
    if (this.step < this.steps) this.go(this.at, this.step + 1);
    else if (this.at < this.data.slides.length - 1) this.go(this.at + 1);
  }

  back() {
    if (this.step > 0) this.go(this.at, this.step - 1);
    else if (this.at > 0) this.go(this.at - 1);
  }

  onKey(event) {
    if (!this.data || !this.data.open || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!this.ask.hidden) return this.onAsk(event);
    const moves = { ArrowRight: () => this.on(), PageDown: () => this.on(), " ": () => this.on(), ArrowLeft: () => this.back(), PageUp: () => this.back(), Home: () => this.go(0), End: () => this.go(this.data.slides.length - 1) };
    const letters = { g: () => this.open(), n: () => (event.shiftKey ? this.second() : (this.panel.hidden = !this.panel.hidden)), f: () => this.full(), "?": () => this.help() };
    const lever = this.slide.kind === "what_if" && !this.data.notes ? { ArrowUp: () => this.move(1), ArrowDown: () => this.move(-1), Enter: () => this.run() } : {};
    const act = moves[event.key] || lever[event.key] || letters[event.key.toLowerCase()];
    if (event.key === "Escape") this.leave();
    else if (act) act();
    else if (event.key !== "Tab") return; // nothing behind the stage can be reached
    event.preventDefault();
    event.stopPropagation();
  }

  open() {
    const chart = this.slide.chart;
    if (!chart || this.data.notes) return;
    this.ask.hidden = false;
    this.ask.querySelector("label").textContent = `The room\u2019s guess for ${chart.month}, ${chart.unit}`;
    const field = this.ask.querySelector("input");
    field.value = "";
    field.focus();
  }

  onAsk(event) {
    event.stopPropagation();
    if (event.key === "Tab") event.preventDefault();
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    const value = Number(this.ask.querySelector("input").value.replace(",", "."));
    const typed = this.ask.querySelector("input").value.trim() !== "" && Number.isFinite(value);
    if (event.key === "Enter" && typed) {
      const { low, high } = this.slide.chart;
      this.guess = straight(this.slide.chart, Math.min(high, Math.max(low, value)));
      this.tell();
    }
    this.ask.hidden = true;
    this.root.focus();
    this.show();
  }

  run() {
    this.waiting = true;
    this.show();
    this.send("ask", { lever: this.wanted.id, value: this.wanted.value, slide: this.at });
  }

  full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen().catch(() => {});
  }

  second() {
    const link = new URL(location.href);
    link.searchParams.delete("present");
    link.searchParams.set("notes", "1");
    window.open(link, "frontier-commons-notes", "width=900,height=700");
  }

  help() {
    this.panel.hidden = !this.panel.hidden;
    if (!this.panel.hidden) this.panel.prepend(element("p", KEYS));
  }

  leave() {
    if (document.fullscreenElement) document.exitFullscreen();
    this.panel.hidden = true;
    this.root.removeAttribute("open");
    this.data = { ...this.data, open: false };
    this.send("left", true);
  }

  end() {
    document.removeEventListener("keydown", this.key, true);
    clearInterval(this.clock);
    if (this.channel) this.channel.close();
  }
}

function sweep(part) {
  part.querySelectorAll("path").forEach((path) => path.setAttribute("pathLength", "1"));
  part.classList.remove("sweep");
  void part.getBoundingClientRect();
  part.classList.add("sweep");
  setTimeout(() => part.classList.remove("sweep"), 3100);
}

export default function (component) {
  const root = component.parentElement.querySelector(".fc-stage");
  let stage = stages.get(root);
  if (!stage) {
    stage = new Stage(root);
    stages.set(root, stage);
  }
  stage.waiting = false;
  stage.take(component);
  return () => stage.end();
}
