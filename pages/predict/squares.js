// A square on a picture: dragged, its corner dragged, pinched, moved and sized by keys, or sized by the
// slider. What it covers is told to Python as the trigger "part": its centre as shares of width and
// height, and its side as a share of the shorter side. Python's own is taken for another picture only,
// for it comes late while one drags.

const PAUSE = 250; // milliseconds between two tellings
const STEP = 0.02; // of the shorter side, by an arrow key
const FACTOR = 1.06; // by which plus and minus size
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

export default function ({ data, parentElement, setTriggerValue }) {
  const photo = parentElement.querySelector(".photo");
  const square = parentElement.querySelector(".part");
  const slider = parentElement.querySelector("input");
  const { width, height, least } = data;
  const shorter = Math.min(width, height);
  const image = photo.querySelector("img");
  if (image.src !== data.source) image.src = data.source;
  if (photo.about !== data.about) {
    photo.about = data.about;
    photo.chosen = data.part;
    photo.style.aspectRatio = `${width} / ${height}`;
    photo.style.setProperty("--ratio", width / height);
    slider.min = least;
    slider.max = 1;
    photo.classList.toggle("hides", data.hides);
    square.ariaLabel =
      `${data.label} Arrow keys move it, plus makes it smaller and minus larger, ` +
      "Home takes the largest in the middle.";
    draw();
  }

  function draw() {
    const [x, y, side] = photo.chosen;
    const pixels = side * shorter;
    Object.assign(square.style, {
      left: `${100 * (x - pixels / width / 2)}%`,
      top: `${100 * (y - pixels / height / 2)}%`,
      width: `${(100 * pixels) / width}%`,
      height: `${(100 * pixels) / height}%`,
    });
    slider.value = side;
  }

  function take(x, y, side) {
    const kept = clamp(side, least, 1);
    const [across, down] = [(kept * shorter) / width / 2, (kept * shorter) / height / 2];
    photo.chosen = [clamp(x, across, 1 - across), clamp(y, down, 1 - down), kept];
    draw();
    tell();
  }

  // At once, then what came meanwhile after a pause: the last is always told.
  function tell() {
    if (photo.waiting) return (photo.late = true);
    setTriggerValue("part", photo.chosen);
    photo.late = false;
    photo.waiting = setTimeout(() => {
      photo.waiting = null;
      if (photo.late) tell();
    }, PAUSE);
  }

  // A drag goes on while the page is drawn anew, for which Streamlit calls this again.
  const fingers = (photo.fingers ??= new Map());
  const begin = () => {
    // Where the fingers were when their number last changed, and the part of then.
    photo.from = { places: [...fingers.values()], chosen: photo.chosen };
  };
  const middle = (places) => [0, 1].map((axis) => places.reduce((sum, place) => sum + place[axis], 0) / places.length);
  const spread = ([one, other]) => Math.hypot(one[0] - other[0], one[1] - other[1]);

  square.onpointerdown = (event) => {
    if (event.button) return;
    square.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
    photo.sizing = event.target.className === "corner";
    begin();
  };
  square.onpointermove = (event) => {
    if (!fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
    const box = photo.getBoundingClientRect();
    const places = [...fingers.values()];
    const [x, y, side] = photo.from.chosen;
    const [was, is] = [middle(photo.from.places), middle(places)];
    const [across, down] = [(is[0] - was[0]) / box.width, (is[1] - was[1]) / box.height];
    if (places.length > 1) {
      take(x + across, y + down, (side * spread(places)) / Math.max(1, spread(photo.from.places)));
    } else if (photo.sizing) {
      // The opposite corner stays where it is.
      const room = Math.min(
        ((1 - x) * width) / shorter + side / 2,
        ((1 - y) * height) / shorter + side / 2,
      );
      const more = Math.max((across * width) / shorter, (down * height) / shorter);
      const sized = clamp(side + more, least, Math.min(1, room));
      const moved = ((sized - side) * shorter) / 2;
      take(x + moved / width, y + moved / height, sized);
    } else take(x + across, y + down, side);
  };
  square.onpointerup = square.onpointercancel = (event) => {
    fingers.delete(event.pointerId);
    begin();
  };
  photo.onwheel = (event) => {
    if (!event.ctrlKey) return; // the wheel alone scrolls the page
    event.preventDefault();
    const [x, y, side] = photo.chosen;
    take(x, y, side * FACTOR ** Math.sign(event.deltaY));
  };
  square.onkeydown = (event) => {
    const { key, altKey, ctrlKey, metaKey } = event;
    if (altKey || ctrlKey || metaKey) return;
    const [x, y, side] = photo.chosen;
    if (key in MOVES) {
      const [across, down] = MOVES[key];
      take(x + (STEP * across * shorter) / width, y + (STEP * down * shorter) / height, side);
    } else if (key === "+") take(x, y, side / FACTOR); // closer, as on maps
    else if (key === "-") take(x, y, side * FACTOR);
    else if (key === "Home") take(0.5, 0.5, 1);
    else return;
    event.preventDefault();
  };
  slider.oninput = () => take(photo.chosen[0], photo.chosen[1], Number(slider.value));
}
