import { openLiveRuntime } from './live-runtime.ts';
import type { CommonEvent } from './protocol.ts';
import type { Surroundings } from './surroundings.ts';

type Run<Request, Event> = (
  request: Request,
  around: Surroundings,
  emit: (event: Event | CommonEvent) => void,
) => Promise<void>;

/** Makes this worker answer each request with the events of a run. */
export function serve<Request, Event>(run: Run<Request, Event>): void {
  const emit = (event: Event | CommonEvent): void => {
    postMessage(event);
  };
  const around = { openRuntime: openLiveRuntime, fetch: (url: string) => fetch(url) };
  addEventListener('message', ({ data }: MessageEvent<Request>) => {
    run(data, around, emit).catch((error: unknown) => {
      emit({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    });
  });
}
