const keptAs = 'flashSale.opsKey'

/** The key lives as long as the tab: not in localStorage, which every later visitor of this browser could read. */
export function readKeptKey(): string | null {
  try {
    return sessionStorage.getItem(keptAs)
  } catch {
    return null
  }
}

/** Keeps the key for the tab; null forgets it. */
export function keepKey(key: string | null): void {
  try {
    if (key === null) sessionStorage.removeItem(keptAs)
    else sessionStorage.setItem(keptAs, key)
  } catch {
    // The browser keeps nothing: the key holds until the page is reloaded.
  }
}
