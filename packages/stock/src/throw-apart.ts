/** Throws the error where nobody waits for it: a fault in one buyer's answer does not keep other buyers from theirs. */
export function throwApart(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}
