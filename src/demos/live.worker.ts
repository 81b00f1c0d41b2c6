import { runLive } from './engine.ts';
import { openLiveRuntime } from './live-runtime.ts';
import type { LiveEvent, LiveRequest } from './protocol.ts';

const emit = (event: LiveEvent): void => {
  postMessage(event);
};

addEventListener('message', ({ data }: MessageEvent<LiveRequest>) => {
  runLive(data, { openRuntime: openLiveRuntime, fetch: (url) => fetch(url) }, emit).catch(
    (error: unknown) => {
      emit({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    },
  );
});
