/**
 * Shares one read among all callers. No second read starts while one is under way, even if the first callers have given up. The answer is
 * kept for `keepMs`. A failed read is not kept.
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
