// Points over two axes. Those without a value stand at the foot.

const SPACE = { top: 24, right: 12, bottom: 40, left: 52 };
const TICKS = 70; // pixels apart
const LETTER = 6.5; // pixels
const FOOT = 18; // pixels for those without a value

export default function ({ parentElement, ...component }) {
  const frame = parentElement.querySelector(".frame");
  (frame.chart ??= new Points(frame)).take(component);
}

class Points extends Choosing {
  drawKinds(kinds) {
    const { data } = this;
    const points = kinds.flatMap((kind) => kind.points.map((point) => ({ ...point, kind })));
    this.scale(points);
    this.drawAxes();
    if (data.line && !this.hidden.has(data.line[0])) this.drawLine(data.line[1]);
    for (const point of points) point.place = this.placeOf(point);
    for (const point of points) this.drawPoint(point);
    return points.sort((one, other) => one.place[0] - other.place[0]);
  }

  scale(points) {
    const { across, up, line, height } = this.data;
    const [foot, top] = [height - SPACE.bottom, SPACE.top];
    const places = [...(line?.[1] ?? [])];
    const xs = [...points.map(({ x }) => x), ...places.map(([x]) => x)];
    const ys = [...points.map(({ y }) => y), ...places.map(([, y]) => y)].filter(Number.isFinite);
    const empty = points.some(({ y }) => y === null) ? FOOT : 0;
    const wide = this.width - SPACE.left - SPACE.right;
    const ends = [SPACE.left, this.width - SPACE.right];
    this.across = axisOf(across, xs, ends, Math.max(2, wide / TICKS));
    this.up = axisOf(up, ys, [foot - empty, top], 5);
  }

  placeOf = ({ x, y }) => [
    this.across.at(x),
    y === null ? this.data.height - SPACE.bottom - 6 : this.up.at(y),
  ];

  drawAxes() {
    const { data, svg, width, up, across } = this;
    const foot = data.height - SPACE.bottom;
    const rule = (d, look) => make("path", { d, stroke: this.faint, ...look }, svg);
    for (const [tick, words] of up.ticks) {
      rule(`M${SPACE.left},${up.at(tick)}H${width - SPACE.right}`);
      const short = shortened(words, Math.floor(SPACE.left / LETTER) - 1);
      this.write(short, SPACE.left - 8, up.at(tick) + 4, "end");
    }
    rule(`M${SPACE.left},${foot}H${width - SPACE.right}`, { stroke: this.text, opacity: 0.5 });
    const apart = (width - SPACE.left - SPACE.right) / across.ticks.length;
    const letters = Math.max(3, Math.floor(apart / LETTER) - 1);
    for (const [tick, words] of across.ticks) {
      const told = data.across.names.length ? shortened(words, letters) : words;
      this.write(told, across.at(tick), foot + 16, "middle");
    }
    const middle = (SPACE.left + width - SPACE.right) / 2;
    this.write(data.across.title, middle, data.height - 6, "middle");
    this.write(data.up.title, 0, 14, "start");
  }

  drawLine(places) {
    if (!places.length) return;
    const at = ([x, y]) => [this.across.at(x), this.up.at(y)];
    const steps = places.map(at).map(([x, y]) => `H${x}V${y}`);
    const d = `M${at(places[0])}${steps.join("")}`;
    make("path", { d, fill: "none", stroke: this.text, "stroke-width": 1.5 }, this.svg);
  }

  drawPoint({ kind, place: [x, y] }) {
    this.drawSymbol(kind, { transform: `translate(${x} ${y})` }, this.svg);
  }

  drawSample = (kind, svg) => this.drawSymbol(kind, {}, svg);

  drawSymbol(kind, own, svg) {
    const stroke = this.colour(kind);
    const look = kind.open
      ? { fill: this.ground, stroke, "stroke-width": 1.5 }
      : { fill: stroke, "fill-opacity": 0.85 };
    make("path", { d: SYMBOLS[kind.symbol], ...own, ...look }, svg);
  }

  distance = ({ place }, x, y) => Math.hypot(place[0] - x, place[1] - y);

  mark({ place: [cx, cy] }) {
    const look = { fill: "none", stroke: this.text, "stroke-width": 1.5 };
    make("circle", { cx, cy, r: 9, ...look }, this.frames);
  }
}
