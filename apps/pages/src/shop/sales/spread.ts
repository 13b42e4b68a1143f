/** A wait of about `ms`, up to a quarter more or less, so that pages that were opened together do not read together. */
export function spread(ms: number, random: () => number = Math.random): number {
  return Math.round(ms * (0.75 + random() / 2))
}
