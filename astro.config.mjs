import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { satteri } from '@astrojs/markdown-satteri';
import mdx from '@astrojs/mdx';
import { defineConfig } from 'astro/config';
import { pathFault } from './scripts/lib/path.mjs';
import { paperFolder } from './src/artifacts/folder.ts';
import { THEME_SCRIPT } from './src/components/client/theme.ts';
import { crate } from './src/lab/crate/integration.ts';
import { recordedOnly } from './src/lab/published.ts';
import { checkSections } from './src/site/check.ts';
import { claimAddresses } from './src/site/claims.ts';
import { directions } from './src/site/direction.ts';
import { finish } from './src/site/finish.ts';
import { sectionHeadings } from './src/site/headings.ts';
import { mathElements } from './src/site/math.ts';
import { notes } from './src/site/notes.ts';
import { barsInTables, papersElsewhere, reloads } from './src/site/sources.ts';
import { withoutUnrun } from './src/site/unrun.ts';

/**
 * SITE_URL      address of the site, for whole addresses
 * SITE_BASE     path under which the site is served, such as /my-paper/ (default that of SITE_URL)
 * PAPER         folder of another paper, with content/, experiments/ and public/ in it
 * SITE_CONTENT  folder that holds its text (default content/ in PAPER)
 * SITE_PUBLIC   folder that holds artifacts/ and weights/ (default public/ in PAPER)
 * SITE_OUT      folder for the pages (default dist/ in PAPER)
 */
const paper = paperFolder();
const {
  SITE_URL,
  SITE_BASE = SITE_URL ? new URL(SITE_URL).pathname : '/',
  SITE_CONTENT = join(paper, 'content'),
  SITE_PUBLIC = join(paper, 'public'),
  SITE_OUT = join(paper, 'dist'),
} = process.env;

for (const folder of [import.meta.dirname, resolve(SITE_CONTENT), resolve(SITE_PUBLIC)]) {
  const fault = pathFault(folder);
  if (fault !== undefined) throw new Error(fault);
}

/** With a slash at either end. */
const base = `/${SITE_BASE}/`.replaceAll(/\/{2,}/g, '/');

// Beside the output, so that two builds do not share what they remember.
const cache = resolve(SITE_OUT, '..', '.astro-cache');

const themeHash = createHash('sha256').update(THEME_SCRIPT).digest('base64');

export default defineConfig({
  ...(SITE_URL ? { site: SITE_URL } : {}),
  base,
  publicDir: SITE_PUBLIC,
  outDir: SITE_OUT,
  cacheDir: cache,
  markdown: {
    // Highlighting writes style attributes, which the content security policy refuses.
    syntaxHighlight: false,
    processor: satteri({
      features: { math: true },
      mdastPlugins: [
        checkSections(base),
        withoutUnrun,
        claimAddresses,
        notes,
        directions,
        sectionHeadings,
        mathElements,
      ],
    }),
  },
  integrations: [mdx(), recordedOnly(paper), crate(paper, resolve(SITE_CONTENT)), finish()],
  devToolbar: { enabled: false },
  compressHTML: true,
  build: { inlineStylesheets: 'always' },
  security: {
    csp: {
      directives: [
        "default-src 'none'",
        "connect-src 'self'",
        "font-src 'self'",
        "img-src 'self' data:",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
      ],
      scriptDirective: {
        resources: ["'self'", "'wasm-unsafe-eval'"],
        hashes: [`sha256-${themeHash}`],
      },
      styleDirective: { resources: ["'self'"] },
    },
  },
  vite: {
    cacheDir: join(cache, 'vite'),
    // Astro's mark on every section, which its own bundling reads and then drops.
    build: {
      rolldownOptions: {
        onLog(level, log, report) {
          if (!/use astro:head-inject/.test(log.message)) report(level, log);
        },
      },
    },
    plugins: [
      barsInTables(),
      papersElsewhere(resolve(SITE_CONTENT), import.meta.dirname),
      reloads(resolve(SITE_CONTENT), resolve(SITE_PUBLIC, 'artifacts')),
    ],
    resolve: {
      alias: {
        '#content': resolve(SITE_CONTENT),
        '#experiments': join(paper, 'experiments'),
        '#src': resolve('src'),
      },
    },
    worker: { format: 'es' },
  },
});
