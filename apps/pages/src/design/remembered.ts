/** What this browser was told earlier, or null. A browser may refuse to keep anything; then nothing is remembered. */
export function readRemembered(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

/** Keeps a choice for the next visit, where the browser allows it. */
export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // Private windows and full storage: the choice holds until the page is left.
  }
}
