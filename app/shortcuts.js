// Letters that press buttons. One press for each thing that they are about: a second one, made
// before the next thing is seen, would be about something that nobody has looked at.

const WRITING = "input, textarea, select, [contenteditable=true], [role=combobox], [role=dialog]";

const buttonOf = (container) => document.querySelector(`.st-key-${container} button`);

// As screen readers tell them, while they press something.
function tell(buttons, pressable) {
  for (const [key, container] of Object.entries(buttons)) {
    if (pressable) buttonOf(container)?.setAttribute("aria-keyshortcuts", key);
    else buttonOf(container)?.removeAttribute("aria-keyshortcuts");
  }
}

export default function ({ data, parentElement }) {
  const tellAll = () => tell(data.buttons, parentElement.pressed !== data.about);
  const press = (event) => {
    const { key, target, altKey, ctrlKey, metaKey, repeat } = event;
    const container = data.buttons[key.toLowerCase()];
    if (!container || altKey || ctrlKey || metaKey || target.closest?.(WRITING)) return;
    event.stopImmediatePropagation(); // also where it presses nothing: Streamlit knows R, too
    if (repeat || parentElement.pressed === data.about) return;
    const button = buttonOf(container);
    if (!button || button.disabled) return;
    parentElement.pressed = data.about;
    tellAll();
    button.click();
  };
  const drawnAnew = new MutationObserver(tellAll); // a button may come later, or anew

  parentElement.end?.();
  parentElement.end = () => {
    window.removeEventListener("keydown", press, true);
    drawnAnew.disconnect();
  };
  window.addEventListener("keydown", press, true);
  drawnAnew.observe(document.body, { childList: true, subtree: true });
  tellAll();
  return parentElement.end;
}
