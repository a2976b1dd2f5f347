// A confusion matrix as a grid of cells for mouse, touch and keyboard. What is chosen is told to
// Python as the trigger "cell": [true class, predicted class]. Names only ever become text.

const KEYS = {
  ArrowUp: ([t, p]) => [t - 1, p],
  ArrowDown: ([t, p]) => [t + 1, p],
  ArrowLeft: ([t, p]) => [t, p - 1],
  ArrowRight: ([t, p]) => [t, p + 1],
  Home: ([t]) => [t, 0],
  End: ([t], last) => [t, last],
};
const LATEST = 10_000; // milliseconds
const MOVES = ["wheel", "touchstart", "pointerdown", "keydown"];

export default function ({ data, parentElement, setTriggerValue }) {
  const frame = parentElement.querySelector(".frame");
  const grid = parentElement.querySelector(".grid");
  const tip = parentElement.querySelector(".tip");
  takeColours(frame);
  const { chosen, ...shown } = data;
  if (frame.shown !== JSON.stringify(shown)) {
    frame.shown = JSON.stringify(shown);
    frame.style.setProperty("--classes", data.classes.length);
    frame.style.setProperty("--longest", Math.max(...data.classes.map((name) => name.length)));
    parentElement.querySelector(".across").textContent = data.across;
    grid.ariaLabel = data.label;
    draw(grid, data);
    tip.hidden = true;
  }
  const cellAt = ([t, p]) => grid.children[t + 1]?.querySelectorAll("[role=gridcell]")[p];
  select(grid, chosen && cellAt(chosen));
  makeReachable(grid, grid.querySelector("[tabindex='0']") ?? cellAt(chosen ?? [0, 0]));

  const choose = (cell) => {
    select(grid, cell);
    makeReachable(grid, cell);
    setTriggerValue("cell", placeOf(cell));
    bringUp(data.opens, frame);
  };
  grid.onclick = ({ target }) => {
    if (target.role === "gridcell") choose(target);
  };
  grid.onkeydown = (event) => {
    tip.hidden = true;
    const { key, target } = event;
    if (target.role !== "gridcell" || event.altKey || event.ctrlKey || event.metaKey) return;
    if (key === "Enter" || key === " ") choose(target);
    else if (key in KEYS) {
      const cell = cellAt(KEYS[key](placeOf(target), data.classes.length - 1));
      makeReachable(grid, cell ?? target);
      cell?.focus();
    } else return;
    event.preventDefault();
  };
  grid.onkeyup = ({ key, target }) => {
    if (target.role === "gridcell" && key !== "Escape") explain(tip, target, data);
  };
  grid.onpointerover = ({ pointerType, target }) => {
    if (pointerType === "mouse" && target.role === "gridcell") explain(tip, target, data);
    else tip.hidden = true;
  };
  grid.onpointerleave = () => (tip.hidden = true);
}

// The ends of the theme's diverging colours; Streamlit calls again when the theme changes.
function takeColours(frame) {
  const colours = getComputedStyle(frame).getPropertyValue("--st-chart-diverging-colors").split(",");
  frame.style.setProperty("--right", colours.at(0));
  frame.style.setProperty("--wrong", colours.at(-1));
}

function draw(grid, { classes, counts, texts, shades, good, told }) {
  const corner = make("presentation", "");
  corner.className = "corner";
  const head = row([corner, ...classes.map((name) => make("columnheader", name))]);
  const rows = classes.map((name, t) =>
    row([
      make("rowheader", name),
      ...classes.map((_, p) => {
        const cell = make("gridcell", texts[t][p]);
        Object.assign(cell.dataset, { t, p });
        cell.tabIndex = -1;
        cell.ariaSelected = "false";
        const value = told ? told[t][p].replace("\n", ", ") : images(counts[t][p]);
        cell.ariaLabel = `${fate(classes, t, p)}: ${value}`;
        cell.classList.toggle("hit", good[t][p]);
        cell.style.setProperty("--shade", shades[t][p]);
        return cell;
      }),
    ]),
  );
  grid.replaceChildren(head, ...rows);
}

function make(role, text) {
  const element = document.createElement("div");
  element.role = role;
  element.textContent = text;
  return element;
}

function row(children) {
  const element = make("row", "");
  element.append(...children);
  return element;
}

const placeOf = (cell) => [Number(cell.dataset.t), Number(cell.dataset.p)];

function select(grid, cell) {
  for (const other of grid.querySelectorAll("[aria-selected=true]")) other.ariaSelected = "false";
  if (cell) cell.ariaSelected = "true";
}

// The tabulator key enters the grid at one cell; from there arrows lead on.
function makeReachable(grid, cell) {
  for (const other of grid.querySelectorAll("[tabindex='0']")) other.tabIndex = -1;
  cell.tabIndex = 0;
}

const fate = (classes, t, p) =>
  t === p ? `${classes[t]} recognised` : `${classes[t]} taken for ${classes[p]}`;
const images = (count) => `${count} ${count === 1 ? "image" : "images"}`;

function explain(tip, cell, { classes, counts, told }) {
  const [t, p] = placeOf(cell);
  const count = counts[t][p];
  const share = (all) => `${(all ? (100 * count) / all : 0).toFixed(1)}%`;
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const about = told
    ? [told[t][p]]
    : [
        images(count),
        `${share(sum(counts[t]))} of the true class`,
        `${share(sum(counts.map((ofTrue) => ofTrue[p])))} of the predicted class`,
      ];
  tip.textContent = [fate(classes, t, p), ...about].join("\n");
  tip.hidden = false;
  const frame = tip.offsetParent.getBoundingClientRect();
  const { left, top, bottom, width } = cell.getBoundingClientRect();
  const middle = left - frame.left + width / 2 - tip.offsetWidth / 2;
  const above = top - frame.top - tip.offsetHeight - 6;
  tip.style.left = `${Math.max(0, Math.min(middle, frame.width - tip.offsetWidth))}px`;
  tip.style.top = `${above < 0 ? bottom - frame.top + 6 : above}px`;
}

// What the cell opens may lie below the screen, as it does on phones, and may not be drawn yet, or
// have more to come: it is brought up until it is seen, or the reader moves on.
function bringUp(key, frame) {
  frame.leave?.();
  if (!key || isUp(key)) return;
  const growing = new MutationObserver(() => isUp(key) && frame.leave());
  growing.observe(document.body, { childList: true, subtree: true });
  const late = setTimeout(() => frame.leave(), LATEST);
  frame.leave = () => {
    growing.disconnect();
    clearTimeout(late);
    for (const move of MOVES) removeEventListener(move, frame.leave, true);
    frame.leave = null;
  };
  for (const move of MOVES) addEventListener(move, frame.leave, true);
}

// Whether it is seen; else the page scrolls to where it is now.
function isUp(key) {
  const opened = document.querySelector(`.st-key-${key}`);
  if (!opened) return false;
  if (opened.getBoundingClientRect().top < 0.7 * innerHeight) return true;
  opened.style.scrollMarginTop = "4.5rem"; // the height of the navigation
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  opened.scrollIntoView({ behavior: still ? "instant" : "smooth" });
  return false;
}
