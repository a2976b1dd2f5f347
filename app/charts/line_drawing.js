// Drawing the line charts: legend, axes, lines.

const TICKS_APART = 70; // pixels
const GAP = 28; // pixels between charts
const SIDE_BY_SIDE = 560; // pixels from which two charts stand beside each other
const MARKS_APART = 48; // pixels
const FEW = 20; // points of a line, of which each has its mark

function spanOf(values) {
  const known = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  if (!known.length) return [0, 1];
  const room = low === high ? 0.5 * (Math.abs(low) || 1) : 0;
  return [low - room, high + room];
}

function drawLegend(chart) {
  const { data, legend } = chart;
  const buttons = data.entries.map(({ label, ...look }, id) => {
    const button = document.createElement("button");
    button.ariaPressed = String(!chart.hidden.has(label));
    button.title = "Hide or show";
    button.append(sample(chart, look), label);
    button.onclick = () => {
      chart.hidden.delete(label) || chart.hidden.add(label);
      chart.draw();
      legend.children[id].focus({ focusVisible: false });
    };
    return button;
  });
  const said = JSON.stringify([data.entries, [...chart.hidden], chart.colours, chart.text]);
  if (legend.said === said) return; // a button that is held stays the same one
  legend.said = said;
  legend.replaceChildren(...buttons);
}

function sample(chart, { slot, symbol, dash, width }) {
  const size = { width: 26, height: 12, viewBox: "-13 -6 26 12" };
  const svg = make("svg", { ...size, "aria-hidden": "true" });
  const stroke = chart.colour(slot);
  const line = { stroke, "stroke-width": width, "stroke-dasharray": dash };
  make("path", { d: "M-12,0H12", ...line }, svg);
  if (symbol !== null) make("path", { d: SYMBOLS[symbol], fill: stroke }, svg);
  return svg;
}

function drawPanels(chart) {
  const { data, svg, width } = chart;
  const across = width >= SIDE_BY_SIDE ? data.panels.length : 1;
  const each = (width - GAP * (across - 1)) / across;
  const down = data.panels.length / across;
  svg.setAttribute("width", width);
  svg.setAttribute("height", down * data.height);
  svg.setAttribute("font-family", "sans-serif");
  svg.replaceChildren();
  chart.panels = data.panels.map((panel, number) => {
    const left = across > 1 ? number * (each + GAP) + ROOM.left : ROOM.left;
    const top = (across > 1 ? 0 : number * data.height) + ROOM.top;
    const room = {
      ...{ left, top, width: each - ROOM.left - ROOM.right },
      height: data.height - ROOM.top - ROOM.bottom,
    };
    return drawPanel(chart, panel, number, room);
  });
  chart.dragged = make("g", {}, svg);
  chart.pointed = make("g", { "pointer-events": "none" }, svg);
}

