/**
 * One read for all who ask: while it is under way nobody starts another, also when those who asked first have given up waiting, and its
 * answer is kept for `keepMs` after it came. A read that failed is not kept.
 */
export function createSharedRead<Value>(read: () => Promise<Value>, keepMs: number): () => Promise<Value> {
  let asking: Promise<Value> | undefined
  let kept: { readonly value: Value; readonly untilMs: number } | undefined

  async function ask(): Promise<Value> {
    try {
      const value = await read()
      kept = { value, untilMs: performance.now() + keepMs }
      return value
    } finally {
      asking = undefined
    }
  }

  return () => {
    if (kept && performance.now() < kept.untilMs) return Promise.resolve(kept.value)
    return (asking ??= ask())
  }
}
