/** Where the page keeps text: localStorage, sessionStorage, or what stands in for them. */
export interface KeptText {
  readonly get: (name: string) => string | undefined
  readonly set: (name: string, text: string) => void
  readonly remove: (name: string) => void
}

/** Keeps text as long as this page is open, for browsers that refuse to store anything, and for tests. */
export function keepInMemory(): KeptText {
  const texts = new Map<string, string>()
  return {
    get: (name) => texts.get(name),
    set: (name, text) => void texts.set(name, text),
    remove: (name) => void texts.delete(name),
  }
}

/** The part of the browser's Storage that is used. */
interface TextStorage {
  getItem(name: string): string | null
  setItem(name: string, text: string): void
  removeItem(name: string): void
}

/**
 * Keeps text in a storage of the browser. A browser may forbid storage or have it full, and each call may throw then; what could not
 * be stored is kept in memory, so that a retry without a reload still has its key.
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
