import mdx from '@astrojs/mdx';
import { defineConfig } from 'astro/config';

/**
 * SITE_BASE   path under which the site is served, such as /mamba-icl/ (default /)
 * SITE_URL    origin, for absolute links
 * SITE_PUBLIC folder that holds artifacts/ and weights/ (default public)
 */
const { SITE_BASE = '/', SITE_URL, SITE_PUBLIC = 'public', SITE_OUT = 'dist' } = process.env;

export default defineConfig({
  ...(SITE_URL ? { site: SITE_URL } : {}),
  base: SITE_BASE,
  publicDir: SITE_PUBLIC,
  outDir: SITE_OUT,
  integrations: [mdx()],
  devToolbar: { enabled: false },
  compressHTML: true,
  build: { inlineStylesheets: 'never' },
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
      scriptDirective: { resources: ["'self'", "'wasm-unsafe-eval'"] },
      styleDirective: { resources: ["'self'"] },
    },
  },
  vite: { worker: { format: 'es' } },
});
