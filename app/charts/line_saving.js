// Pictures of the line charts.

// The charts as they are seen, with the legend, as a picture of its own.
function save(chart, kind) {
  savePicture(asSvg(chart), chart.data.file, kind);
}

function asSvg(chart) {
  const margin = 16;
  const { width } = chart;
  const legend = make("g", {});
  let [x, y] = [0, 12];
  chart.data.entries.forEach(({ label, ...look }) => {
    if (chart.hidden.has(label)) return;
    const wide = 44 + 7.2 * label.length;
    if (x && x + wide > width) [x, y] = [0, y + 20];
    const group = make("g", { transform: `translate(${x + 13} ${y})` }, legend);
    group.append(...sample(chart, look).children);
    make("text", { x: 20, y: 4, "font-size": 12, fill: chart.text }, group).textContent = label;
    x += wide;
  });
  const height = y + 20 + Number(chart.svg.getAttribute("height"));
  const size = { width: width + 2 * margin, height: height + 2 * margin };
  const picture = make("svg", { xmlns: SVG, ...size, "font-family": "sans-serif" });
  make("rect", { ...size, fill: chart.ground }, picture);
  const all = make("g", { transform: `translate(${margin} ${margin})` }, picture);
  const charts = make("g", { transform: `translate(0 ${y + 20})` }, all);
  charts.append(...[...chart.svg.cloneNode(true).children].slice(0, -2)); // not what one points at
  all.append(legend);
  return picture;
}
