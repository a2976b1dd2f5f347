// Drawing a map of points: legend, points, what is chosen and what is pointed at.

const SIZE = 5; // pixels of a point, on the whole map
const BIGGEST = 12; // and however far one looks into it
const OPACITY = 0.75;
const FADED = 0.13; // opacity of what is not chosen
const ACROSS = 10; // units of a symbol, from -5 to 5

// A canvas that is as large as the map, with as many dots as the screen has there.
function fitted(canvas, { width, height }) {
  const dots = devicePixelRatio;
  [canvas.width, canvas.height] = [Math.round(width * dots), Math.round(height * dots)];
  [canvas.style.width, canvas.style.height] = [`${width}px`, `${height}px`];
  const pen = canvas.getContext("2d");
  pen.scale(dots, dots);
  return pen;
}

function drawLegend(chart) {
  const { legend, data, colours } = chart;
  const said = JSON.stringify([data.groups, colours]);
  if (legend.said !== said) {
    legend.said = said; // a button that is held stays the same one
    const buttons = data.groups.map(({ title, symbol }, n) => {
      const button = document.createElement("button");
      button.title = "Hide or show";
      const name = document.createElement("span");
      name.textContent = title;
      button.append(sample(symbol, colours[n]), name);
      button.onclick = () => chart.hide(title);
      return button;
    });
    legend.replaceChildren(...buttons);
  }
  chart.isHidden.forEach((hidden, n) => (legend.children[n].ariaPressed = String(!hidden)));
}

function sample(symbol, colour) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  const size = { width: 12, height: 12, viewBox: "-6 -6 12 12", "aria-hidden": "true" };
  for (const [key, value] of Object.entries(size)) svg.setAttribute(key, value);
  path.setAttribute("d", SYMBOLS[symbol]);
  path.setAttribute("fill", colour);
  svg.append(path);
  return svg;
}

// The frame, titles of the axes and points, as they are also saved.
function drawMap(chart, pen) {
  const { left, top, width, height } = insideOf(chart);
  pen.strokeStyle = chart.faint;
  pen.strokeRect(left - 0.5, top - 0.5, width + 1, height + 1);
  pen.fillStyle = chart.text;
  pen.font = `12px ${chart.font}`;
  pen.textAlign = "center";
  const [across, down] = middleOf(chart);
  const [x, y] = chart.data.axes;
  pen.fillText(x, across, top + height + 20, width);
  pen.save();
  pen.translate(left - 12, down);
  pen.rotate(-Math.PI / 2);
  pen.fillText(y, 0, 0, height);
  pen.restore();
  pen.save();
  pen.beginPath();
  pen.rect(left, top, width, height);
  pen.clip();
  drawPoints(chart, pen);
  drawArea(chart, pen);
  pen.restore();
}

// Group after group, as the legend has them; what is chosen above all that is not.
function drawPoints(chart, pen) {
  const { group, groups } = chart.data;
  const size = sizeOf(chart);
  const stamps = groups.map(({ symbol }, n) => stampOf(SYMBOLS[symbol], chart.colours[n], size));
  const draw = (numbers, opacity) => {
    pen.globalAlpha = opacity;
    for (const n of numbers) {
      const [x, y] = pixelOf(chart, placeOf(chart, n));
      pen.drawImage(stamps[group[n]], x - size, y - size, 2 * size, 2 * size);
    }
    pen.globalAlpha = 1;
  };
  if (!chart.chosen) return draw(chart.seen, OPACITY);
  const chosen = new Set(chart.chosen);
  draw(chart.seen.filter((n) => !chosen.has(n)), FADED);
  draw(chart.chosen, 1);
}

const sizeOf = ({ view }) => Math.min(BIGGEST, SIZE * view.zoom ** 0.3);

// A symbol drawn once, to be put wherever it is needed: ten thousand paths take ten times as long.
function stampOf(symbol, colour, size) {
  const canvas = document.createElement("canvas");
  const dots = 2 * devicePixelRatio;
  canvas.width = canvas.height = Math.ceil(2 * size * dots);
  const pen = canvas.getContext("2d");
  pen.translate(canvas.width / 2, canvas.height / 2);
  pen.scale((size * dots) / ACROSS, (size * dots) / ACROSS);
  pen.fillStyle = colour;
  pen.fill(new Path2D(symbol));
  return canvas;
}

// The outline of what is chosen, or a ring.
function drawArea(chart, pen) {
  const [first, ...others] = chart.path.map((place) => pixelOf(chart, place));
  if (!first) return;
  if (others.length) drawLine(chart, pen, [first, ...others], true);
  else ring(chart, pen, first);
}

function drawLine(chart, pen, pixels, closed) {
  pen.beginPath();
  for (const pixel of pixels) pen.lineTo(...pixel);
  if (closed) pen.closePath();
  pen.strokeStyle = pen.fillStyle = chart.text;
  pen.lineJoin = "round";
  pen.lineWidth = 1.5;
  pen.stroke();
  pen.globalAlpha = 0.06;
  pen.fill("evenodd");
  pen.globalAlpha = 1;
}

function ring(chart, pen, [x, y]) {
  for (const [colour, width] of [[chart.ground, 5], [chart.text, 2]]) {
    pen.beginPath();
    pen.arc(x, y, sizeOf(chart) / 2 + 4, 0, 2 * Math.PI);
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.stroke();
  }
}

// What moves with the pointer: the line that is drawn, or the point that is meant and what it is.
function drawOver(chart) {
  const { data, tip, at, drag } = chart;
  const pen = fitted(chart.over, chart);
  if (drag?.draws && !drag.moves) drawLine(chart, pen, drag.pixels, false);
  tip.hidden = at === null;
  if (at === null) return;
  const [x, y] = pixelOf(chart, placeOf(chart, at));
  ring(chart, pen, [x, y]);
  const [given, said] = [data.labels[at], data.answers[at]].map((number) => data.classes[number]);
  tip.textContent = `#${data.numbers[at]}: ${given}, the network says ${said}`;
  const beside = x + 14 + tip.offsetWidth > chart.width ? x - 14 - tip.offsetWidth : x + 14;
  tip.style.left = `${clamp(beside, 0, Math.max(0, chart.width - tip.offsetWidth))}px`;
  tip.style.top = `${y - tip.offsetHeight - 10 < 0 ? y + 10 : y - tip.offsetHeight - 10}px`;
}
