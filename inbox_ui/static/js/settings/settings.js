/** The settings: their own list of pages beside the sidebar; on a phone the list is a page of its own. */

import { cls, html, useEffect, useSignal } from "../dom.js";
import { t } from "../i18n.js";
import { goTo, path } from "../router.js";
import { Palette } from "../inbox/palette.js";
import { Sidebar } from "../inbox/sidebar.js";
import { TabBar } from "../inbox/tab_bar.js";
import { Dialogs } from "../ui/dialog.js";
import { Icon } from "../ui/icon.js";
import { Link } from "../ui/link.js";
import { Toasts } from "../ui/toast.js";
import { Empty } from "../ui/trouble.js";
import { isPhone } from "../ui/width.js";
import { useSettingsKeys } from "./keys.js";
import { sections, visiblePages } from "./pages.js";
import { Skeleton } from "./skeleton.js";

/** @typedef {import("./pages.js").SettingsPage} SettingsPage */

export function Settings() {
  useSettingsKeys();
  const pages = visiblePages();
  const [, , wanted = "", ...rest] = path.value.split("/");
  const page = pages.find((one) => one.name === wanted);
  const first = pages[0]?.name;
  useEffect(() => {
    if (!wanted && first && !isPhone.value) goTo(`/settings/${first}`, { replace: true });
  }, [wanted, first, isPhone.value]);
  useEffect(() => {
    document.title = `${page?.label() ?? t("Settings")} · Hawker`;
  }, [page]);
  return html`<div class="app">
    <${Sidebar} />
    <div class=${cls("settings", wanted && "at-page")}>
      <${SettingsNav} pages=${pages} current=${wanted} />
      ${page ? html`<${Shown} key=${page.name} page=${page} rest=${rest.filter(Boolean)} />` : wanted && html`<main class="page"><div class="page-in"><${Empty} icon="lock" title=${t("You may not see this page")} text=${t("Ask an administrator for it.")} /></div></main>`}
    </div>
    <${TabBar} />
    <${Palette} /><${Dialogs} /><${Toasts} />
  </div>`;
}

/** @param {{ pages: SettingsPage[], current: string }} props */
function SettingsNav({ pages, current }) {
  return html`<nav class="set-nav" aria-label=${t("Settings")}>
    <h2>${t("Settings")}</h2>
    ${sections().map(([section, heading]) => {
      const shown = pages.filter((page) => page.section === section);
      return shown.length ? html`${heading && html`<div class="side-h">${heading}</div>`}${shown.map((page) => html`<${Link} to=${`/settings/${page.name}`} class="nav" current=${page.name === current}>
        <${Icon} name=${page.icon} /><span class="t grow clip">${page.label()}</span><span class="only-phone quiet"><${Icon} name="chevron-right" size="s" /></span><//>`)}` : null;
    })}
  </nav>`;
}

/**
 * A page, once its modules are here.
 * @param {{ page: SettingsPage, rest: string[] }} props
 */
function Shown({ page, rest }) {
  const view = useSignal(/** @type {((props: { rest: string[] }) => import("../dom.js").VNode | null) | null} */ (null));
  useEffect(() => {
    page.view().then((found) => { view.value = found; });
  }, [page]);
  const View = view.value;
  return html`<main class="page" aria-label=${page.label()}><div class="page-in">${View ? html`<${View} rest=${rest} />` : html`<${Skeleton} />`}</div></main>`;
}
