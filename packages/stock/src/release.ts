import { readLuaScript, runLuaScript } from '@flash-sale/runtime/lua-script'
import type { Redis } from 'ioredis'
import { ledgerKeys } from './ledger-keys.ts'
import { letters } from './letters.ts'
import { makingText } from './making.ts'
import { parseBatchRefusal, type BatchRefusal, type LedgerClaim } from './reserve.ts'

/** `UNKNOWN`: the ledger never accepted this order, so it credited nothing; that is drift, to be looked into. */
export type Released = 'GIVEN_BACK' | 'GIVEN_BACK_BEFORE' | 'UNKNOWN'

const script = readLuaScript('release', 4, new URL('../src/release.lua', import.meta.url))

const { G, F, U } = letters
const outcomes: Record<string, Released> = { G, F, U }

/** `sell`: the units are sold again; `withdraw`: the ledger's total is lowered by them instead, as it was in Postgres. */
export type ReleasedUnits = 'sell' | 'withdraw'

/** Gives the units of ended orders back to the ledger, once for each order (short ids, at most 1024). Safe to repeat. */
export async function release(
  redis: Redis,
  itemId: number,
  claim: Omit<LedgerClaim, 'sequence'>,
  orderIds: readonly string[],
  units: ReleasedUnits = 'sell',
): Promise<{ kind: 'RELEASED'; outcomes: readonly Released[] } | BatchRefusal> {
  const keys = ledgerKeys(itemId)
  const reply = (await runLuaScript(
    redis,
    script,
    [keys.ledger, keys.lock, keys.buyers, keys.orders],
    [claim.owner, makingText(claim), units, ...orderIds],
  )) as [string, number?]
  return parseBatchRefusal(reply) ?? { kind: 'RELEASED', outcomes: Array.from(reply[0], outcomeOf) }
}

function outcomeOf(letter: string): Released {
  const outcome = outcomes[letter]
  if (!outcome) throw new Error(`release.lua answered an unknown letter: ${letter}`)
  return outcome
}
