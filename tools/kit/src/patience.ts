import { setTimeout as sleep } from 'node:timers/promises'

/** How long a client keeps asking. */
export interface Patience {
  /** The client stops asking after this time. 0: it asks once. Default 20 s. In ms. */
  readonly untilMs?: number
  /** Waits about this long between two tries, whatever time the service names. In ms. */
  readonly pauseMs?: number
  readonly signal?: AbortSignal
}

/** `NEVER` if an answer is definite, or the time after which the client may ask again. Without a time: soon. */
export type ComeBack = 'NEVER' | { readonly afterMs?: number | undefined }

const untilMsDefault = 20_000
/** The wait after a broken connection. It is short, since another process may answer at the same address. */
const pauseMsDefault = 100

/**
 * Asks until the answer is definite or the patience ends. Waits in between as long as the service says. Resolves with the last answer,
 * definite or not. Rejects if `ask` does, or when the signal is aborted.
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

/** A random wait, so that clients that met the same fault do not return together. It is never shorter than the service asked for. */
function spread(afterMs: number | undefined, pauseMs: number | undefined): number {
  if (pauseMs === undefined && afterMs !== undefined) return afterMs * (1 + Math.random() / 2)
  return (pauseMs ?? pauseMsDefault) * (0.5 + Math.random())
}
