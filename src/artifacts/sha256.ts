import { z } from 'zod';

/** sha256 in hexadecimal. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits (sha256)');
