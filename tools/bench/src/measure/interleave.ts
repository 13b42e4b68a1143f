export interface InterleaveOptions {
  readonly rounds: number
  /** Rounds before these, measured and thrown away: a server's code is compiled while it runs. */
  readonly warmUpRounds: number
  readonly signal: AbortSignal
  readonly onSlice: (what: string) => void
}

/**
 * Measures contenders in turns, one slice of each in a round. The order rotates from round to round, so that neither a slow minute nor the
 * slice before affects one contender alone. Returns the slices of each contender, one for each round.
 */
export async function interleave<Name extends string, Slice>(
  slices: Readonly<Record<Name, () => Promise<Slice>>>,
  { rounds, warmUpRounds, signal, onSlice }: InterleaveOptions,
): Promise<Record<Name, Slice[]>> {
  const names = Object.keys(slices) as Name[]
  const measured = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Slice[]>
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    const first = (round + warmUpRounds) % names.length
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      signal.throwIfAborted()
      onSlice(`${name}, ${round < 0 ? 'warming up' : `round ${round + 1} of ${rounds}`}`)
      const slice = await slices[name]()
      if (round >= 0) measured[name].push(slice)
    }
  }
  return measured
}
