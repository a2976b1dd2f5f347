// Values by name: a row each, with its bar or its mark and interval, and an axis below. Names only
// ever become text.

const ROW = 28; // pixels
const NAMES = 92; // pixels to the left
const VALUES = 62; // to the right
const FOOT = 42; // below
const LETTERS = 12; // of a name

export default function ({ data, parentElement }) {
  const frame = parentElement.querySelector(".frame");
  const chart = (frame.chart ??= new Bars(frame));
  chart.take(data);
}

class Bars {
  constructor(frame) {
    this.frame = frame;
    this.svg = frame.querySelector(".charts");
    new ResizeObserver(() => this.width !== frame.clientWidth && this.draw()).observe(frame);
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
    const { colours, text, ground, faint } = coloursOf(frame);
    this.ground = ground;
    const [low, high] = data.span;
    const across = this.width - NAMES - VALUES;
    const x = (value) => NAMES + (across * (clamp(value, low, high) - low)) / (high - low);
    const down = ROW * data.bars.length;
    svg.setAttribute("width", this.width);
    svg.setAttribute("height", down + FOOT);
    svg.setAttribute("font-family", "sans-serif");
    svg.replaceChildren();
    const write = (words, x, y, anchor, parent = svg) =>
      (make("text", { x, y, "text-anchor": anchor, fill: text, "font-size": 12 }, parent)
        .textContent = words);
    for (const tick of this.ticks()) {
      make("path", { d: `M${x(tick)},0v${down}`, stroke: faint }, svg);
      write(tick, x(tick), down + 16, "middle");
    }
    if (data.asked !== null) {
      const look = { stroke: text, "stroke-width": 1.5, "stroke-dasharray": "2 4" };
      make("path", { d: `M${x(data.asked)},0v${down}`, ...look }, svg);
    }
    data.bars.forEach((bar, row) => {
      const middle = ROW * (row + 0.5);
      const group = make("g", {}, svg);
      make("title", {}, group).textContent = [bar.name, bar.written, bar.told]
        .filter((part, n, all) => part && all.indexOf(part) === n)
        .join(", ");
      make("rect", { y: ROW * row, width: this.width, height: ROW, fill: "transparent" }, group);
      const { name } = bar;
      const short = name.length > LETTERS ? `${name.slice(0, LETTERS - 1)}…` : name;
      write(short, NAMES - 8, middle + 4, "end", group);
      const fill = bar.slot < 0 ? text : colours[bar.slot % colours.length];
      const opacity = bar.slot < 0 ? 0.45 : 1;
      let end = x(low);
      if (bar.interval) {
        const [from, to] = bar.interval.map(x);
        make("path", { d: `M${from},${middle}H${to}`, stroke: fill, "stroke-width": 2 }, group);
        const where = `translate(${x(bar.value)} ${middle})`;
        make("path", { d: SYMBOLS[0], fill, transform: where }, group);
        end = x(high); // clear of the others' lines
      } else if (bar.value !== null) {
        end = x(bar.value);
        const box = { x: x(low), y: middle - 8, width: end - x(low), height: 16 };
        make("rect", { ...box, rx: Math.min(3, box.width / 2), fill, opacity }, group);
      }
      write(bar.written, end + 6, middle + 4, "start", group);
    });
    write(data.title, NAMES + across / 2, down + 36, "middle");
  }

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

  save(kind) {
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
