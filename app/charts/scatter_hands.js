// What mouse, fingers and keys do on a map of points. A mouse draws; one finger scrolls the page,
// unless it is told to draw around, and two zoom and move the map.

const LEAST_DRAG = 5; // pixels
const REACH = 12; // pixels from a point within which a mouse means it, and
const FINGER_REACH = 24;
const STEP = 60; // pixels an arrow key moves the map by
const ZOOM = 1.5; // by a key or a button
const ARROWS = {
  ArrowLeft: [STEP, 0],
  ArrowRight: [-STEP, 0],
  ArrowUp: [0, STEP],
  ArrowDown: [0, -STEP],
};

function listen(chart) {
  const { canvas, frame, tools } = chart;
  chart.fingers = new Map(); // and the mouse, by number: where they are
  canvas.onpointerdown = (event) => begin(chart, event);
  canvas.onpointermove = (event) => move(chart, event);
  canvas.onpointerup = canvas.onpointercancel = (event) => end(chart, event);
  canvas.onpointerleave = ({ pointerType }) => pointerType === "mouse" && point(chart, null);
  canvas.onwheel = (event) => {
    if (!event.ctrlKey) return; // the page scrolls
    event.preventDefault();
    chart.zoomBy(Math.exp(-clamp(event.deltaY, -60, 60) / 150), pixelAt(chart, event));
  };
  // Two fingers are the map's; the page may no longer take them for its own.
  canvas.ontouchstart = canvas.ontouchmove = (event) => {
    if (event.touches.length > 1 && event.cancelable) event.preventDefault();
  };
  frame.onkeydown = (event) => key(chart, event);
  tools.onclick = ({ target }) => {
    const press = {
      around: () => drawAround(chart, !chart.around),
      clear: () => chart.choose([]),
      out: () => chart.zoomBy(1 / ZOOM),
      in: () => chart.zoomBy(ZOOM),
      whole: () => chart.showWhole(),
      png: () => save(chart),
    };
    press[target.name]?.();
  };
}

function key(chart, event) {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "Escape") {
    if (chart.drag) chart.drag = null;
    else chart.choose([]);
    drawOver(chart);
  } else if (event.key === "+" || event.key === "=") chart.zoomBy(ZOOM);
  else if (event.key === "-") chart.zoomBy(1 / ZOOM);
  else if (event.key === "0") chart.showWhole();
  else if (event.key in ARROWS && event.target === chart.canvas)
    chart.zoomBy(1, middleOf(chart), ARROWS[event.key]);
  else return;
  event.preventDefault();
}

// Whether one finger draws.
function drawAround(chart, does) {
  chart.around = does;
  chart.frame.classList.toggle("around", does);
  chart.tools.querySelector("[name=around]").ariaPressed = String(does);
}

function pixelAt(chart, { clientX, clientY }) {
  const { left, top } = chart.canvas.getBoundingClientRect();
  return [clientX - left, clientY - top];
}

function begin(chart, event) {
  const pixel = pixelAt(chart, event);
  chart.fingers.set(event.pointerId, pixel);
  if (event.pointerType === "mouse" && event.button) return;
  chart.canvas.setPointerCapture(event.pointerId);
  const draws = event.pointerType === "mouse" || chart.around;
  // Two fingers neither draw nor tap, also when one of them is lifted.
  chart.drag = chart.fingers.size > 1 ? null : { from: pixel, draws, pixels: [pixel] };
  if (event.pointerType !== "mouse") return;
  event.preventDefault();
  chart.canvas.focus({ preventScroll: true, focusVisible: false });
}

function move(chart, event) {
  const pixel = pixelAt(chart, event);
  const { drag, fingers } = chart;
  const before = fingers.get(event.pointerId);
  if (before && fingers.size === 2) {
    const other = [...fingers].find(([id]) => id !== event.pointerId)[1];
    const middle = (one) => [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2];
    const [was, is] = [middle(before), middle(pixel)];
    const factor = apart(pixel, other) / Math.max(1, apart(before, other));
    chart.zoomBy(factor, was, [is[0] - was[0], is[1] - was[1]]);
  } else if (drag && event.shiftKey && event.pointerType === "mouse") {
    chart.zoomBy(1, before, [pixel[0] - before[0], pixel[1] - before[1]]);
    drag.moves = true;
  } else if (drag && !drag.moves) {
    if (apart(pixel, drag.pixels.at(-1)) >= 3) drag.pixels.push(pixel);
    if (drag.draws) point(chart, null);
  } else if (!before && event.pointerType === "mouse") {
    point(chart, chart.nearestTo(pixel, REACH));
  }
  if (before) fingers.set(event.pointerId, pixel);
}

function end(chart, event) {
  const { drag } = chart;
  chart.fingers.delete(event.pointerId);
  chart.drag = null;
  drawOver(chart);
  if (!drag || drag.moves || event.type === "pointercancel") return;
  const far = Math.max(...drag.pixels.map((pixel) => apart(pixel, drag.from)));
  if (far < LEAST_DRAG * (event.pointerType === "mouse" ? 1 : 2)) tap(chart, drag.from, event);
  else if (drag.draws && drag.pixels.length > 2) {
    drawAround(chart, false);
    const path = drag.pixels.map((pixel) => placeAt(chart, pixel));
    const corners = thinned(path, 2 / scaleOf(chart) ** 2);
    chart.choose(corners.map((place) => place.map(Math.round)));
  }
}

// The point there is chosen; where there is none, none is.
function tap(chart, pixel, { pointerType }) {
  const found = chart.nearestTo(pixel, pointerType === "mouse" ? REACH : FINGER_REACH);
  chart.choose(found === null ? [] : [placeOf(chart, found)]);
  point(chart, found);
}

const apart = ([x, y], [otherX, otherY]) => Math.hypot(x - otherX, y - otherY);

function point(chart, found) {
  chart.at = found;
  drawOver(chart);
}
