// A map of points on a canvas: what it shows, what is chosen on it, and where one looks. What is
// chosen and hidden stands in the link. The browser reads it there at first, and later tells Python
// by the trigger "choice"; it is no part of what the points are sent with, so that a choice sends
// none of them again. Places are whole numbers. Names only ever become text.

const UNIT = 10_000; // places from the middle of the map to its edge
const EDGE = 1.05; // units that are seen at least
const HIGHEST = 560; // pixels
const ROOM = { top: 1, right: 1, bottom: 28, left: 28 };
const MOST_ZOOM = 40;
const MOST_VERTICES = 40;

export default function ({ data, parentElement, setTriggerValue }) {
  const frame = parentElement.querySelector(".frame");
  const chart = (frame.chart ??= new Chart(frame));
  chart.tell = (choice) => setTriggerValue("choice", choice);
  chart.take(data);
  return () => removeEventListener("popstate", chart.back);
}

class Chart {
  constructor(frame) {
    this.frame = frame;
    [this.canvas, this.over, this.legend, this.tip, this.tools, this.said] = [
      ...[".points", ".over", ".legend", ".tip", ".tools", ".said"],
    ].map((selector) => frame.querySelector(selector));
    this.view = { x: 0, y: 0, zoom: 1 };
    this.at = this.drag = null;
    this.back = () => {
      this.readLink();
      this.draw();
    };
    addEventListener("popstate", this.back);
    new ResizeObserver(() => this.width !== frame.clientWidth && this.draw()).observe(frame);
    listen(this);
  }

  readLink() {
    const link = new URLSearchParams(location.search);
    this.path = asPath(link.get("area") ?? "");
    this.hidden = new Set(link.getAll("hidden"));
  }

  take(data) {
    const sent = JSON.stringify(data);
    if (this.sent !== sent) {
      this.sent = sent;
      this.at = null;
      this.readLink();
      this.data = { ...data };
      for (const name of ["places", "group", "numbers", "labels", "answers"])
        this.data[name] = unpacked(data[name]);
      const { group } = this.data;
      this.order = [...group.keys()].toSorted((one, other) => group[one] - group[other]);
      this.canvas.ariaLabel = data.alt;
    }
    this.draw();
  }

  draw() {
    this.width = this.frame.clientWidth;
    if (!this.data || !this.width) return;
    const { colours, ...others } = coloursOf(this.frame);
    Object.assign(this, others);
    this.colours = this.data.groups.map(({ slot }) => colours[slot % colours.length]);
    this.font = getComputedStyle(this.frame).fontFamily;
    this.height = Math.min(this.width, HIGHEST);
    this.isHidden = this.data.groups.map(({ title }) => this.hidden.has(title));
    this.seen = this.order.filter((n) => !this.isHidden[this.data.group[n]]);
    this.chosen = chosenBy(this);
    drawLegend(this);
    drawMap(this, fitted(this.canvas, this));
    drawOver(this);
    const count = this.chosen?.length ?? 0;
    const images = count === 1 ? "1 image" : `${count.toLocaleString("en")} images`;
    this.said.textContent = this.chosen ? `${images} chosen` : "";
    this.tools.querySelector("[name=clear]").hidden = !this.chosen;
    this.tools.querySelector("[name=out]").disabled = this.view.zoom === 1;
    this.tools.querySelector("[name=in]").disabled = this.view.zoom === MOST_ZOOM;
  }

  // Once before the next picture is shown, however often something moves until then.
  drawSoon() {
    this.due ??= requestAnimationFrame(() => {
      this.due = null;
      this.draw();
    });
  }

  choose(path) {
    if (!path.length && !this.path.length) return;
    this.path = path;
    this.draw();
    if (path.length && !this.chosen.length) return this.choose([]);
    this.tellChoice();
  }

  hide(title) {
    this.hidden.delete(title) || this.hidden.add(title);
    this.at = null;
    const { group, groups } = this.data;
    const [only] = this.path.length === 1 ? this.chosen : [];
    // Where what was clicked is hidden, nobody chose the one that is nearest now.
    if (only !== undefined && this.hidden.has(groups[group[only]].title)) this.path = [];
    this.draw();
    this.tellChoice();
  }

  tellChoice() {
    this.tell({ area: this.path.flat().join("_"), hidden: [...this.hidden] });
  }

