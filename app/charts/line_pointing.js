// What is told where one points into the line charts, and the stretch that is dragged over.

const MOST_TOLD = 16; // lines, where one points

function drawDragged(chart) {
  chart.dragged.replaceChildren();
  if (!chart.drag) return;
  const { panel, from, to } = chart.drag;
  const ends = [from, to].map((x) => panel.x.back(clamp(x, panel.left, panel.left + panel.width)));
  for (const { x, top, height } of chart.panels) {
    const [a, b] = ends.map(x).toSorted((one, other) => one - other);
    const look = { fill: chart.text, opacity: 0.12 };
    make("rect", { x: a, y: top, width: b - a, height, ...look }, chart.dragged);
  }
}

function drawPointed(chart, x) {
  const { tip, pointed } = chart;
  pointed?.replaceChildren();
  const values = x === null || !pointed ? [] : valuesAt(chart, x);
  tip.hidden = !values.length;
  if (!values.length) return;
  const at = values.toSorted((one, other) => Math.abs(one.x - x) - Math.abs(other.x - x))[0].x;
  const look = { stroke: chart.text, opacity: 0.6, "stroke-dasharray": "3 3" };
  for (const panel of chart.panels)
    make("path", { d: `M${panel.x(at)},${panel.top}v${panel.height}`, ...look }, pointed);
  for (const { line, value, x: place } of values) {
    const { x: across, y, log } = chart.panels[line.panel];
    if (!Number.isFinite(value) || (log && value <= 0)) continue;
    const fill = chart.colour(line.slot);
    const where = { cx: across(place), cy: y(value), r: 4 };
    make("circle", { ...where, fill, stroke: chart.ground, "stroke-width": 1.5 }, pointed);
  }
  tell(chart, at, values);
}

// Each told line's point nearest to x, unless it is not seen, or the line ends well before it.
function valuesAt(chart, x) {
  const [from, to] = chart.span;
  const room = (to - from) / 50;
  return chart.lines.flatMap((line) => {
    if (!line.told || !line.x.length) return [];
    const n = nearest(line.x, x);
    const apart = Math.max(room, (line.x.at(-1) - line.x[0]) / (line.x.length - 1 || 1));
    if (line.x[n] < from - room || line.x[n] > to + room) return [];
    return Math.abs(line.x[n] - x) > apart ? [] : [{ line, x: line.x[n], value: line.y[n] }];
  });
}

function tell(chart, at, values) {
  const { data, tip } = chart;
  const rows = new Map(); // a name has a value in each chart
  const room = (chart.span[1] - chart.span[0]) / 50;
  const first = ({ line }) => line.of[0] ?? 0; // of the legend's lines
  for (const { line, value, x } of values.toSorted((one, other) => first(one) - first(other))) {
    const elsewhere = Math.abs(x - at) > room ? ` (at ${written(x, data.x.kind)})` : "";
    const row = rows.get(line.name) ?? { line, elsewhere, values: [] };
    row.values[line.panel] = value;
    rows.set(line.name, row);
  }
  const table = document.createElement("table");
  const head = table.insertRow();
  head.append(cell("th", `${data.x.name} ${written(at, data.x.kind)}`));
  for (const { unit } of data.panels) head.append(cell("th", unit));
  for (const [name, { line, elsewhere, values: told }] of [...rows].slice(0, MOST_TOLD)) {
    const row = table.insertRow();
    const first = cell("td", "");
    first.append(sample(chart, line), name + elsewhere);
    row.append(first);
    for (const [number, { digits }] of data.panels.entries())
      row.append(cell("td", Number.isFinite(told[number]) ? told[number].toFixed(digits) : "-"));
  }
  const more = rows.size - MOST_TOLD;
  tip.replaceChildren(table, ...(more > 0 ? [`and ${more} more`] : []));
  const panel = chart.panels[0];
  // Below each other, the chart that one does not point at makes room.
  const free = chart.panels.find(({ left }, n) => n !== chart.over && left === panel.left) ?? panel;
  const wide = chart.width - tip.offsetWidth;
  const right = panel.x(at) + 14;
  const left = right > wide ? panel.x(at) - tip.offsetWidth - 14 : right;
  tip.style.left = `${clamp(left, 0, Math.max(0, wide))}px`;
  const above = chart.svg.getBoundingClientRect().top - chart.frame.getBoundingClientRect().top;
  tip.style.top = `${above + free.top + 8}px`;
}

function cell(name, text) {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}
