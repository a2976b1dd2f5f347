// A film with a stop at each layer: buttons, a slider, and playing by itself until the end or until
// somebody takes over. Names only ever become text.

const PAUSE = 900; // milliseconds at each stop

export default function ({ data, parentElement }) {
  const frame = parentElement.querySelector(".frame");
  const [play, back, on] = ["play", "back", "on"].map((name) =>
    frame.querySelector(`[name=${name}]`),
  );
  const slider = frame.querySelector("input");
  const stops = data.frames;
  slider.max = stops.length - 1;
  frame.at = Math.min(frame.at ?? 0, stops.length - 1);

  const show = (at) => {
    frame.at = Math.max(0, Math.min(at, stops.length - 1));
    slider.value = frame.at;
    slider.setAttribute("aria-valuetext", stops[frame.at].title);
    back.disabled = frame.at === 0;
    on.disabled = frame.at === stops.length - 1;
    draw(frame, stops[frame.at], on.disabled ? data.answers : []);
  };
  const stop = () => {
    clearInterval(frame.playing);
    frame.playing = undefined;
    play.textContent = "Play";
    play.ariaPressed = "false";
  };
  const start = () => {
    if (on.disabled) show(0);
    play.textContent = "Pause";
    play.ariaPressed = "true";
    frame.playing = setInterval(() => {
      show(frame.at + 1);
      if (on.disabled) stop();
    }, PAUSE);
  };
  play.onclick = () => (frame.playing ? stop() : start());
  const by = (steps) => () => {
    stop();
    show(frame.at + steps);
  };
  back.onclick = by(-1);
  on.onclick = by(1);
  slider.oninput = () => {
    stop();
    show(Number(slider.value));
  };
  show(frame.at);
  return stop;
}

function draw(frame, { title, words, sheet, tiles, scale }, answers) {
  frame.querySelector(".words b").textContent = title;
  frame.querySelector(".words span").textContent = words;
  drawScale(frame.querySelector(".scale"), scale);
  const parts = tiles.map((tile, number) => mapOf(tile, sheet, number, tiles.length));
  const bars = answers.map(barOf);
  frame.querySelector(".stage").replaceChildren(...parts, ...bars);
}

function drawScale(bar, scale) {
  bar.style.visibility = scale ? "visible" : "hidden"; // the picture itself has none
  if (!scale) return;
  const [low, high] = bar.querySelectorAll("span");
  low.textContent = scale.low;
  high.textContent = scale.high;
  bar.querySelector("i").style.background = scale.colours;
}

function mapOf({ title, query }, sheet, number, count) {
  const tile = document.createElement(query ? "a" : "span");
  if (query) {
    tile.href = `inside?${new URLSearchParams(query)}`;
    tile.dataset.page = "inside";
  }
  const picture = document.createElement("span");
  picture.className = "picture";
  picture.style.backgroundImage = `url(${sheet})`;
  picture.style.backgroundSize = `${100 * count}% 100%`;
  picture.style.backgroundPosition = count > 1 ? `${(100 * number) / (count - 1)}% 0` : "0 0";
  const words = document.createElement("small");
  words.textContent = title;
  tile.className = count > 1 ? "tile" : "tile alone";
  tile.append(picture, words);
  return tile;
}

function barOf({ name, share }) {
  const bar = document.createElement("div");
  bar.className = "bar";
  bar.style.setProperty("--share", share);
  bar.append(`${name}, ${Math.round(100 * share)} %`);
  return bar;
}
