/** Which language a text is in, as far as its characters tell: decides the regional form of Han characters. */

/** Characters that only one of the two Chinese scripts uses, common enough to be in most sentences. */
const TRADITIONAL = /[這個們來時說對為會請問還點沒麼樣後過應該買賣錢間開關東車長門馬魚鳥電話號寄單訂貨嗎謝見實習國學體網線無極龍壺]/;
const SIMPLIFIED = /[这个们来时说对为会请问还点没么样后过应该买卖钱间开关东车长门马鱼鸟电话号单订货吗谢见实习国学体网线无极龙]/;
const CANTONESE = /[嘅咗喺唔冇哋嚟咁乜啲畀攞嗰睇]/;
const KANA = /[\u3040-\u30ff]/;
const HANGUL = /[\uac00-\ud7af]/;
const HAN = /\p{Script=Han}/u;

/** @type {Record<string, string>} */
const REGIONS = { "zh-tw": "zh-Hant-TW", "zh-hk": "zh-Hant-HK", "zh-mo": "zh-Hant-HK", "zh-cn": "zh-Hans-CN", "zh-sg": "zh-Hans-CN", zh: "zh-Hans" };

/**
 * Return the language tag for a text of a person.
 * @param {string} text
 * @param {string | null | undefined} language of the contact, when it is known
 * @returns {string | undefined} undefined: the page's own
 */
export function langOf(text, language) {
  if (KANA.test(text)) return "ja";
  if (HANGUL.test(text)) return "ko";
  if (!HAN.test(text)) return language && !language.toLowerCase().startsWith("zh") ? language : undefined;
  if (language) return REGIONS[language.toLowerCase().replace("_", "-")] ?? language;
  if (CANTONESE.test(text)) return "zh-Hant-HK";
  const traditional = text.match(new RegExp(TRADITIONAL, "g"))?.length ?? 0;
  const simplified = text.match(new RegExp(SIMPLIFIED, "g"))?.length ?? 0;
  if (traditional === simplified) return undefined;
  return traditional > simplified ? "zh-Hant" : "zh-Hans";
}
