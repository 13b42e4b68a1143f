/** A store that was asked and did not answer in time. What it was asked may still happen. */
export class StoreUnansweredError extends Error {
  override readonly name = 'StoreUnansweredError'
}

/**
 * The answer, or a rejection after `ms`: with a StoreUnansweredError about the named store, or with the error that `late` makes. The
 * question is not taken back: it cannot be.
 */
export function answerWithin<T>(answer: Promise<T>, ms: number, late: string | (() => Error)): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => reject(typeof late === 'string' ? unanswered(late, ms) : late()), ms)
    answer.then(
      (value) => {
        clearTimeout(timer)
        resolve(value)
      },
      (error: unknown) => {
        clearTimeout(timer)
        reject(error)
      },
    )
  })
}

function unanswered(what: string, ms: number): StoreUnansweredError {
  return new StoreUnansweredError(`${what} did not answer within ${ms} ms`)
}
