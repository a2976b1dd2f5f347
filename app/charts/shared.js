// What our own charts share.

const SVG = "http://www.w3.org/2000/svg";
// As app/theme.py names them, from -5 to 5 in both directions.
const SYMBOLS = [
  "M4,0A4,4 0 1 1 -4,0A4,4 0 1 1 4,0Z",
  "M-3.6,-3.6H3.6V3.6H-3.6Z",
  "M0,-5.2L5.2,0L0,5.2L-5.2,0Z",
  "M0,-5L5,3.8H-5Z",
  "M-1.7,-5H1.7V-1.7H5V1.7H1.7V5H-1.7V1.7H-5V-1.7H-1.7Z",
  "M0,-5.6L1.6,-1.8L5.5,-1.7L2.5,0.8L3.5,4.8L0,2.5L-3.5,4.8L-2.5,0.8L-5.5,-1.7L-1.6,-1.8Z",
  "M0,5L5,-3.8H-5Z",
  "M-2.6,-4.5H2.6L5.2,0L2.6,4.5H-2.6L-5.2,0Z",
  "M0,-5L4.8,-1.6L2.9,4H-2.9L-4.8,-1.6Z",
  "M0,-1.9L2.6,-4.5L4.5,-2.6L1.9,0L4.5,2.6L2.6,4.5L0,1.9L-2.6,4.5L-4.5,2.6L-1.9,0L-4.5,-2.6L-2.6,-4.5Z",
];

const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

function make(name, attributes, parent) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent?.append(element);
  return element;
}

// The theme's, at this moment.
function coloursOf(element) {
  const style = getComputedStyle(element);
  const own = (name) => style.getPropertyValue(`--st-${name}`).trim();
  return {
    colours: own("chart-categorical-colors").split(","),
    shades: own("chart-sequential-colors").split(","),
    text: own("text-color"),
    ground: own("background-color"),
    faint: own("border-color"),
  };
}

function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
