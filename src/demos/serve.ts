import { RENEWED } from '../components/client/renewed.ts';
import { fetchInTime, openLiveRuntime } from './live-runtime.ts';
import type { CommonEvent } from './protocol.ts';
import type { Surroundings } from './surroundings.ts';

type Run<Request, Event> = (
  request: Request,
  around: Surroundings,
  emit: (event: Event | CommonEvent) => void,
) => Promise<void>;

/** Browsers say in different words that a module did not load; all of them say import. */
function inWords(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof TypeError && /import/i.test(message)
    ? `Part of its code did not arrive (${message}). ${RENEWED}`
    : message;
}

/** Makes this worker answer each request with the events of a run. */
export function serve<Request, Event>(run: Run<Request, Event>): void {
  const emit = (event: Event | CommonEvent): void => {
    postMessage(event);
  };
  const around = { openRuntime: openLiveRuntime, fetch: fetchInTime };
  addEventListener('message', ({ data }: MessageEvent<Request>) => {
    run(data, around, emit).catch((error: unknown) => {
      emit({ type: 'failed', message: inWords(error) });
    });
  });
}
