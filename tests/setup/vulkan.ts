import { existsSync, globSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * Points Vulkan at the software driver that Chromium carries, so that tests prove the WGSL kernels
 * on any machine and get the same numbers on each. A driver named in VK_ICD_FILENAMES stays.
 */
const ICD = 'vk_swiftshader_icd.json';

function softwareDriver(): string | undefined {
  const chromium = process.env.CHROMIUM_PATH;
  const beside = chromium === undefined ? [] : [join(dirname(chromium), ICD)];
  const installed = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];
  const downloads =
    process.env.PLAYWRIGHT_BROWSERS_PATH ?? join(homedir(), '.cache', 'ms-playwright');
  const found = [...beside, ...installed.map((folder) => join(folder, ICD))].find(existsSync);
  return (
    found ??
    globSync(join(downloads, 'chromium-*', 'chrome-linux*', ICD))
      .toSorted()
      .at(-1)
  );
}

// Mesa's layer that picks a device asks for a display, and complains where there is none.
process.env.NODEVICE_SELECT ??= '1';

if (process.env.VK_ICD_FILENAMES === undefined) {
  const driver = softwareDriver();
  if (driver === undefined) {
    console.warn(
      `tests: expected Chromium's ${ICD} for WebGPU on any machine, found none; ` +
        'install chromium, or set VK_ICD_FILENAMES to a Vulkan driver',
    );
  } else {
    process.env.VK_ICD_FILENAMES = driver;
  }
}