  // Zoom by so much, so that what lies under a pixel stays there and then moves with it.
  zoomBy(factor, [px, py] = middleOf(this), [dx, dy] = [0, 0]) {
    const zoom = clamp(this.view.zoom * factor, 1, MOST_ZOOM);
    const [x, y] = placeAt(this, [px, py]);
    this.view = { ...this.view, zoom };
    const [nx, ny] = placeAt(this, [px + dx, py + dy]);
    const free = EDGE * UNIT * (1 - 1 / zoom);
    this.view.x = clamp(this.view.x + x - nx, -free, free);
    this.view.y = clamp(this.view.y + y - ny, -free, free);
    this.drawSoon();
  }

  showWhole() {
    this.zoomBy(0);
  }

  // The point nearest to a pixel among those that are seen, no further from it than that.
  nearestTo(pixel, reach) {
    const [found] = this.seen.length ? [closest(this, placeAt(this, pixel))] : [];
    const is = found !== undefined && apart(pixelOf(this, placeOf(this, found)), pixel) <= reach;
    return is ? found : null;
  }
}

function unpacked({ type, base64 }) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const kinds = { int16: Int16Array, uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array };
  return new kinds[type](bytes.buffer);
}

function insideOf({ width, height }) {
  const { top, right, bottom, left } = ROOM;
  return { left, top, width: width - left - right, height: height - top - bottom };
}

function middleOf(chart) {
  const { left, top, width, height } = insideOf(chart);
  return [left + width / 2, top + height / 2];
}

// Pixels to a place, alike along both axes.
function scaleOf(chart) {
  const { width, height } = insideOf(chart);
  return (Math.min(width, height) / (2 * EDGE * UNIT)) * chart.view.zoom;
}

function pixelOf(chart, [x, y]) {
  const [across, down] = middleOf(chart);
  const scale = scaleOf(chart);
  return [across + (x - chart.view.x) * scale, down - (y - chart.view.y) * scale];
}

function placeAt(chart, [px, py]) {
  const [across, down] = middleOf(chart);
  const scale = scaleOf(chart);
  return [chart.view.x + (px - across) / scale, chart.view.y - (py - down) / scale];
}

const placeOf = ({ data }, n) => [data.places[2 * n], data.places[2 * n + 1]];

// An area as it stands in the link, which app/areas.py reads by the same rules; else none.
function asPath(text) {
  const numbers = /^-?\d{1,5}(_-?\d{1,5})*$/.test(text) ? text.split("_").map(Number) : [];
  const vertices = numbers.length / 2;
  const fits = vertices === 1 || (vertices >= 3 && vertices <= MOST_VERTICES);
  if (!fits || !Number.isInteger(vertices)) return [];
  return Array.from({ length: vertices }, (_, n) => numbers.slice(2 * n, 2 * n + 2));
}

// What a path chooses among what is seen, as `core.evaluation.maps.chosen_by`; null without one.
function chosenBy(chart) {
  const { path, seen } = chart;
  if (!path.length) return null;
  if (path.length > 1) return seen.filter((n) => isInside(path, placeOf(chart, n)));
  return seen.length ? [closest(chart, path[0])] : [];
}

function closest(chart, [x, y]) {
  const { places } = chart.data;
  const away = (n) => (places[2 * n] - x) ** 2 + (places[2 * n + 1] - y) ** 2;
  return chart.seen.reduce((best, n) => (away(n) < away(best) ? n : best));
}

function isInside(path, [x, y]) {
  let inside = false;
  let [fromX, fromY] = path.at(-1);
  for (const [toX, toY] of path) {
    const crosses = fromY > y !== toY > y;
    if (crosses && x < fromX + ((toX - fromX) * (y - fromY)) / (toY - fromY)) inside = !inside;
    [fromX, fromY] = [toX, toY];
  }
  return inside;
}

// A drawn line with as few corners as it needs: time and again the one goes that lies least off the
// line between its neighbours (Visvalingam and Whyatt 1993).
function thinned(path, least) {
  const kept = [...path];
  const area = (n) => {
    const [a, b, c] = [kept.at(n - 1), kept[n], kept[(n + 1) % kept.length]];
    return Math.abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2;
  };
  while (kept.length > 3) {
    const areas = kept.map((_, n) => area(n));
    const smallest = areas.indexOf(Math.min(...areas));
    if (kept.length <= MOST_VERTICES && areas[smallest] > least) break;
    kept.splice(smallest, 1);
  }
  return kept;
}
