import { expect, test } from 'vitest';
import { retraceText } from '../../src/demos/retrace.ts';

test('says the last losses and how far the worst pair is apart', () => {
  const exact = { step: 100, here: 0.5, there: 0.5 };
  expect(retraceText([exact])).toMatch(
    /step 100 .* 0\.50* here and 0\.50* .* agree to the last digit\./,
  );
  const off = { step: 1200, here: 0.404, there: 0.4 };
  expect(retraceText([off, exact])).toMatch(/within 1\.0 % at all 2 places so far/);
  expect(retraceText([exact, { step: 200, here: 0.5 + 1e-7, there: 0.5 }])).toContain('0.001 %');
  expect(retraceText([])).toBe('No loss to compare yet.');
});
