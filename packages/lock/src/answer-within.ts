/** What Redis is given to answer when nobody agreed to wait longer: far more than a healthy one takes. */
export const answerMsDefault = 2_000

/**
 * The answer, or a rejection with `onLate()` after `ms`, or with `onAbort()` when the signal aborts. The command itself goes
 * on: a client cannot take back what it sent.
 */
export function answerWithin<T>(
  answer: Promise<T>,
  ms: number,
  onLate: () => Error,
  signal?: AbortSignal,
  onAbort: () => Error = onLate,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
    const abort = (): void => {
      stop()
      reject(onAbort())
    }
    const timer = setTimeout(() => {
      stop()
      reject(onLate())
    }, ms)
    signal?.addEventListener('abort', abort)
    answer.finally(stop).then(resolve, reject)
  })
}
