/** The first module: words, who we are, then the pages. */

import { html, render } from "./dom.js";
import { loadWords, t } from "./i18n.js";
import { Pages } from "./pages.js";
import { start } from "./session.js";
import { Trouble } from "./ui/trouble.js";

const root = /** @type {HTMLElement} */ (document.getElementById("root"));

async function open() {
  try {
    await loadWords(/** @type {string} */ (document.getElementById("main")?.dataset.words));
    await start();
    render(html`<${Pages} />`, root);
  } catch (error) {
    console.error(error);
    const again = () => location.reload();
    render(html`<${Trouble} page title=${t("The inbox did not load")} text=${t("The server did not answer. Nothing is lost.")} again=${again} />`, root);
  }
}

open();
