// The room's guess: a line drawn with the pointer or a number typed, kept in the units of the axis.

const plotOf = (figure) => figure.querySelector('[class*="hit_0_marks"] path');

function place(chart, plot, month, value) {
  const box = plot.getBBox();
  const part = chart.log
    ? (Math.log(value) - Math.log(chart.low)) / (Math.log(chart.high) - Math.log(chart.low))
    : (value - chart.low) / (chart.high - chart.low);
  return [box.x + (box.width * month) / chart.until, box.y + box.height * (1 - part)];
}

function read(chart, plot, event) {
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(plot.getScreenCTM().inverse());
  const box = plot.getBBox();
  const month = Math.round(((point.x - box.x) / box.width) * chart.until);
  const part = Math.min(1, Math.max(0, 1 - (point.y - box.y) / box.height));
  const value = chart.log
    ? Math.exp(Math.log(chart.low) + part * (Math.log(chart.high) - Math.log(chart.low)))
    : chart.low + part * (chart.high - chart.low);
  return [Math.min(chart.until, month), value];
}

function straight(chart, value) {
  return [[chart.today, chart.start], [chart.until, value]];
}

function told(chart, value) {
  const size = Math.abs(value);
  const words = size.toLocaleString("en-GB", { maximumFractionDigits: size >= 10 ? 0 : size >= 1 ? 1 : 2 });
  return (value < 0 ? "\u2212" : "") + chart.prefix + words + chart.suffix;
}

function drawGuess(figure, chart, points) {
  const plot = plotOf(figure);
  figure.querySelectorAll(".guess-line, .guess-end").forEach((old) => old.remove());
  if (!plot || !points || !points.length) return;
  const at = points.map(([month, value]) => place(chart, plot, month, value));
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", "M" + at.map((p) => p.join(",")).join("L"));
  line.setAttribute("class", "guess-line");
  const end = document.createElementNS("http://www.w3.org/2000/svg", "circle");
  const [x, y] = at[at.length - 1];
  end.setAttribute("cx", x);
  end.setAttribute("cy", y);
  end.setAttribute("r", 9);
  end.setAttribute("class", "guess-end");
  plot.parentNode.append(line, end);
}

// Calls `done` with the points whenever the pointer has drawn; months before today stay as they were.
function drawable(figure, chart, done) {
  const svg = figure.querySelector("svg");
  let values = null;
  const take = (event) => {
    const [month, value] = read(chart, plotOf(figure), event);
    if (month > chart.today) {
      values.set(month, value);
      const points = [[chart.today, chart.start], ...[...values].sort((a, b) => a[0] - b[0])];
      done(points);
    }
  };
  svg.onpointerdown = (event) => {
    svg.setPointerCapture(event.pointerId);
    values = new Map();
    take(event);
  };
  svg.onpointermove = (event) => values && take(event);
  svg.onpointerup = () => (values = null);
}

// Says where the guess ended, and whether nine in ten of the model's futures hold it.
function verdict(chart, points) {
  const value = points[points.length - 1][1];
  const inside = chart.range && value >= chart.range[0] && value <= chart.range[1];
  const held = chart.range ? (inside ? ", within the model\u2019s range" : ", outside the model\u2019s range") : "";
  return "The room\u2019s guess: " + told(chart, value) + held + ".";
}
