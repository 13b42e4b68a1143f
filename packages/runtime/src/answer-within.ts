/** A store did not answer in time. The command may still have an effect. */
export class StoreUnansweredError extends Error {
  override readonly name = 'StoreUnansweredError'
}

/**
 * The answer, or a rejection after `ms`: with a StoreUnansweredError about the named store, or with the error that `late` makes. The
 * command cannot be taken back.
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
