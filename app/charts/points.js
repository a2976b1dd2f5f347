// Points over one axis: what is known of one is told where one points at it, by mouse, finger or
// arrow keys, and a click or Enter chooses it. Points without a value stand at the foot. Names only
// ever become text.

const SPACE = { top: 24, right: 12, bottom: 40, left: 52 };
const EDGE = 0.03; // of an axis that stays free on both sides
const NEAR = 24; // pixels, within which a point is pointed at
const TICKS = 70; // pixels apart
const LETTER = 6.5; // pixels

export default function ({ data, parentElement, setTriggerValue }) {
  const frame = parentElement.querySelector(".frame");
  const chart = (frame.chart ??= new Points(frame));
  chart.tell = (number) => setTriggerValue("choice", number);
  chart.take(data);
}

class Points {
  constructor(frame) {
    this.frame = frame;
    this.hidden = new Set();
    this.at = null; // the number of the point that is pointed at
    [this.svg, this.legend, this.tip] = [".charts", ".legend", ".tip"].map((selector) =>
      frame.querySelector(selector),
    );
    new ResizeObserver(() => this.width !== frame.clientWidth && this.draw()).observe(frame);
    const { svg } = this;
    svg.onpointermove = svg.onpointerdown = (event) => this.point(this.nearestTo(event));
    svg.onpointerleave = ({ pointerType }) => {
      // Where a finger has tapped stays told when it is lifted.
      if (pointerType === "mouse") this.point(null);
    };
    svg.onclick = (event) => this.choose(this.nearestTo(event));
    svg.onblur = () => this.point(null);
    svg.onkeydown = (event) => this.key(event);
    frame.querySelector(".tools").onclick = ({ target }) => target.name && this.save(target.name);
  }

  take(data) {
    this.data = data;
    this.svg.ariaLabel = data.alt;
    this.svg.classList.toggle("chooses", data.chooses);
    this.draw();
  }

  draw() {
    const { data, frame, svg } = this;
    this.width = frame.clientWidth;
    if (!data || !this.width) return;
    Object.assign(this, coloursOf(frame));
    this.drawLegend();
    svg.replaceChildren();
    svg.setAttribute("width", this.width);
    svg.setAttribute("height", data.height);
    svg.setAttribute("font-family", "sans-serif");
    const seen = data.kinds.filter(({ title }) => !this.hidden.has(title));
    const points = seen.flatMap((kind) => kind.points.map((point) => ({ ...point, kind })));
    this.scale(points);
    this.drawAxes();
    if (data.line && !this.hidden.has(data.line[0])) this.drawLine(data.line[1]);
    for (const point of points) this.drawPoint(point);
    this.points = points.map((each) => ({ ...each, place: this.placeOf(each) }));
    this.points.sort((one, other) => one.place[0] - other.place[0]);
    this.frames = make("g", { "pointer-events": "none" }, svg);
    this.point(this.at);
  }

  colour = (slot) => (slot < 0 ? this.text : this.colours[slot % this.colours.length]);

  scale(points) {
    const { across, line, height } = this.data;
    const [left, right] = [SPACE.left, this.width - SPACE.right];
    const [foot, top] = [height - SPACE.bottom, SPACE.top];
    const places = [...(line?.[1] ?? [])];
    const xs = [...points.map(({ x }) => x), ...places.map(([x]) => x)];
    const ys = [...points.map(({ y }) => y), ...places.map(([, y]) => y)].filter(Number.isFinite);
    this.empty = points.some(({ y }) => y === null) ? 18 : 0; // pixels for those without a value
    const named = [-0.5, across.names.length - 0.5];
    this.xs = across.names.length ? named : roomy(xs, across.log);
    this.ys = roomy(ys, false);
    this.x = scaleOf(this.xs, [left, right], across.log);
    this.y = scaleOf(this.ys, [foot - this.empty, top], false);
  }

  placeOf = ({ x, y }) => [
    this.x(x),
    y === null ? this.data.height - SPACE.bottom - 6 : this.y(y),
  ];

  write(words, x, y, anchor) {
    const look = { "text-anchor": anchor, fill: this.text, "font-size": 12 };
    const text = make("text", { x, y, ...look }, this.svg);
    text.textContent = words;
    return text;
  }

  drawAxes() {
    const { data, svg, width } = this;
    const foot = data.height - SPACE.bottom;
    const rule = (d, look) => make("path", { d, stroke: this.faint, ...look }, svg);
    const levels = ticksOf(...this.ys, 5, "number", false);
    for (const tick of levels) {
      rule(`M${SPACE.left},${this.y(tick)}H${width - SPACE.right}`);
      this.write(number(tick), SPACE.left - 8, this.y(tick) + 4, "end");
    }
    rule(`M${SPACE.left},${foot}H${width - SPACE.right}`, { stroke: this.text, opacity: 0.5 });
    this.drawTicks(foot);
    const middle = (SPACE.left + width - SPACE.right) / 2;
    this.write(data.across.title, middle, data.height - 6, "middle");
    this.write(data.up, 0, 14, "start");
  }

  drawTicks(foot) {
    const { across } = this.data;
    const wide = this.width - SPACE.left - SPACE.right;
    if (!across.names.length) {
      const wanted = Math.max(2, wide / TICKS);
      for (const tick of ticksOf(...this.xs, wanted, across.whole ? "step" : "number", across.log))
        this.write(number(tick), this.x(tick), foot + 16, "middle");
      return;
    }
    const letters = Math.max(3, Math.floor(wide / across.names.length / LETTER) - 1);
    across.names.forEach((name, n) => {
      const short = name.length > letters ? `${name.slice(0, letters - 1)}…` : name;
      this.write(short, this.x(n), foot + 16, "middle");
    });
  }

