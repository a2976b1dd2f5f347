// A plain click on a link to a page of the app leads there as the browser's Back and Forward do:
// within the session, where a new load would begin another one. Other clicks are the browser's own.

function follow(event) {
  const link = event.composedPath().find((node) => node.dataset?.page);
  const elsewhere = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;
  if (!link || elsewhere) return;
  event.preventDefault();
  history.pushState(null, "", link.href);
  dispatchEvent(new PopStateEvent("popstate"));
}

export default function () {
  document.addEventListener("click", follow); // once, however often this is called
  return () => document.removeEventListener("click", follow);
}
