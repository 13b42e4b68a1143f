/** A store did not answer in time. The command may still have an effect. */
export class StoreUnansweredError extends Error {
  override readonly name = 'StoreUnansweredError'
}

/** The answer, or a rejection with StoreUnansweredError after `ms`. The command cannot be taken back. */
export async function answerWithin<T>(answer: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StoreUnansweredError(`${what} did not answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
