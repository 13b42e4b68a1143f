/** Ends a wait, once and for a reason. Far cheaper than an AbortController, of which each acquisition would make one. */
export class Stop {
  #reason: Error | undefined
  readonly #listeners = new Set<() => void>()

  /** Why the wait has ended; undefined while it goes on. */
  get reason(): Error | undefined {
    return this.#reason
  }

  throwIfStopped(): void {
    if (this.#reason) throw this.#reason
  }

  end(reason: Error): void {
    if (this.#reason) return
    this.#reason = reason
    for (const listener of this.#listeners) listener()
  }

  /** The answer, or a rejection with the reason when the wait ends first. */
  during<T>(answer: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const leave = this.onEnd(() => reject(this.#reason!))
      const settle =
        <V>(pass: (value: V) => void) =>
        (value: V): void => {
          leave()
          pass(value)
        }
      answer.then(settle(resolve), settle(reject))
    })
  }

  /** Calls `listener` when the wait ends, at once if it has; returns how to stop listening. */
  onEnd(listener: () => void): () => void {
    if (this.#reason) listener()
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }
}
