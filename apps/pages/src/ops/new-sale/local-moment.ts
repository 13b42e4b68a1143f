/** A moment as a datetime-local input writes it, in the reader's zone, to the second. */
export function localMoment(at: number): string {
  const date = new Date(at)
  const zoned = new Date(at - date.getTimezoneOffset() * 60_000)
  return zoned.toISOString().slice(0, 19)
}
