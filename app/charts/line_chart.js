// Line charts that share one x axis: one hover line through all, zoom by dragging a mouse, a legend
// that hides lines. A finger scrolls the page and points at values; what is zoomed, hidden and
// pointed at stays when new numbers come. Names only ever become text.

const ROOM = { top: 26, right: 10, bottom: 40, left: 46 };
const LEAST_DRAG = 8; // pixels
const EDGE = 0.02; // of the x axis that stays free on both sides

export default function ({ data, parentElement }) {
  const frame = parentElement.querySelector(".frame");
  const chart = (frame.chart ??= new Chart(frame));
  chart.take(data);
}

class Chart {
  constructor(frame) {
    this.frame = frame;
    this.hidden = new Set();
    this.zoom = this.at = this.drag = null;
    [this.svg, this.legend, this.tip, this.tools] = [".charts", ".legend", ".tip", ".tools"].map(
      (selector) => frame.querySelector(selector),
    );
    new ResizeObserver(() => this.width !== frame.clientWidth && this.draw()).observe(frame);
    const { svg } = this;
    svg.onpointerdown = (event) => this.begin(event);
    svg.onpointermove = (event) => this.move(event);
    svg.onpointerup = svg.onpointercancel = (event) => this.end(event);
    svg.onpointerleave = ({ pointerType }) => {
      // Where a finger has tapped stays told when it is lifted.
      if (pointerType === "mouse" && !this.drag) this.point(null);
    };
    svg.ondblclick = () => this.show(null);
    svg.onkeydown = (event) => this.key(event);
    svg.onblur = () => this.point(null);
    this.tools.onclick = ({ target }) => {
      if (target.name === "whole") this.show(null);
      else if (target.name) save(this, target.name);
    };
  }

  take(data) {
    if (this.data?.x.kind !== data.x.kind) this.zoom = this.at = null;
    this.data = data;
    this.svg.ariaLabel = data.alt;
    this.draw();
  }

  draw() {
    if (!this.data) return;
    Object.assign(this, coloursOf(this.frame));
    this.width = this.frame.clientWidth;
    if (!this.width) return;
    const isHidden = (id) => this.hidden.has(this.data.entries[id].label);
    this.lines = this.data.lines.filter(({ of }) => !of.some(isHidden));
    const whole = spanOf(this.lines.flatMap(({ x }) => [x[0], x.at(-1)]));
    if (this.zoom && (this.zoom[0] >= whole[1] || this.zoom[1] <= whole[0])) this.zoom = null;
    const edge = EDGE * (whole[1] - whole[0]);
    this.span = this.zoom ?? [whole[0] - edge, whole[1] + edge];
    drawLegend(this);
    drawPanels(this);
    this.tools.querySelector("[name=whole]").hidden = !this.zoom;
    this.point(this.at);
  }

  colour = (slot) => (slot < 0 ? this.text : this.colours[slot % this.colours.length]);

  panelAt(x, y) {
    const begins = ({ left, top }) => x >= left - ROOM.left && y >= top - ROOM.top;
    return this.panels.findLast(begins) ?? this.panels[0];
  }

  begin(event) {
    if (event.pointerType !== "mouse") this.move(event);
    if (event.pointerType !== "mouse" || event.button) return;
    const { left, top } = this.svg.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    this.drag = { panel: this.panelAt(x, y), from: x, to: x };
    this.svg.setPointerCapture(event.pointerId);
    event.preventDefault();
    this.svg.focus({ preventScroll: true, focusVisible: false });
  }

  move(event) {
    const { left, top } = this.svg.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    const panel = this.drag?.panel ?? this.panelAt(x, y);
    if (this.drag) {
      this.drag.to = x;
      drawDragged(this);
    }
    this.over = this.panels.indexOf(panel);
    this.point(panel.x.back(clamp(x, panel.left, panel.left + panel.width)));
  }

  end(event) {
    const { drag } = this;
    this.drag = null;
    drawDragged(this);
    if (!drag || event.type === "pointercancel") return;
    const ends = [drag.from, drag.to].map((x) =>
      drag.panel.x.back(clamp(x, drag.panel.left, drag.panel.left + drag.panel.width)),
    );
    if (Math.abs(drag.to - drag.from) >= LEAST_DRAG) this.show(ends.toSorted((a, b) => a - b));
  }

  show(span) {
    this.zoom = span;
    this.draw();
  }

  // Arrow keys walk from point to point.
  key(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape") {
      this.at = null;
      this.show(null);
    }
    if (!by) return;
    const all = [...new Set(this.lines.filter(({ told }) => told).flatMap(({ x }) => x))]
      .filter((x) => x >= this.span[0] && x <= this.span[1])
      .toSorted((a, b) => a - b);
    if (!all.length) return;
    const here = this.at === null ? (by > 0 ? -1 : all.length) : nearest(all, this.at);
    this.point(all[clamp(here + by, 0, all.length - 1)]);
    event.preventDefault();
  }

  // One line through all charts at the point nearest to x, and all values there.
  point(x) {
    this.at = x;
    drawPointed(this, x);
  }
}
