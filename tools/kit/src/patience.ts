import { setTimeout as sleep } from 'node:timers/promises'

/** How long a client keeps asking. */
export interface Patience {
  /** The client asks no more after this time; 0: it asks once. Default 20 s. In ms. */
  readonly untilMs?: number
  /** Waits about this long between two askings, whatever time the service names. In ms. */
  readonly pauseMs?: number
  readonly signal?: AbortSignal
}

/** Whether an answer is the last word, or after how long the client may ask again. Without a time: soon. */
export type ComeBack = 'NEVER' | { readonly afterMs?: number | undefined }

const untilMsDefault = 20_000
/** A connection that broke is tried again soon: another process may answer at the same address. */
const pauseMsDefault = 100

/**
 * Asks until the answer is the last word or the patience ends, and waits in between as long as the service says. Resolves with the
 * last answer, definite or not. Rejects when `ask` does or when the signal is aborted.
 */
export async function askPatiently<Said>(
  ask: () => Promise<Said>,
  comeBackAfter: (said: Said) => ComeBack,
  { untilMs = untilMsDefault, pauseMs, signal }: Patience = {},
): Promise<Said> {
  const giveUpAtMs = performance.now() + untilMs
  for (let isLast = untilMs <= 0; ;) {
    const said = await ask()
    signal?.throwIfAborted()
    const comeBack = comeBackAfter(said)
    const leftMs = giveUpAtMs - performance.now()
    if (comeBack === 'NEVER' || isLast || leftMs <= 0) return said
    const waitMs = spread(comeBack.afterMs, pauseMs)
    isLast = waitMs >= leftMs
    await sleep(Math.min(leftMs, waitMs), undefined, { signal })
  }
}

/** Clients that met the same fault must not all come back at the same instant, and none sooner than the service said. */
function spread(afterMs: number | undefined, pauseMs: number | undefined): number {
  if (pauseMs === undefined && afterMs !== undefined) return afterMs * (1 + Math.random() / 2)
  return (pauseMs ?? pauseMsDefault) * (0.5 + Math.random())
}
