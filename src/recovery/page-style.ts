/** The pages' only style sheet, inline under its own hash: the pages load nothing at all. */
import { createHash } from 'node:crypto';

export const PAGE_STYLE: string = `
:root{color-scheme:light dark;--ground:#eef1f5;--card:#fff;--ink:#18202b;--soft:#566172;--line:#dde3ea;--accent:#0b5cab;--accent-ink:#fff;--accent-deep:#084a8c;--good:#0d7a46;--good-ground:#e5f5ec;--warn:#8a5300;--warn-ground:#fdf2dd;--bad:#a02424;--bad-ground:#fbeaea}
@media (prefers-color-scheme:dark){:root{--ground:#0f141b;--card:#1a212b;--ink:#eef2f7;--soft:#a3afbf;--line:#323c4a;--accent:#6db3f8;--accent-ink:#08192b;--accent-deep:#8fc5fa;--good:#6fdba1;--good-ground:#143325;--warn:#f3c477;--warn-ground:#3a2c12;--bad:#f5a3a3;--bad-ground:#3d1c1e}}
*{box-sizing:border-box}
html{font-size:100%;-webkit-text-size-adjust:100%}
body{margin:0;min-height:100vh;padding:24px 16px 40px;background:var(--ground);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:480px;margin:0 auto;padding:28px 28px 24px;background:var(--card);border:1px solid var(--line);border-radius:16px;box-shadow:0 1px 2px rgb(16 24 40/.05),0 8px 24px rgb(16 24 40/.06)}
.merchant{margin:0 0 20px;display:flex;align-items:center;gap:10px;font-weight:600;overflow-wrap:anywhere}
.merchant span[aria-hidden]{flex:none;width:34px;height:34px;border-radius:9px;display:grid;place-items:center;background:var(--accent);color:var(--accent-ink);font-size:.95rem}
h1{margin:0 0 8px;font-size:1.45rem;line-height:1.25;letter-spacing:-.01em;text-wrap:balance}
.mark{width:52px;height:52px;margin:0 0 16px;border-radius:50%;display:grid;place-items:center;font-size:1.5rem;font-weight:600;line-height:1}
.mark-paid{background:var(--good-ground);color:var(--good)}
.mark-processing,.mark-at_bank,.mark-failed_try{background:var(--warn-ground);color:var(--warn)}
.mark-expired,.mark-canceled{background:var(--bad-ground);color:var(--bad)}
.lead{margin:0 0 20px;color:var(--soft)}
dl{margin:0 0 22px;border:1px solid var(--line);border-radius:12px}
dl div{display:flex;justify-content:space-between;gap:16px;padding:11px 16px}
dl div+div{border-top:1px solid var(--line)}
dt{flex:none;color:var(--soft)}
dd{margin:0;text-align:right;text-wrap:balance;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
dl .sum dd{font-size:1.3rem;font-weight:650;line-height:1.3}
form{margin:0}
button,.button{display:block;width:100%;min-height:50px;padding:12px 18px;border:1px solid transparent;border-radius:11px;background:var(--accent);color:var(--accent-ink);font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer}
button:hover,.button:hover{background:var(--accent-deep)}
button.second,.button.second{background:transparent;border-color:var(--line);color:var(--ink)}
button.second:hover,.button.second:hover{border-color:var(--accent);color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
.box{display:flex;gap:12px;align-items:flex-start;margin:0 0 16px;font-size:.9rem;line-height:1.45;color:var(--soft);cursor:pointer}
.box input{flex:none;width:20px;height:20px;margin:1px 0 0;accent-color:var(--accent)}
.or{margin:22px 0 0;padding-top:20px;border-top:1px solid var(--line)}
.fine{margin:0 0 14px;font-size:.9rem;line-height:1.5;color:var(--soft)}
.end{margin:20px 0 0}
footer{max-width:480px;margin:20px auto 0;text-align:center;font-size:.9rem;color:var(--soft);overflow-wrap:anywhere}
a{color:var(--accent)}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:400px){body{padding:12px 10px 32px}main{padding:22px 18px 20px;border-radius:14px}h1{font-size:1.3rem}dl div{padding:10px 13px}}
@media (prefers-reduced-motion:no-preference){button,.button{transition:background-color .12s,border-color .12s}}
@media print{body{background:#fff}main{border:0;box-shadow:none}}
`;

/** For `style-src`: this sheet and nothing else. */
export const PAGE_STYLE_HASH: string = `'sha256-${createHash('sha256').update(PAGE_STYLE).digest('base64')}'`;
