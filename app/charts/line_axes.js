// Ticks, scales and numbers of the line charts.

const SECOND_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200];
const WHOLE = ["epoch", "step"];

// Round places between low and high, about so many.
function ticksOf(low, high, wanted, kind, log) {
  if (kind === "decades") return logTicks(10 ** low, 10 ** high, wanted).map(Math.log10);
  if (log && high / low > 3) return logTicks(low, high, wanted);
  const rough = (high - low) / wanted || 1;
  let step = kind === "time" && SECOND_STEPS.find((seconds) => seconds >= rough);
  if (!step) {
    const power = 10 ** Math.floor(Math.log10(rough));
    step = [1, 2, 5, 10].find((digit) => digit * power >= rough * 0.999) * power;
  }
  if (WHOLE.includes(kind)) step = Math.max(1, step);
  const ticks = [];
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n++)
    ticks.push(Number((n * step).toPrecision(12)));
  return ticks;
}

function logTicks(low, high, wanted) {
  const decades = Math.log10(high / low);
  const digits = decades > wanted ? [1] : decades > wanted / 3 ? [1, 3] : [1, 2, 5];
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
    for (const digit of digits) ticks.push(Number((digit * 10 ** power).toPrecision(12)));
  return ticks.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001);
}

// A function from values to pixels, with `back` from pixels to values.
function scaleOf([low, high], [from, to], log) {
  const [place, value] = log ? [Math.log, Math.exp] : [(v) => v, (v) => v];
  const share = (to - from) / (place(high) - place(low) || 1);
  const scale = (v) => from + (place(v) - place(low)) * share;
  scale.back = (pixel) => value(place(low) + (pixel - from) / share);
  return scale;
}

function written(x, kind) {
  if (kind === "time") return clock(x);
  if (kind === "flops") return flops(x);
  if (kind === "decades") return String(Number((10 ** x).toPrecision(2)));
  return x.toLocaleString("en", { maximumFractionDigits: WHOLE.includes(kind) ? 2 : 6 });
}

function clock(seconds) {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

function flops(number) {
  for (const [size, letter] of [[1e18, "E"], [1e15, "P"], [1e12, "T"], [1e9, "G"], [1e6, "M"]])
    if (number >= size) return `${Number((number / size).toPrecision(3))} ${letter}`;
  return String(Math.round(number));
}

// The number of the point nearest to x, among rising places; -1 where there is none.
function nearest(places, x) {
  let [low, high] = [0, places.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low > 0 && x - places[low - 1] <= places[low] - x ? low - 1 : high;
}
