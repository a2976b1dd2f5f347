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

// On a phone the navigation lies over the page, and Streamlit leaves it there after a choice.
const NARROW = 768; // CSS pixels, from which on it stands beside the page

function fold(event) {
  const chosen = event.composedPath().some((node) => node.dataset?.testid === "stSidebarNavLink");
  if (chosen && innerWidth < NARROW) {
    document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
  }
}

export default function () {
  document.addEventListener("click", follow); // once, however often this is called
  document.addEventListener("click", fold);
  return () => {
    document.removeEventListener("click", follow);
    document.removeEventListener("click", fold);
  };
}