  drawLine(places) {
    if (!places.length) return;
    const steps = places.map(([x, y]) => `H${this.x(x)}V${this.y(y)}`).join("");
    const [x, y] = places[0];
    const d = `M${this.x(x)},${this.y(y)}${steps}`;
    make("path", { d, fill: "none", stroke: this.text, "stroke-width": 1.5 }, this.svg);
  }

  drawPoint(point) {
    const { kind } = point;
    const [x, y] = this.placeOf(point);
    const stroke = this.colour(kind.slot);
    const look = kind.open
      ? { fill: this.ground, stroke, "stroke-width": 1.5 }
      : { fill: stroke, "fill-opacity": 0.85 };
    make("path", { d: SYMBOLS[kind.symbol], transform: `translate(${x} ${y})`, ...look }, this.svg);
  }

  drawLegend() {
    const { data, legend } = this;
    const titles = [...data.kinds.map(({ title }) => title), ...(data.line ? [data.line[0]] : [])];
    const said = JSON.stringify([titles, [...this.hidden], this.colours, this.text]);
    if (legend.said === said) return; // a button that is held stays the same one
    legend.said = said;
    legend.hidden = titles.length < 2;
    const buttons = titles.map((title, n) => {
      const button = document.createElement("button");
      button.ariaPressed = String(!this.hidden.has(title));
      button.title = "Hide or show";
      button.append(this.sample(data.kinds[n]), title);
      button.onclick = () => {
        this.hidden.delete(title) || this.hidden.add(title);
        this.draw();
        legend.children[n].focus({ focusVisible: false });
      };
      return button;
    });
    legend.replaceChildren(...buttons);
  }

  sample(kind) {
    const size = { width: 18, height: 12, viewBox: "-9 -6 18 12", "aria-hidden": "true" };
    const svg = make("svg", size);
    const stroke = kind ? this.colour(kind.slot) : this.text;
    const look = kind?.open
      ? { fill: this.ground, stroke, "stroke-width": 1.5 }
      : { fill: stroke };
    if (kind) make("path", { d: SYMBOLS[kind.symbol], ...look }, svg);
    else make("path", { d: "M-9,0H9", stroke, "stroke-width": 1.5 }, svg);
    return svg;
  }

  nearestTo({ clientX, clientY }) {
    const { left, top } = this.svg.getBoundingClientRect();
    const apart = ({ place: [x, y] }) => Math.hypot(x - clientX + left, y - clientY + top);
    const first = this.points.reduce(
      (best, each) => (best && apart(best) <= apart(each) ? best : each),
      null,
    );
    return first && apart(first) <= NEAR ? first.number : null;
  }

  choose(chosen) {
    if (this.data.chooses && chosen !== null) this.tell(chosen);
  }

  key(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape") this.point(null);
    if (event.key === "Enter") this.choose(this.at);
    if (!by || !this.points.length) return;
    const here = this.points.findIndex(({ number }) => number === this.at);
    const next = here < 0 ? (by > 0 ? 0 : this.points.length - 1) : here + by;
    this.point(this.points[clamp(next, 0, this.points.length - 1)].number);
    event.preventDefault();
  }

  point(at) {
    this.at = at;
    const { tip, data, frames, frame, svg } = this;
    frames.replaceChildren();
    for (const marked of [data.chosen, at]) {
      const found = this.points.find(({ number }) => number === marked);
      if (!found) continue;
      const [cx, cy] = found.place;
      make("circle", { cx, cy, r: 9, fill: "none", stroke: this.text, "stroke-width": 1.5 }, frames);
    }
    const told = this.points.find(({ number }) => number === at);
    tip.hidden = !told;
    if (!told) return;
    tip.textContent = told.told;
    const [x, y] = told.place;
    const above = svg.getBoundingClientRect().top - frame.getBoundingClientRect().top;
    const right = x + 16;
    const wide = this.width - tip.offsetWidth;
    tip.style.left = `${clamp(right > wide ? x - tip.offsetWidth - 16 : right, 0, Math.max(0, wide))}px`;
    tip.style.top = `${Math.max(0, above + y - tip.offsetHeight / 2)}px`;
  }

  save(kind) {
    this.point(null);
    const margin = 16;
    const [width, height] = ["width", "height"].map((size) => Number(this.svg.getAttribute(size)));
    const size = { width: width + 2 * margin, height: height + 2 * margin };
    const picture = make("svg", { xmlns: SVG, ...size, "font-family": "sans-serif" });
    make("rect", { ...size, fill: this.ground }, picture);
    const all = make("g", { transform: `translate(${margin} ${margin})` }, picture);
    all.append(...this.svg.cloneNode(true).children);
    savePicture(picture, this.data.file, kind);
  }
}

// From low to high of an axis, with some room.
function roomy(values, log) {
  if (!values.length) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (log) {
    const room = low === high ? 2 : (high / low) ** EDGE;
    return [low / room, high * room];
  }
  const room = low === high ? 0.5 * (Math.abs(low) || 1) : EDGE * (high - low);
  return [low - room, high + room];
}

function number(value) {
  const size = Math.abs(value);
  if (size && (size < 1e-3 || size >= 1e6)) return value.toExponential().replace("e+", "e");
  return String(Number(value.toPrecision(6))).replace("-", "\u2212");
}
