// A plain click on a link to a page of the app leads there as the browser's Back and Forward do:
// within the session, where a new load would begin another one. Other clicks are the browser's own.

function follow(event) {
  const link = event.composedPath().find((node) => node.dataset?.page);
  const elsewhere = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;
  if (!link || elsewhere) return;
  event.preventDefault();
  if (event.detail > 1) return; // of a double click the first has led there
  lead(link.href);
}

function lead(to) {
  history.pushState(null, "", to);
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

// Called with every page. The handlers stay in between, for a click then is meant as well, and one
// each is all that there can be.
export default function ({ data }) {
  document.onclick = follow;
  document.documentElement.onclick = fold;
  if (!data || document.led === data.id) return;
  document.led = data.id; // as it may be drawn again
  lead(data.to);
}
