/** The shape of a settings page while it loads: a head and some rows. */

import { html } from "../dom.js";

export const Skeleton = () =>
  html`<div class="skeleton page-skeleton" aria-hidden="true"><div class="bar w1"></div><div class="card">${[0, 1, 2].map((n) => html`<div class="account-row" key=${n}><span class="ch l"></span><div class="grow"><div class="bar w1"></div><div class="bar w2"></div></div></div>`)}</div></div>`;
