/** A process that fetches the checkpoint of its argument; the environment says where from and where to. */
import process from 'node:process';
import { fetchCheckpoint } from '../../src/checkpoints/node/hub.ts';

const { folder } = await fetchCheckpoint(process.argv[2] ?? '', {
  patience: { attempts: 3, firstDelay: 10, longestDelay: 1000, stall: 20_000 },
  onWait: (path) => process.stdout.write(`waiting for ${path}\n`),
  onProgress: (done, total) => process.stdout.write(`${done} of ${total}\n`),
});
process.stdout.write(`${folder}\n`);
