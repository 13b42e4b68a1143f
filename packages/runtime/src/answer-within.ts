/** A store that was asked and did not answer in time. What it was asked may still happen. */
export class StoreUnansweredError extends Error {
  override readonly name = 'StoreUnansweredError'
}

/**
 * The answer, or a rejection after `ms`: with a StoreUnansweredError about the named store, or with the error that `late` makes. If
 * `signal` aborts first, rejects with its reason. The question is not taken back: it cannot be.
 */
export function answerWithin<T>(
  answer: Promise<T>,
  ms: number,
  late: string | (() => Error),
  signal?: AbortSignal,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => giveUp(reasonOf(signal))
    const timer = setTimeout(() => giveUp(typeof late === 'string' ? unanswered(late, ms) : late()), ms)
    const stop = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
    const giveUp = (error: Error): void => {
      stop()
      reject(error)
    }
    signal?.addEventListener('abort', onAbort)
    if (signal?.aborted) onAbort()
    answer.finally(stop).then(resolve, reject)
  })
}

function unanswered(what: string, ms: number): StoreUnansweredError {
  return new StoreUnansweredError(`${what} did not answer within ${ms} ms`)
}

function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason
  return reason instanceof Error ? reason : new Error('the wait was aborted', { cause: reason })
}
