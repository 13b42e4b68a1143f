import type { Making } from './making.ts'

/** What a process knows of an item's ledger before it asks: which making is current, and how far it has seen it go. */
export interface KnownLedger extends Making {
  readonly itemId: number
  birth: string
  epoch: number
  /** Highest sequence seen of this making. A ledger behind it was rewound, and the script refuses it. */
  sequence: number
  /** The sale's: within it a second order without a key is the first one sent again. 0: never. */
  readonly duplicateWindowMs: number
}

/** What Postgres says of each item that exists; items that do not exist are left out. The window never changes. */
export type ReadItems = (
  itemIds: readonly number[],
) => Promise<ReadonlyMap<number, Pick<KnownLedger, 'birth' | 'epoch' | 'duplicateWindowMs'>>>

export interface KnownLedgers {
  /** What is known already, without asking. */
  get(itemId: number): KnownLedger | undefined
  /** What is known, or what Postgres says; undefined when there is no such item. Rejects when Postgres does not answer. */
  find(itemId: number): Promise<KnownLedger | undefined>
  /** Asks Postgres again, after a ledger answered with another epoch. */
  refresh(itemId: number): Promise<KnownLedger | undefined>
}

/**
 * Remembers the items that exist. All look-ups of one moment share one query, and one query is under way at a time, so
 * that a flood of invented item numbers costs Postgres no more than one of them. Nothing is remembered of what does not exist: an
 * item can be ordered the moment its sale is made.
 */
export function createKnownLedgers(readItems: ReadItems): KnownLedgers {
  const known = new Map<number, KnownLedger>()
  let gathering: { itemIds: Set<number>; result: Promise<void> } | undefined
  let underWay: Promise<unknown> = Promise.resolve()

  async function ask(itemIds: Set<number>): Promise<void> {
    gathering = undefined
    const items = await readItems([...itemIds])
    for (const [itemId, { birth, epoch, duplicateWindowMs }] of items) {
      const ledger = known.get(itemId)
      if (ledger?.birth !== birth) known.set(itemId, { itemId, birth, epoch, sequence: 0, duplicateWindowMs })
      else if (ledger.epoch !== epoch) Object.assign(ledger, { epoch, sequence: 0 })
    }
  }

  async function refresh(itemId: number): Promise<KnownLedger | undefined> {
    if (!gathering) {
      const itemIds = new Set<number>()
      const result = underWay.then(() => ask(itemIds))
      underWay = result.catch(() => undefined)
      gathering = { itemIds, result }
    }
    gathering.itemIds.add(itemId)
    await gathering.result
    return known.get(itemId)
  }

  return {
    get: (itemId) => known.get(itemId),
    find: async (itemId) => known.get(itemId) ?? refresh(itemId),
    refresh,
  }
}
