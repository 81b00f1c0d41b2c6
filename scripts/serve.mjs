// Serves the built site: node scripts/serve.mjs [--port N]; the next free port if that one is taken.
import { parseArgs } from 'node:util';
import { preview } from 'astro';
import { ROOT, say } from './lib/steps.mjs';

const { values } = parseArgs({ options: { port: { type: 'string', default: '4321' } } });
const server = await preview({
  root: ROOT,
  server: { port: Number(values.port) },
  logLevel: 'error',
});
const base = process.env.SITE_BASE ?? '/';
say(`\nThe paper is at http://localhost:${server.port}${base} (Ctrl-C stops the server)`);

const stop = async () => {
  await server.stop();
  process.exit(0);
};
process.once('SIGINT', () => void stop());
process.once('SIGTERM', () => void stop());
