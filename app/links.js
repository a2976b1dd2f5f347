// A plain click on a link to a page of the app is told to Python as the trigger "page", which goes
// there within the session; the browser itself would begin a new one. Other clicks are its own.

const following = new WeakMap();

export default function ({ parentElement, setTriggerValue }) {
  const follow = (event) => {
    const link = event.composedPath().find((node) => node.dataset?.page);
    const elsewhere = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;
    if (!link || elsewhere) return;
    event.preventDefault();
    const query = Object.fromEntries(new URL(link.href).searchParams);
    setTriggerValue("page", { name: link.dataset.page, query });
  };
  document.removeEventListener("click", following.get(parentElement));
  document.addEventListener("click", follow);
  following.set(parentElement, follow);
  return () => document.removeEventListener("click", follow);
}
