/** Keeps text by name: in localStorage, in sessionStorage, or in memory. */
export interface KeptText {
  readonly get: (name: string) => string | undefined
  readonly set: (name: string, text: string) => void
  readonly remove: (name: string) => void
}

/** Keeps text while this page is open: for browsers that refuse to store anything, and for tests. */
export function keepInMemory(): KeptText {
  const texts = new Map<string, string>()
  return {
    get: (name) => texts.get(name),
    set: (name, text) => void texts.set(name, text),
    remove: (name) => void texts.delete(name),
  }
}

/** The calls of the browser's Storage that this file uses. */
interface TextStorage {
  getItem(name: string): string | null
  setItem(name: string, text: string): void
  removeItem(name: string): void
}

/**
 * Keeps text in a storage of the browser. Each call may throw: the browser may forbid storage, or the storage may be full. Memory then
 * keeps the text, so that a retry without a reload still has its key.
 */
export function keepInBrowser(storageOf: () => TextStorage): KeptText {
  const memory = keepInMemory()
  return {
    get: (name) => memory.get(name) ?? attempt(() => storageOf().getItem(name)) ?? undefined,
    set(name, text) {
      memory.remove(name)
      const isStored = attempt(() => {
        storageOf().setItem(name, text)
        return true
      })
      if (!isStored) memory.set(name, text)
    },
    remove(name) {
      memory.remove(name)
      attempt(() => storageOf().removeItem(name))
    },
  }
}

function attempt<Value>(use: () => Value): Value | undefined {
  try {
    return use()
  } catch {
    return undefined
  }
}
