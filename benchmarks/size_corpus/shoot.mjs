// Screenshots of local pages by Chromium: `node shoot.mjs OUT TEXT PHOTO...`
//
// OUT/shots gets one shot of every page, viewport and state, OUT/long four sessions of
// small edits. TEXT is a file of source code that the pages show.
import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

const [out, text, ...photos] = process.argv.slice(2);
const lines = fs.readFileSync(text, 'utf8').split('\n');
const escape = (s) => s.replace(/&/g, '&amp;').replace(/</g, '&lt;');
const range = (n, f) => Array.from({ length: n }, (_, i) => f(i)).join('');
const words = lines.filter((l) => l.length > 30 && !l.includes('(')).map((l) => escape(l.trim()));
const photo = (i) =>
  `data:image/jpeg;base64,${fs.readFileSync(photos[i % photos.length]).toString('base64')}`;

function color(line, dark) {
  const word = line.trim();
  if (word.startsWith('#')) return dark ? '#6a9955' : '#008000';
  if (/^(def|class) /.test(word)) return dark ? '#dcdcaa' : '#795e26';
  if (/^(if|for|return|while|else|try|except)/.test(word)) return dark ? '#c586c0' : '#af00db';
  return dark ? '#d4d4d4' : '#1e1e1e';
}

const pages = {
  editor: (dark = true) => `<body style="margin:0;display:flex;height:100vh;font:13px monospace;
    background:${dark ? '#1e1e1e' : '#fff'};color:${dark ? '#ccc' : '#333'}">
    <div style="width:220px;background:${dark ? '#252526' : '#f3f3f3'};overflow:hidden;padding:8px">
    ${range(60, (i) => `<div>▸ module_${i}.py</div>`)}</div>
    <div id=scroll style="flex:1;overflow:auto;padding:8px;height:calc(100vh - 38px)">
    ${lines.slice(0, 900).map((l, i) => `<div class=line><span style="color:#858585;display:inline-block;
      width:40px">${i + 1}</span><span style="white-space:pre;color:${color(l, dark)}">${escape(l)}</span></div>`).join('')}
    </div><div id=status style="position:fixed;bottom:0;left:0;right:0;height:22px;color:#fff;
    background:#007acc;padding-left:8px">Ln 1, Col 1</div></body>`,
  light: () => pages.editor(false),
  terminal: () => `<body id=scroll style="margin:0;padding:8px;background:#000;color:#0d0;font:14px monospace">
    ${range(300, (i) => `<div>[${String(i).padStart(5, '0')}] ${['INFO', 'WARN', 'DEBUG'][i % 3]} worker-${i % 7}:
      processed ${i * 37 % 1000} items in ${i * 13 % 97} ms</div>`)}</body>`,
  board: () => `<body id=scroll style="margin:0;background:#f5f6fa;font:16px sans-serif">
    <header style="background:linear-gradient(90deg,#4b6cb7,#182848);color:#fff;padding:16px 24px;font-size:22px">
    Task board</header><div style="display:flex;gap:16px;padding:24px">${['To do', 'Doing', 'Done'].map((t) =>
    `<div style="flex:1;background:#fff;border-radius:8px;box-shadow:0 2px 8px #0003;padding:16px"><h3>${t}</h3>
    ${range(6, (i) => `<div class=card style="border:1px solid #ddd;border-radius:6px;padding:10px;margin:8px 0">
    ${t}, task ${i}: ${(words[i * 3] ?? '').slice(0, 50)}</div>`)}</div>`).join('')}</div>
    <div id=dialog style="display:none;position:fixed;top:160px;left:calc(50% - 260px);width:520px;background:#fff;
    box-shadow:0 8px 40px #0008;border-radius:10px;padding:24px"><h2>Edit task</h2><input id=field
    style="width:90%;font-size:16px;padding:8px"><p>Assign it to a person and choose a date.</p>
    <button>Save</button> <button>Cancel</button></div></body>`,
  table: () => `<body id=scroll style="font:13px sans-serif;margin:16px"><h2>Orders</h2>
    <table style="border-collapse:collapse;width:100%">${range(120, (r) => `<tr style="background:${r % 2 ? '#fff' : '#f6f8fa'}">
    ${range(9, (c) => `<td style="border:1px solid #ddd;padding:4px">${c ? (r * 7919 + c * 104729) % 100000 : `#${r}`}</td>`)}</tr>`)}</table></body>`,
  document: () => `<body id=scroll style="font:16px/1.6 serif;max-width:860px;margin:auto;padding:20px">
    <h1>Documentation</h1>${range(60, (i) => `<h2>Section ${i}</h2><p>${words.slice(i * 6, i * 6 + 8).join(' ')}</p>`)}</body>`,
  chart: () => `<body id=scroll style="font:14px sans-serif;margin:20px"><h2>Requests</h2>${range(4, (k) =>
    `<svg width=1000 height=300>${range(5, (s) => `<polyline fill=none stroke-width=2 stroke="hsl(${s * 70 + k * 20},70%,45%)"
    points="${Array.from({ length: 100 }, (_, x) => `${x * 10},${150 + 100 * Math.sin(x / (7 + s) + k) + (x * s * 31 % 17)}`).join(' ')}"/>`)}
    </svg>`)}</body>`,
  mail: () => `<body style="margin:0;display:flex;font:14px sans-serif;height:100vh"><div id=scroll style="width:360px;
    overflow:auto;border-right:1px solid #ccc">${range(80, (i) => `<div style="padding:10px;border-bottom:1px solid #eee">
    <b>Person ${i}</b><br>${(words[i] ?? '').slice(0, 45)}</div>`)}</div><div style="padding:24px;flex:1">
    <h2>About the release</h2>${range(9, (i) => `<p>${words.slice(i * 4, i * 4 + 3).join(' ')}</p>`)}</div></body>`,
  photos: () => `<body id=scroll style="margin:0;background:#222"><div style="display:grid;grid-template-columns:1fr 1fr;
    gap:8px;padding:8px">${range(8, (i) => `<img src="${photo(i)}" style="width:100%">`)}</div></body>`,
};
const views = [
  { width: 1280, height: 720 }, { width: 1440, height: 900 }, { width: 390, height: 844, scale: 2 },
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
async function open(html, view) {
  const page = await browser.newPage({
    viewport: { width: view.width, height: view.height }, deviceScaleFactor: view.scale ?? 1,
  });
  await page.setContent(html);
  return page;
}
let count = 0;
async function shoot(page, folder, name, fast = false) {
  const file = path.join(out, folder, `${name}-${String(count++).padStart(3, '0')}.png`);
  if (fast) {
    const client = await page.context().newCDPSession(page);
    const got = await client.send('Page.captureScreenshot', { format: 'png', optimizeForSpeed: true });
    fs.writeFileSync(file, Buffer.from(got.data, 'base64'));
  } else await page.screenshot({ path: file });
}
const scroll = (page, y) => page.evaluate((y) => {
  (document.getElementById('scroll') ?? document.body).scrollTop += y;
  window.scrollBy(0, y);
}, y);

for (const folder of ['shots', 'long']) fs.mkdirSync(path.join(out, folder), { recursive: true });
for (const [name, html] of Object.entries(pages)) {
  for (const [v, view] of views.entries()) {
    const page = await open(html(), view);
    for (let i = 0; i < 6; i++) {
      await shoot(page, 'shots', `${name}-${v}`, i % 2 === 1);
      await scroll(page, [40, 250, 333, 600, 120, 0][i]);
    }
    await page.close();
  }
}
{ // an editor: scrolling, then typing
  const page = await open(pages.editor(), views[0]);
  for (let i = 0; i < 28; i++) {
    if (i < 10) await scroll(page, i % 2 ? 57 : 240);
    else await page.evaluate(([i, typed]) => {
      document.querySelectorAll('.line')[80 + Math.floor(i / 3)].lastChild.textContent += typed;
      document.getElementById('status').textContent = `Ln ${80 + i}, Col ${i * 7}`;
    }, [i, ['  # note', '(self, x)', ' -> None:'][i % 3]]);
    await shoot(page, 'long', 'editor');
  }
  await page.close();
}
{ // a board: dialogs, typing into a field, cards that change
  const page = await open(pages.board(), views[0]);
  for (let round = 0; round < 5; round++) {
    await page.evaluate(() => { document.getElementById('dialog').style.display = 'block'; });
    await shoot(page, 'long', 'board');
    for (const typed of ['Fix', ' the bug', ' in the parser']) {
      await page.evaluate((t) => { document.getElementById('field').value += t; }, typed);
      await shoot(page, 'long', 'board');
    }
    await page.evaluate((r) => {
      document.getElementById('dialog').style.display = 'none';
      document.getElementById('field').value = '';
      document.querySelectorAll('.card')[r * 3].textContent = `Fixed in commit ${r * 7919}`;
    }, round);
    await shoot(page, 'long', 'board');
  }
  await page.close();
}
{ // a documentation, read to and fro
  const page = await open(pages.document(), views[0]);
  for (let i = 0; i < 26; i++) {
    await shoot(page, 'long', 'document');
    await scroll(page, [100, 300, -200, 500, 650][i % 5]);
  }
  await page.close();
}
{ // a terminal that fills
  const page = await open(pages.terminal(), views[0]);
  for (let i = 0; i < 24; i++) {
    await shoot(page, 'long', 'terminal');
    await scroll(page, 17 * (1 + (i % 4)));
  }
  await page.close();
}
await browser.close();
