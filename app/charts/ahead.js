// Loads a module before the first chart that needs it is drawn. What else imports it, by the same
// address, then has it.

export default function ({ data }) {
  import(new URL(data.module, document.baseURI).href).catch(() => {});
}
