// Builds the site with links to its PDF and prints the paper to dist/paper.pdf (npm run pdf).
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium as playwright } from '@playwright/test';
import { chromium } from './lib/chromium.mjs';
import { freePort, serveLikeAHost } from './lib/host.mjs';
import { ROOT, must, npmRun, program, say } from './lib/steps.mjs';

const FOOT =
  '<p style="width:100%;text-align:center;font:7pt sans-serif;color:#5c5c66"><span class="pageNumber"></span></p>';

await program(async () => {
  const executablePath = await chromium();
  must(await npmRun('build', [], { SITE_PDF: '1' }), 'pdf: npm run build failed, see above');
  const { SITE_BASE: base = '/', SITE_OUT, PAPER = '.' } = process.env;
  const [folder, port] = [resolve(ROOT, SITE_OUT ?? join(PAPER, 'dist')), await freePort(4321)];
  const server = await serveLikeAHost(folder, port, { base });
  const browser = await playwright.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    await page.goto(`http://localhost:${port}${base}`);
    await page.evaluate(() => document.fonts.ready.then(() => undefined));
    const path = join(folder, 'paper.pdf');
    await page.pdf({
      path,
      format: 'A4',
      preferCSSPageSize: true,
      displayHeaderFooter: true,
      headerTemplate: '<span></span>',
      footerTemplate: FOOT,
      tagged: true,
      outline: true,
    });
    say(`pdf: ${path}, ${Math.round(statSync(path).size / 1000)} kB`);
  } finally {
    await browser.close();
    server.close();
    server.closeAllConnections();
  }
});
