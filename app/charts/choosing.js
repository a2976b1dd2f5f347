// Things of some kinds, each of which can be pointed at, by mouse, finger or arrow keys; what is known
// of it is told there, and a click or Enter chooses it. A legend hides and shows the kinds. A chart
// draws them, and says how far each is from a place. Names only ever become text.

const NEAR = 24; // pixels, within which something is pointed at

class Choosing {
  constructor(frame) {
    this.frame = frame;
    this.hidden = new Set();
    this.at = null; // the number of what is pointed at
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

  take({ data, setTriggerValue }) {
    this.data = data;
    this.tell = (number) => setTriggerValue("choice", number);
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
    svg.setAttribute("width", this.wide());
    svg.setAttribute("height", data.height);
    svg.setAttribute("font-family", "sans-serif");
    this.things = this.drawKinds(data.kinds.filter(({ title }) => !this.hidden.has(title)));
    this.frames = make("g", { "pointer-events": "none" }, svg);
    this.point(this.at);
  }

  wide() {
    return this.width;
  }

  colour({ slot, shade }) {
    const { colours, shades, text } = this;
    // The palest would be lost on the page.
    if (shade !== null) return shades[Math.round(3 + shade * (shades.length - 4))];
    return slot < 0 ? text : colours[slot % colours.length];
  }

  write(words, x, y, anchor, look) {
    const own = { "text-anchor": anchor, fill: this.text, "font-size": 12, ...look };
    const text = make("text", { x, y, ...own }, this.svg);
    text.textContent = words;
    return text;
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
    legend.replaceChildren(...(data.key ? [data.key] : []), ...buttons);
  }

  // Of what is drawn, for the legend; a line where it is no kind.
  sample(kind) {
    const size = { width: 18, height: 12, viewBox: "-9 -6 18 12", "aria-hidden": "true" };
    const svg = make("svg", size);
    if (kind) this.drawSample(kind, svg);
    else make("path", { d: "M-9,0H9", stroke: this.text, "stroke-width": 1.5 }, svg);
    return svg;
  }

  nearestTo({ clientX, clientY }) {
    const { left, top } = this.svg.getBoundingClientRect();
    const apart = (thing) => this.distance(thing, clientX - left, clientY - top);
    const first = this.things.reduce(
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
    if (!by || !this.things.length) return;
    const here = this.things.findIndex(({ number }) => number === this.at);
    const next = here < 0 ? (by > 0 ? 0 : this.things.length - 1) : here + by;
    this.point(this.things[clamp(next, 0, this.things.length - 1)].number);
    event.preventDefault();
  }

  point(at) {
    this.at = at;
    const { tip, data, frames, frame, svg, things } = this;
    frames.replaceChildren();
    for (const marked of new Set([data.chosen, at])) {
      const found = things.find(({ number }) => number === marked);
      if (found) this.mark(found);
    }
    const told = things.find(({ number }) => number === at);
    tip.hidden = !told;
    if (!told) return;
    tip.textContent = told.told;
    const [x, y] = told.place;
    const [outer, inner] = [frame, svg].map((each) => each.getBoundingClientRect());
    const [left, above] = [x + inner.left - outer.left, y + inner.top - outer.top];
    const right = left + 16;
    const wide = this.width - tip.offsetWidth;
    tip.style.left = `${clamp(right > wide ? left - tip.offsetWidth - 16 : right, 0, Math.max(0, wide))}px`;
    tip.style.top = `${Math.max(0, above - tip.offsetHeight / 2)}px`;
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

// An axis of numbers or names, `wanted` ticks on it: where a value is, and the ticks with their words.
function axisOf({ log, names, whole }, values, [from, to], wanted) {
  const [low, high] = names.length ? [-0.5, names.length - 0.5] : roomy(values, log);
  const at = scaleOf([low, high], [from, to], log && !names.length);
  if (names.length) return { at, ticks: names.map((name, n) => [n, name]) };
  const ticks = ticksOf(low, high, wanted, whole ? "step" : "number", log);
  return { at, ticks: ticks.map((tick) => [tick, number(tick)]) };
}

// From low to high of an axis, with some room.
const EDGE = 0.03; // of an axis that stays free on both sides

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

const shortened = (words, letters) =>
  words.length > letters ? `${words.slice(0, Math.max(1, letters - 1))}…` : words;
