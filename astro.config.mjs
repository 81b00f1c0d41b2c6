import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { satteri } from '@astrojs/markdown-satteri';
import mdx from '@astrojs/mdx';
import { defineConfig } from 'astro/config';
import { THEME_SCRIPT } from './src/components/client/theme.ts';
import { crate } from './src/lab/crate/integration.ts';
import { recordedOnly } from './src/lab/published.ts';
import { finish } from './src/site/finish.ts';
import { sectionHeadings } from './src/site/headings.ts';
import { mathElements } from './src/site/math.ts';
import { withoutUnrun } from './src/site/unrun.ts';

/**
 * SITE_BASE     path under which the site is served, such as /mamba-icl/ (default /)
 * SITE_URL      origin, for absolute links
 * SITE_CONTENT  folder that holds the paper (default content)
 * SITE_PUBLIC   folder that holds artifacts/ and weights/ (default public)
 */
const {
  SITE_BASE = '/',
  SITE_URL,
  SITE_CONTENT = 'content',
  SITE_PUBLIC = 'public',
  SITE_OUT = 'dist',
} = process.env;

const themeHash = createHash('sha256').update(THEME_SCRIPT).digest('base64');

export default defineConfig({
  ...(SITE_URL ? { site: SITE_URL } : {}),
  base: SITE_BASE,
  publicDir: SITE_PUBLIC,
  outDir: SITE_OUT,
  // Beside the output, so that two builds do not share what they remember of their sections.
  ...(SITE_OUT === 'dist' ? {} : { cacheDir: resolve(SITE_OUT, '..', 'astro-cache') }),
  markdown: {
    // Highlighting writes style attributes, which the content security policy refuses.
    syntaxHighlight: false,
    processor: satteri({
      features: { math: true },
      mdastPlugins: [withoutUnrun, sectionHeadings, mathElements],
    }),
  },
  integrations: [mdx(), recordedOnly(import.meta.dirname), crate(import.meta.dirname), finish()],
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
    resolve: { alias: { '#content': resolve(SITE_CONTENT) } },
    worker: { format: 'es' },
  },
});
