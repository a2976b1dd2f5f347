// Values by name: a row each, with its bar or its marks and their intervals, and an axis below.
// What else is known of a row is told where one points at it, by mouse, finger or arrow keys. Names
// only ever become text.

const ROW = 28; // pixels
const VALUES = 62; // to the right
const FOOT = 42; // below
const LETTER = 6.3; // wide
const NAMES = 0.36; // of the width at most
const LEGEND = 22; // a line of it

export default function ({ data, parentElement }) {
  const frame = parentElement.querySelector(".frame");
  const chart = (frame.chart ??= new Bars(frame));
  chart.take(data);
}

class Bars {
  constructor(frame) {
    this.frame = frame;
    this.at = null; // the row that is pointed at
    [this.svg, this.tip] = [".charts", ".tip"].map((selector) => frame.querySelector(selector));
    new ResizeObserver(() => this.width !== frame.clientWidth && this.draw()).observe(frame);
    const { svg } = this;
    svg.onpointerdown = svg.onpointermove = (event) => this.point(this.rowOf(event));
    svg.onpointerleave = ({ pointerType }) => {
      // Where a finger has tapped stays told when it is lifted.
      if (pointerType === "mouse") this.point(null);
    };
    svg.onblur = () => this.point(null);
    svg.onkeydown = (event) => this.key(event);
    frame.querySelector(".tools").onclick = ({ target }) => target.name && this.save(target.name);
  }

  take(data) {
    this.data = data;
    this.svg.ariaLabel = data.alt;
    this.draw();
  }

  draw() {
    const { data, frame, svg } = this;
    this.width = frame.clientWidth;
    if (!data || !this.width) return;
    Object.assign(this, coloursOf(frame));
    svg.replaceChildren();
    this.drawLegend();
    const [low, high] = data.span;
    const longest = Math.max(...data.bars.map(({ name }) => name.length));
    this.names = Math.min(LETTER * longest + 12, NAMES * this.width);
    this.across = this.width - this.names - VALUES;
    this.x = (value) =>
      this.names + (this.across * (clamp(value, low, high) - low)) / (high - low);
    const down = ROW * data.bars.length;
    svg.setAttribute("width", this.width);
    svg.setAttribute("height", this.top + down + FOOT);
    svg.setAttribute("font-family", "sans-serif");
    this.drawAxis(down);
    this.rows = data.bars.map((bar, row) => this.drawRow(bar, this.top + ROW * row));
    this.point(this.at < data.bars.length ? this.at : null);
  }

  write(words, x, y, anchor) {
    const look = { "text-anchor": anchor, fill: this.text, "font-size": 12 };
    make("text", { x, y, ...look }, this.svg).textContent = words;
  }

  drawLegend() {
    let [x, y] = [0, 12];
    for (const [label, mark] of this.data.legend) {
      const wide = 34 + LETTER * label.length;
      if (x && x + wide > this.width) [x, y] = [0, y + LEGEND];
      this.drawMark(mark, x + 8, y);
      this.write(label, x + 20, y + 4, "start");
      x += wide;
    }
    this.top = x ? y + LEGEND : 0;
  }

  drawAxis(down) {
    const { data, top, x, svg } = this;
    for (const tick of this.ticks()) {
      make("path", { d: `M${x(tick)},${top}v${down}`, stroke: this.faint }, svg);
      this.write(String(tick).replace("-", "\u2212"), x(tick), top + down + 16, "middle");
    }
    if (data.dotted !== null) {
      const look = { stroke: this.text, "stroke-width": 1.5, "stroke-dasharray": "2 4" };
      make("path", { d: `M${x(data.dotted)},${top}v${down}`, ...look }, svg);
    }
    const half = (LETTER * data.title.length) / 2;
    const middle = this.names + this.across / 2;
    const within = clamp(middle, half, Math.max(half, this.width - half));
    this.write(data.title, within, top + down + 36, "middle");
  }

  // Its ground, to light up where one points at it.
  drawRow(bar, top) {
    const { x, svg, names } = this;
    const middle = top + ROW / 2;
    const look = { fill: this.text, opacity: 0 };
    const ground = make("rect", { y: top, width: this.width, height: ROW, rx: 4, ...look }, svg);
    const letters = Math.max(3, Math.floor((names - 8) / LETTER));
    const { name } = bar;
    const short = name.length > letters ? `${name.slice(0, letters - 1)}…` : name;
    this.write(short, names - 8, middle + 4, "end");
    const [low, high] = this.data.span;
    let end = x(low);
    if (bar.marks.length) {
      make("path", { d: `M${x(low)},${middle}H${x(high)}`, stroke: this.faint }, svg);
      for (const mark of bar.marks) this.drawMark(mark, x(mark.value), middle);
      end = x(high); // clear of the others' lines
    } else if (bar.value !== null) {
      end = x(bar.value);
      const box = { x: x(low), y: middle - 8, width: end - x(low), height: 16 };
      const opacity = bar.slot < 0 ? 0.45 : 1;
      const fill = this.colour(bar.slot);
      make("rect", { ...box, rx: Math.min(3, box.width / 2), fill, opacity }, svg);
    }
    this.write(bar.written, end + 6, middle + 4, "start");
    return ground;
  }

  drawMark({ interval, slot, symbol, open }, across, middle) {
    const stroke = this.colour(slot);
    const look = { stroke, "stroke-width": 2 };
    if (interval) {
      const [from, to] = interval.map(this.x);
      make("path", { d: `M${from},${middle}H${to}`, ...look }, this.svg);
    }
    const transform = `translate(${across} ${middle})`;
    const fill = open ? this.ground : stroke;
    make("path", { d: SYMBOLS[symbol], fill, transform, ...(open && look) }, this.svg);
  }

  colour = (slot) => (slot < 0 ? this.text : this.colours[slot % this.colours.length]);

  ticks() {
    const [low, high] = this.data.span;
    const rough = (high - low) / 5;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].find((digit) => digit * power >= rough * 0.999) * power;
    const ticks = [];
    for (let n = Math.ceil(low / step); n * step <= high * 1.0001; n++)
      ticks.push(Number((n * step).toPrecision(6)));
    return ticks;
  }

  rowOf({ clientY }) {
    const row = Math.floor((clientY - this.svg.getBoundingClientRect().top - this.top) / ROW);
    return row >= 0 && row < this.data.bars.length ? row : null;
  }

  key(event) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.key === "Escape") this.point(null);
    if (!by) return;
    const last = this.data.bars.length - 1;
    this.point(clamp(this.at === null ? (by > 0 ? 0 : last) : this.at + by, 0, last));
    event.preventDefault();
  }

  point(row) {
    this.at = row;
    this.rows.forEach((ground, n) => ground.setAttribute("opacity", n === row ? 0.08 : 0));
    const { tip, frame, svg } = this;
    tip.hidden = row === null;
    if (tip.hidden) return;
    const { name, told } = this.data.bars[row];
    tip.textContent = `${name}\n${told}`;
    const from = svg.getBoundingClientRect().top - frame.getBoundingClientRect().top + this.top;
    const above = from + ROW * row - tip.offsetHeight - 2;
    tip.style.top = `${above >= 0 ? above : from + ROW * (row + 1) + 2}px`;
    tip.style.left = `${this.names}px`;
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
