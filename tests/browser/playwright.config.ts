import { join } from 'node:path';
import { defineConfig } from '@playwright/test';

/**
 * Against the built site (`npm run build`).
 * CHROMIUM_PATH  the browser to use; left out, Playwright's own
 * SITE_PORT      where the site is served (default 4179)
 */
const { CHROMIUM_PATH, SITE_PORT = '4179' } = process.env;
const root = join(import.meta.dirname, '..', '..');

export default defineConfig({
  testDir: '.',
  outputDir: join(root, 'test-results', 'browser'),
  // An end for what would wait for ever, far beyond what a slow machine takes.
  timeout: 900_000,
  expect: { timeout: 30_000 },
  workers: 1,
  forbidOnly: Boolean(process.env['CI']),
  reporter: 'list',
  use: {
    actionTimeout: 60_000,
    navigationTimeout: 60_000,
    // They would answer before a test's routes; offline.test.ts allows them.
    serviceWorkers: 'block',
    baseURL: `http://localhost:${SITE_PORT}${process.env['SITE_BASE'] ?? '/'}`,
    launchOptions: {
      ...(CHROMIUM_PATH ? { executablePath: CHROMIUM_PATH } : {}),
      args: [
        '--no-sandbox',
        // A name that is not this machine's own: a page there is one without https.
        '--host-resolver-rules=MAP paper.test localhost',
        '--enable-unsafe-webgpu',
        '--use-webgpu-adapter=swiftshader',
        '--enable-features=Vulkan',
      ],
    },
  },
  webServer: {
    command: `node scripts/serve.mjs --port ${SITE_PORT}`,
    cwd: root,
    port: Number(SITE_PORT),
    reuseExistingServer: false,
  },
});
