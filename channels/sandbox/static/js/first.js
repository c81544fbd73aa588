// Theme and language before the first paint, so that nothing flashes.
{
  const wish = new URLSearchParams(location.search);
  const root = document.documentElement;
  const theme = wish.get("theme") || localStorage.getItem("sandbox.theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  const asked = wish.get("lang") || localStorage.getItem("sandbox.lang") || navigator.language;
  root.lang = /^zh-(hans|cn|sg)/i.test(asked) ? "zh-Hans" : /^zh/i.test(asked) ? "zh-Hant" : "en";
}
