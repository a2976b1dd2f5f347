// Parallel coordinates: an axis a field, a line through all of them a thing.

const SPACE = { top: 40, right: 40, bottom: 12, left: 52 };
const APART = 104; // pixels between axes at least; the chart scrolls where there is no room
const LETTER = 6.5; // pixels

export default function ({ parentElement, ...component }) {
  const frame = parentElement.querySelector(".frame");
  (frame.chart ??= new Parallel(frame)).take(component);
}

class Parallel extends Choosing {
  wide() {
    const gaps = Math.max(1, this.data.axes.length - 1);
    this.apart = Math.max(APART, (this.width - SPACE.left - SPACE.right) / gaps);
    return SPACE.left + this.apart * gaps + SPACE.right;
  }

  x = (number) => SPACE.left + this.apart * number;

  drawKinds(kinds) {
    const { axes, height } = this.data;
    const ends = [height - SPACE.bottom, SPACE.top];
    const all = this.data.kinds.flatMap((kind) => kind.lines);
    this.axes = axes.map((axis, n) => axisOf(axis, all.map(({ at }) => at[n]), ends, 5));
    const lines = kinds.flatMap((kind) => kind.lines.map((line) => ({ ...line, kind })));
    for (const line of lines) {
      line.places = line.at.map((value, n) => [this.x(n), this.axes[n].at(value)]);
      line.place = line.places[0];
      const { dash } = line.kind;
      const look = { "stroke-width": 1.5, "stroke-dasharray": dash, opacity: dash ? 0.6 : 0.8 };
      this.drawThrough(line, look, this.svg);
    }
    axes.forEach(({ title }, n) => this.drawAxis(title, n));
    return lines;
  }

  drawThrough({ places, kind }, look, parent) {
    const own = { points: places.join(" "), fill: "none", stroke: this.colour(kind) };
    make("polyline", { ...own, "stroke-linejoin": "round", ...look }, parent);
  }

  drawAxis(title, n) {
    const { height, axes } = this.data;
    const d = `M${this.x(n)},${SPACE.top}V${height - SPACE.bottom}`;
    make("path", { d, stroke: this.text, opacity: 0.5 }, this.svg);
    const halo = { stroke: this.ground, "stroke-width": 4, "paint-order": "stroke" };
    const quiet = { ...halo, "pointer-events": "none" };
    const letters = Math.floor((n ? this.apart - 16 : SPACE.left - 8) / LETTER);
    for (const [tick, words] of this.axes[n].ticks) {
      const y = this.axes[n].at(tick);
      this.write(shortened(words, letters), this.x(n) - 7, y + 4, "end", quiet);
    }
    const last = n === axes.length - 1;
    const [x, anchor] = n === 0 ? [0, "start"] : [this.x(n), "middle"];
    const at = last ? [this.x(n) + SPACE.right, "end"] : [x, anchor];
    const room = Math.floor((last || !n ? 1.2 : 0.95) * (this.apart / LETTER));
    // Titles stand in two rows where they would touch.
    const row = n % 2 && Math.max(...axes.map(({ title: { length } }) => length)) > room ? 32 : 14;
    this.write(row === 32 ? title : shortened(title, 2 * room), at[0], row, at[1]);
  }

  drawSample(kind, svg) {
    const look = { stroke: this.colour(kind), "stroke-width": 3, "stroke-dasharray": kind.dash };
    make("path", { d: "M-9,0H9", ...look }, svg);
  }

  distance({ places }, x, y) {
    const n = clamp(Math.floor((x - SPACE.left) / this.apart), 0, places.length - 2);
    const [[left, from], [, to]] = [places[n], places[n + 1]];
    const share = clamp((x - left) / this.apart, 0, 1);
    return Math.abs(from + (to - from) * share - y);
  }

  mark(line) {
    this.drawThrough(line, { stroke: this.ground, "stroke-width": 7 }, this.frames);
    this.drawThrough(line, { stroke: this.text, "stroke-width": 3 }, this.frames);
  }
}
