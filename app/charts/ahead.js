// Loads a module before the first chart that needs it is drawn: at once, or when nothing else is
// to do. What else imports it, by the same address, then has it.

const QUIET = 1500; // milliseconds, after which what the page shows has come

export default function ({ data }) {
  const load = () => import(new URL(data.module, document.baseURI).href).catch(() => {});
  if (data.now) load();
  else setTimeout(() => (window.requestIdleCallback ?? setTimeout)(load), QUIET);
}
