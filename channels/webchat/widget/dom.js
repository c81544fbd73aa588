/** Making elements: text is only ever set as text, and no markup is parsed, so that a page's strict policy has nothing to refuse. */

const SVG = "http://www.w3.org/2000/svg";

/** Icons as paths on 24 by 24. */
const ICONS = {
  chat: "M5 4.5h14A2.5 2.5 0 0 1 21.5 7v8a2.5 2.5 0 0 1-2.5 2.5h-6.2L8 21.5v-4H5A2.5 2.5 0 0 1 2.5 15V7A2.5 2.5 0 0 1 5 4.5Z",
  close: "M6 6l12 12M18 6L6 18",
  down: "M6 9l6 6 6-6",
  send: "M12 19V5M5.5 11.5L12 5l6.5 6.5",
  clip: "M20 11.5l-8 8a5 5 0 0 1-7-7l8.5-8.5a3.3 3.3 0 0 1 4.7 4.7L9.7 17.2a1.7 1.7 0 0 1-2.4-2.4L15 7.1",
  phone: "M5 4h4l1.5 4.5L8 10a12 12 0 0 0 6 6l1.5-2.5L20 15v4a1.5 1.5 0 0 1-1.5 1.5A15 15 0 0 1 3.5 5.5 1.5 1.5 0 0 1 5 4Z",
  file: "M7 3h7l5 5v11.5a1.5 1.5 0 0 1-1.5 1.5h-10.5A1.5 1.5 0 0 1 5.5 19.5v-15A1.5 1.5 0 0 1 7 3ZM14 3v5h5",
  pin: "M12 21s7-6.5 7-11.5a7 7 0 0 0-14 0C5 14.5 12 21 12 21Zm0-9a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z",
  back: "M15 5l-7 7 7 7",
  clock: "M12 7v5l3 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z",
  tick: "M5 12.5l4.5 4.5L19 7.5",
  ticks: "M2 12.5l4.5 4.5L14 9M10.5 16l1 1L21 7.5",
  reply: "M9 7L4 12l5 5M4 12h10a6 6 0 0 1 6 6v1",
  list: "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
};

/**
 * Make an element. Props: `on*` are listeners, `class`, anything else an attribute; false, null and "" are left out.
 * @param {string} tag @param {Record<string, any>} [props] @param {...any} children
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (value === false || value === null || value === undefined || value === "") continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return element;
}

/** @param {keyof typeof ICONS} name */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", class: "i", "aria-hidden": "true" })) svg.setAttribute(key, value);
  return drawn(svg, ICONS[name]);
}

/** A QR code from its outline. @param {{ path: string, size: number }} qr @param {string} label */
export function qrCode(qr, label) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ viewBox: `0 0 ${qr.size} ${qr.size}`, class: "qr", role: "img", "aria-label": label })) svg.setAttribute(key, value);
  return drawn(svg, qr.path);
}

function drawn(svg, d) {
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", d);
  svg.append(path);
  return svg;
}

const ADDRESS = /https?:\/\/[^\s<>"'，。；、！？）」』]+[^\s<>"'，。；、！？）」』.,;:!?)]/g;

/** A text with its web addresses as links. @param {string} text */
export function linked(text) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(ADDRESS)) {
    parts.push(text.slice(from, found.index), anchor(found[0], found[0]));
    from = found.index + found[0].length;
  }
  return [...parts, text.slice(from)];
}

/** @param {string} href @param {any} label @param {Record<string, any>} [props] */
export function anchor(href, label, props) {
  return h("a", { href, target: "_blank", rel: "noopener noreferrer", ...props }, label);
}

/** The first web address in a text. @param {string} text */
export const firstAddress = (text) => text.match(ADDRESS)?.[0] ?? "";
