/** How the window looks. One constructed style sheet in a shadow root: neither a page's styles nor its policy touch it. */

const LIGHT = "--bg:#fff;--sunk:#f3f4f3;--line:#e2e5e3;--ink:#17201d;--soft:#5b6662;--bad:#b3261e;--shade:0 12px 40px #0b1f1a2e,0 2px 8px #0b1f1a1f";
const DARK = "--bg:#161b19;--sunk:#222927;--line:#333c39;--ink:#eef2f0;--soft:#a3aeaa;--bad:#ff8a80;--shade:0 12px 40px #000a,0 2px 8px #0008";

const CSS = `
:host{all:initial;position:fixed;z-index:2147483000;inset:auto 20px 20px auto;font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"PingFang HK","PingFang SC","Noto Sans CJK TC","Noto Sans TC","Microsoft JhengHei",sans-serif;color-scheme:light;${LIGHT};color:var(--ink)}
:host(.left){inset:auto auto 20px 20px}
:host(.dark){color-scheme:dark;${DARK}}
@media (prefers-color-scheme:dark){:host(.auto){color-scheme:dark;${DARK}}}
@media print{:host{display:none}}
*{box-sizing:border-box;margin:0}
[hidden]{display:none!important}
button,input,textarea{font:inherit;color:inherit;border:0;background:none;padding:0;text-align:inherit}
button,summary,label.file{cursor:pointer}
:focus-visible{outline:2px solid var(--c);outline-offset:2px}
.i{width:20px;height:20px;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round;display:block;flex:none}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.launch{width:58px;height:58px;border-radius:50%;background:var(--c);color:var(--on);display:grid;place-items:center;box-shadow:var(--shade);margin-left:auto;transition:transform .15s}
.left .launch,:host(.left) .launch{margin:0 auto 0 0}
.launch:hover{transform:translateY(-2px)}
.launch .i{width:26px;height:26px}
.badge{position:absolute;right:-2px;bottom:40px;min-width:22px;height:22px;padding:0 6px;border-radius:11px;background:#c62828;color:#fff;font-size:12px;font-weight:700;line-height:22px;text-align:center;box-shadow:0 0 0 2px #fff}
:host(.left) .badge{right:auto;left:40px}
.peek{max-width:264px;margin:0 0 12px auto;padding:10px 14px;border-radius:16px 16px 4px 16px;background:var(--bg);box-shadow:var(--shade);display:block;width:max-content}
:host(.left) .peek{margin-left:0;border-radius:16px 16px 16px 4px}
.peek span,.clip{display:-webkit-box;-webkit-line-clamp:3;-webkit-box-orient:vertical;overflow:hidden;overflow-wrap:anywhere}
.panel{width:384px;height:min(640px,100dvh - 116px);margin-bottom:14px;border-radius:18px;background:var(--bg);box-shadow:var(--shade);display:flex;flex-direction:column;overflow:hidden;animation:rise .18s ease-out}
@keyframes rise{from{opacity:0;transform:translateY(12px)}}
header{background:var(--c);color:var(--on);padding:14px 10px 14px 18px;display:flex;align-items:center;gap:4px}
header div{flex:1;min-width:0}
h2{font-size:17px;font-weight:650;line-height:1.3;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
header p{font-size:13px;opacity:.9;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.round{width:38px;height:38px;border-radius:50%;display:grid;place-items:center;flex:none}
.round:hover{background:#8883}
header :focus-visible,.mine :focus-visible{outline-color:var(--on)}
.note{padding:7px 16px;font-size:13px;text-align:center;background:var(--sunk);color:var(--soft)}
.log{flex:1;overflow-y:auto;overscroll-behavior:contain;padding:14px 14px 6px;display:flex;flex-direction:column;scrollbar-width:thin}
.day{align-self:center;font-size:12px;color:var(--soft);margin:12px 0 8px}
.m{max-width:84%;align-self:flex-start;margin-top:3px;display:flex;flex-direction:column;align-items:flex-start;position:relative}
.m.first{margin-top:10px}
.m.mine{align-self:flex-end;align-items:flex-end}
.b{padding:8px 13px;border-radius:16px;background:var(--sunk);white-space:pre-wrap;overflow-wrap:anywhere;min-width:0;max-width:100%}
.m:not(.mine).last>.b:last-of-type{border-bottom-left-radius:5px}
.mine .b{background:var(--c);color:var(--on)}
.mine.last>.b:last-of-type{border-bottom-right-radius:5px}
.b a{color:inherit;text-underline-offset:2px}
.b+.b,.pic+.b,.b+.pic{margin-top:3px}
.gone{color:var(--soft);font-style:italic}
.mine .gone{color:inherit;opacity:.8}
.meta{font-size:11.5px;color:var(--soft);margin:3px 5px 0;display:flex;gap:4px;align-items:center}
.meta .i{width:15px;height:15px}
.meta .done{color:var(--c)}
:host(.dark) .meta .done{color:inherit}
.meta.bad,.bad{color:var(--bad)}
.meta button{text-decoration:underline;color:inherit}
.quote{display:block;border-left:3px solid currentColor;padding:1px 0 1px 8px;margin:1px 0 5px;font-size:13px;opacity:.8}
.reply{position:absolute;top:3px;left:100%;opacity:0;color:var(--soft);width:30px;height:30px}
.mine .reply{left:auto;right:100%}
.m:hover .reply,.reply:focus-visible{opacity:1}
.pic{display:block;border-radius:14px;overflow:hidden;background:var(--sunk);line-height:0}
.pic img,.pic video{max-width:100%;max-height:260px;min-width:120px;min-height:60px;object-fit:cover;display:block}
audio{width:240px;max-width:100%;height:42px;margin-top:3px}
.doc{display:flex;gap:10px;align-items:center;text-decoration:none}
.doc small{display:block;opacity:.75;font-size:12px}
.chips{display:flex;flex-wrap:wrap;gap:7px;margin-top:7px}
.chip,.wide{border:1.5px solid var(--c);color:var(--c);border-radius:18px;padding:6px 14px;font-weight:600;font-size:14px;text-decoration:none;display:inline-block;max-width:100%;overflow-wrap:anywhere}
:host(.dark) .chip,:host(.dark) .wide:not(.full){color:var(--ink)}
@media (prefers-color-scheme:dark){:host(.auto) .chip,:host(.auto) .wide:not(.full){color:var(--ink)}:host(.auto) .meta .done{color:inherit}}
.chip:hover:not(:disabled),.full,.chip.full{background:var(--c);color:var(--on)!important}
.chip:disabled{opacity:.5;cursor:default}
.wide{display:block;width:100%;text-align:center;padding:10px 16px;border-radius:12px}
.rows{border:1px solid var(--line);border-radius:14px;margin-top:7px;overflow:hidden;width:100%;max-width:300px}
summary{padding:9px 14px;font-weight:600;display:flex;gap:8px;align-items:center;list-style:none}
.rows h4{font-size:12px;color:var(--soft);padding:8px 14px 2px;font-weight:600}
.rows button{display:block;width:100%;padding:9px 14px;border-top:1px solid var(--line)}
.rows button:hover:not(:disabled){background:var(--sunk)}
.rows small,.card small{display:block;color:var(--soft);font-size:13px}
.cards{display:flex;gap:10px;overflow-x:auto;scroll-snap-type:x mandatory;max-width:calc(100% + 60px);padding:2px 2px 8px;margin-top:4px;scrollbar-width:thin}
.m.has-cards{max-width:100%}
.card{flex:0 0 210px;scroll-snap-align:start;border:1px solid var(--line);border-radius:14px;overflow:hidden;display:flex;flex-direction:column;background:var(--bg)}
.card img{width:100%;height:132px;object-fit:cover;display:block;background:var(--sunk)}
.card div{padding:10px 12px;display:flex;flex-direction:column;gap:6px;flex:1}
.card b{font-weight:650}
.card .chip{text-align:center}
.card small{flex:1}
.hearts{display:flex;gap:3px;margin-top:-7px;z-index:1;padding:0 8px}
.hearts span{background:var(--bg);border:1px solid var(--line);border-radius:12px;font-size:13px;padding:0 6px}
.dots{display:inline-flex;gap:4px;padding:13px 15px}
.dots i{width:7px;height:7px;border-radius:50%;background:var(--soft);animation:blink 1.2s infinite}
.dots i:nth-child(2){animation-delay:.2s}.dots i:nth-child(3){animation-delay:.4s}
@keyframes blink{0%,60%,100%{opacity:.25}30%{opacity:1}}
.newest{position:absolute;left:50%;bottom:84px;translate:-50%;background:var(--bg);border:1px solid var(--line);border-radius:20px;box-shadow:var(--shade);padding:5px 14px 5px 10px;font-size:13px;font-weight:600;display:flex;gap:6px;align-items:center}
.body{position:relative;flex:1;display:flex;flex-direction:column;min-height:0}
.answering{display:flex;gap:8px;align-items:center;padding:8px 10px 0 16px;font-size:13px;color:var(--soft)}
.answering .clip{flex:1;-webkit-line-clamp:1}
.write{display:flex;align-items:flex-end;gap:6px;margin:10px 12px 12px;padding:4px;border:1.5px solid var(--line);border-radius:24px;background:var(--bg)}
.write:focus-within{border-color:var(--c)}
textarea{flex:1;resize:none;min-height:38px;max-height:128px;padding:8px 6px;outline:0;line-height:22px;scrollbar-width:thin}
.write>:first-child:is(textarea){padding-left:12px}
::placeholder{color:var(--soft);opacity:1}
.write textarea:focus-visible{outline:0}
label.file:focus-within{outline:2px solid var(--c)}
.go{background:var(--c);color:var(--on)}
.go:hover{background:var(--c);filter:brightness(1.1)}
.go:disabled{opacity:.35;cursor:default;filter:none}
.page{flex:1;overflow-y:auto;padding:20px 22px;display:flex;flex-direction:column;gap:14px}
h3{font-size:17px;font-weight:650}
.page label{display:block;font-size:14px;font-weight:600}
.page input:not([type=checkbox]){display:block;width:100%;margin-top:5px;padding:10px 12px;border:1.5px solid var(--line);border-radius:10px;font-weight:400;background:var(--bg)}
.page input:focus{border-color:var(--c);outline:0}
.page .agree{display:flex;gap:10px;font-weight:400;font-size:14px;align-items:flex-start}
.agree input{width:18px;height:18px;flex:none;margin-top:1px;accent-color:var(--c);appearance:auto}
.qr{width:190px;height:190px;align-self:center;background:#fff;border-radius:12px;fill:#000}
.soft{color:var(--soft);font-size:14px}
@media (max-width:480px){
:host(.open){inset:0!important;height:100dvh}
:host(.open) .launch,:host(.open) .badge{display:none}
.panel{width:100%;height:100%;border-radius:0;margin:0}
textarea,.page input{font-size:16px}
.reply{opacity:.6}
}
@media (prefers-reduced-motion:reduce){*{animation:none!important;transition:none!important}}
`;

/**
 * Dress a shadow root in the account's colour.
 * @param {ShadowRoot} root @param {string} colour #rrggbb
 */
export function dress(root, colour) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`${CSS}:host{--c:${colour};--on:${inkOn(colour)}}`);
  root.adoptedStyleSheets = [sheet];
}

/** Black or white, whichever is easier to read on a colour (WCAG's relative luminance). @param {string} colour */
export function inkOn(colour) {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255).map((x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.36 ? "#111" : "#fff";
}
