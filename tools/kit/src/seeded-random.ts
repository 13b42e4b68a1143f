/** A source of numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Another source, seeded by one number of the first. What is drawn from it afterwards changes nothing of what the first one gives. */
export function splitRandom(random: () => number): () => number {
  return seededRandom(Math.floor(random() * 2 ** 32))
}

/** The same things in a random order. */
export function shuffled<Thing>(things: readonly Thing[], random: () => number): Thing[] {
  const left = [...things]
  const mixed: Thing[] = []
  while (left.length > 0) mixed.push(...left.splice(Math.floor(random() * left.length), 1))
  return mixed
}