function drawPanel(chart, panel, number, { left, top, width, height }) {
  const { data, svg, span } = chart;
  const lines = chart.lines.filter((line) => line.panel === number);
  const [low, high] = panel.span ?? roomFor(valuesWithin(lines, span), panel.log);
  const x = scaleOf(span, [left, left + width]);
  const y = scaleOf([low, high], [top + height, top], panel.log);
  const foot = top + height;
  const write = (text, x, y, anchor, more) =>
    (make("text", { x, y, "text-anchor": anchor, fill: chart.text, "font-size": 12, ...more }, svg)
      .textContent = text);
  const rule = (d, look) => make("path", { d, ...look }, svg);
  const quiet = { stroke: chart.text, opacity: 0.5 };
  write(panel.title, left - ROOM.left, top - 12, "start", { "font-size": 13, "font-weight": 600 });
  for (const tick of ticksOf(low, high, height / 45, "", panel.log)) {
    rule(`M${left},${y(tick)}h${width}`, { stroke: chart.faint });
    write(written(tick), left - 7, y(tick) + 4, "end");
  }
  for (const tick of ticksOf(...span, width / TICKS_APART, data.x.kind)) {
    rule(`M${x(tick)},${foot}v4`, quiet);
    write(written(tick, data.x.kind), x(tick), foot + 17, "middle");
  }
  rule(`M${left},${foot}h${width}`, quiet);
  write(data.x.title, left + width / 2, foot + 35, "middle");
  const clip = make("clipPath", { id: `panel-${number}` }, svg);
  make("rect", { x: left - 6, y: top - 6, width: width + 12, height: height + 12 }, clip);
  const within = make("g", { "clip-path": `url(#panel-${number})` }, svg);
  const changes = data.changes.filter(({ x }) => x >= span[0] && x <= span[1]);
  for (const [n, { x: at, label }] of changes.entries()) {
    rule(`M${x(at)},${top}v${height}`, { ...quiet, "stroke-dasharray": "1 3" });
    const row = n % 2 ? 17 : 4; // in turns, as neighbours may be near
    write(label, x(at) + 4, top + row, "start", { "font-size": 11, opacity: 0.8 });
  }
  for (const line of lines) drawLine(chart, line, x, y, panel.log, within);
  return { ...panel, x, y, left, top, width, height };
}

// The span of a y axis on which all of them are seen.
function roomFor(values, log) {
  const shown = values.filter((value) => !log || value > 0);
  if (log && !shown.length) return [0.1, 1];
  const [low, high] = spanOf(shown);
  if (log) return [Math.max(low, high * 1e-9), high];
  return [low - 0.04 * (high - low), high + 0.04 * (high - low)];
}

function valuesWithin(lines, [from, to]) {
  const values = [];
  for (const { x, y, low, high } of lines.filter(({ weighs }) => weighs)) {
    const first = Math.max(0, nearest(x, from) - 1);
    for (let n = first; n < x.length && (n === first || x[n - 1] <= to); n++)
      for (const part of [y, low, high]) if (Number.isFinite(part?.[n])) values.push(part[n]);
  }
  return values;
}

function drawLine(chart, line, x, y, log, parent) {
  const { slot, symbol, dash, width, opacity } = line;
  const stroke = chart.colour(slot);
  const shown = (value) => Number.isFinite(value) && (!log || value > 0);
  const path = (values) => {
    let d = "";
    let pen = "M";
    values.forEach((value, n) => {
      if (!shown(value)) return (pen = "M");
      d += `${pen}${x(line.x[n]).toFixed(1)},${y(value).toFixed(1)}`;
      pen = "L";
    });
    return d;
  };
  if (line.low) {
    const known = line.x.map((_, n) => n).filter((n) => shown(line.low[n]) && shown(line.high[n]));
    const edge = (values, at) => at.map((n) => `${x(line.x[n])},${y(values[n])}`);
    const round = [...edge(line.low, known), ...edge(line.high, known.toReversed())];
    make("polygon", { points: round.join(" "), fill: stroke, opacity: 0.16 }, parent);
  }
  const look = { fill: "none", stroke, opacity, "stroke-width": width, "stroke-dasharray": dash };
  make("path", { d: path(line.y), "stroke-linejoin": "round", ...look }, parent);
  const alone = line.y.filter(shown).length === 1; // a point makes no line
  if (symbol === null && !alone) return;
  const few = line.y.length <= FEW;
  // Of lines that lie upon each other the marks stand beside each other.
  let last = x(line.x[0]) - MARKS_APART * (1 - ((symbol ?? 0) % 3) / 3);
  line.y.forEach((value, n) => {
    const close = x(line.x[n]) - last < MARKS_APART && n < line.y.length - 1;
    if (!shown(value) || (close && !few)) return;
    last = x(line.x[n]);
    const transform = `translate(${last} ${y(value)})`;
    make("path", { d: SYMBOLS[symbol ?? 0], fill: stroke, opacity, transform }, parent);
  });
}
