import { npmRun } from './steps.mjs';
export async function upToDate() {
  await npmRun('lab', ['status']);
}
