// The web chat's part of the phone page: the shop's own pages, with the real chat window on them.
import { h } from "/static/js/dom.js";
import { t } from "/static/js/i18n.js";

/** Show the shop; its page stays while the phone is drawn anew. */
function drawShop(box) {
  if (box.dataset.shop) return;
  box.dataset.shop = "1";
  box.replaceChildren(h("iframe", { class: "shop-page", src: "/shop/", title: t("screen_shop") }));
}

export default { home: "shop", screens: { shop: { icon: "image", draw: drawShop } } };
