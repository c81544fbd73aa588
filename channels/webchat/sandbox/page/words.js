export const words = {
  screen_shop: ["The shop’s pages", "網店頁面", "网店页面"],
};
