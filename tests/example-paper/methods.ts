import type { Method } from '../../src/components/drawing/method.ts';

export const methods: Record<string, Method> = {};
