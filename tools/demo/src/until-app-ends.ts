import type { Stack } from '@flash-sale/local-stack/start-stack'

/** Runs `use` while both apps live. If one of them ends by itself, rejects with that reason. */
export async function untilAppEnds<T>(
  { api, worker }: Pick<Stack, 'api' | 'worker'>,
  signal: AbortSignal,
  use: (running: AbortSignal) => Promise<T>,
): Promise<T> {
  const ended = new AbortController()
  for (const [name, app] of [
    ['API', api],
    ['worker', worker],
  ] as const) {
    void app.exited.then(({ code, signal: by }) =>
      ended.abort(new Error(`The ${name} ended by itself (${by ?? `exit code ${code}`})`)),
    )
  }
  try {
    const result = await use(AbortSignal.any([signal, ended.signal]))
    if (!signal.aborted) ended.signal.throwIfAborted()
    return result
  } catch (error) {
    throw ended.signal.aborted && !signal.aborted ? ended.signal.reason : error
  }
}
