// node scripts/complete-lock.mjs: adds to package-lock.json the optional packages of other platforms
// that npm left out. npm drops them when the registry it asks does not have them (a partial mirror,
// say), and then refuses `npm ci` because they are missing. Such an entry has no integrity hash until
// an `npm install` against a complete registry adds it. Run it after adding a dependency.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { completed } from './lib/lock.mjs';
import { ROOT, say } from './lib/steps.mjs';

/** @typedef {{ packages: Parameters<typeof completed>[0] }} Lock */

const path = join(ROOT, 'package-lock.json');
const lock = /** @type {Lock} */ (JSON.parse(readFileSync(path, 'utf8')));
const packages = completed(lock.packages);
const added = Object.keys(packages).length - Object.keys(lock.packages).length;
writeFileSync(`${path}.partial`, `${JSON.stringify({ ...lock, packages }, null, 2)}\n`);
renameSync(`${path}.partial`, path);
say(`complete-lock: ${added} entries added`);
