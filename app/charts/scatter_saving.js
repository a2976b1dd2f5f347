// A picture of a map of points.

const SHARP = 2; // dots a pixel
const MARGIN = 16;
const LINE = 22; // pixels of a line of the legend

// The map as it is seen, with the legend of what is seen.
function save(chart) {
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  pen.font = `13px ${chart.font}`;
  const shown = chart.data.groups.map((group, n) => ({ ...group, colour: chart.colours[n] }));
  let [x, y] = [0, 0];
  const legend = shown
    .filter((_, n) => !chart.isHidden[n])
    .map((group) => {
      const wide = 38 + pen.measureText(group.title).width;
      if (x && x + wide > chart.width) [x, y] = [0, y + LINE];
      const placed = { ...group, x, y };
      x += wide;
      return placed;
    });
  const above = y + LINE + 6;
  canvas.width = SHARP * (chart.width + 2 * MARGIN);
  canvas.height = SHARP * (chart.height + above + 2 * MARGIN);
  pen.scale(SHARP, SHARP);
  pen.fillStyle = chart.ground;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.translate(MARGIN, MARGIN);
  pen.font = `13px ${chart.font}`;
  pen.textBaseline = "middle";
  for (const { title, symbol, colour, x, y } of legend) {
    pen.save();
    pen.translate(x + 6, y + LINE / 2);
    pen.fillStyle = colour;
    pen.fill(new Path2D(SYMBOLS[symbol]));
    pen.fillStyle = chart.text;
    pen.fillText(title, 13, 0);
    pen.restore();
  }
  pen.textBaseline = "alphabetic";
  pen.translate(0, above);
  drawMap(chart, pen);
  canvas.toBlob((png) => download(png, `${chart.data.file}.png`));
}
