import { readLuaScript, runLuaScript } from '@flash-sale/runtime/lua-script'
import type { Redis } from 'ioredis'
import { ledgerKeys } from './ledger-keys.ts'
import { letters } from './letters.ts'
import { makingText, type Making } from './making.ts'

/** The states that a ledger is put in by an operator. Scheduled, open and over follow from the clock. */
export type StoredState = 'live' | 'paused' | 'closed'

export function isStoredState(state: unknown): state is StoredState {
  return state === 'live' || state === 'paused' || state === 'closed'
}

/**
 * What came of changing a ledger as the holder of the item's lease. `BELOW_TAKEN`: more units than that are taken; `NOT_CLOSED`: its
 * sale is not over, orders wait in the outbox, or the units are others than those given.
 */
export type LedgerChange =
  | 'CHANGED'
  | 'LEASE_LOST'
  | 'STALE_EPOCH'
  | 'NOT_LOADED'
  | 'BELOW_TAKEN'
  | 'CLOSED'
  | 'NOT_CLOSED'

/** The item's lease and the making to which its holder means to write. */
export interface HeldLedger extends Making {
  readonly itemId: number
  readonly owner: string
}

const setStateScript = readLuaScript('set-state', 2, new URL('../src/set-state.lua', import.meta.url))
const setTotalScript = readLuaScript('set-total', 2, new URL('../src/set-total.lua', import.meta.url))
const settleScript = readLuaScript('settle', 3, new URL('../src/settle.lua', import.meta.url))
const suspendScript = readLuaScript('suspend', 1, new URL('../src/suspend.lua', import.meta.url))

const { O, E, M, T, W } = letters
const changes: Record<string, LedgerChange> = { OK: 'CHANGED', C: 'CLOSED', O, E, M, T, W }

/** Sets the stored state of a ledger. */
export async function setLedgerState(redis: Redis, held: HeldLedger, state: StoredState): Promise<LedgerChange> {
  const { ledger, lock } = ledgerKeys(held.itemId)
  return changeOf(await runLuaScript(redis, setStateScript, [ledger, lock], [held.owner, makingText(held), state]))
}

/** Sets an item's total, of this version, to an absolute number of units; available moves by the difference. Safe to repeat. */
export async function setLedgerTotal(
  redis: Redis,
  held: HeldLedger,
  { total, totalVersion }: { readonly total: number; readonly totalVersion: number },
): Promise<LedgerChange> {
  const { ledger, lock } = ledgerKeys(held.itemId)
  const args = [held.owner, makingText(held), total, totalVersion]
  return changeOf(await runLuaScript(redis, setTotalScript, [ledger, lock], args))
}

/**
 * Closes the ledger of an ended sale for good, if its outbox is empty and its units are these: it takes no order any more, adopted
 * ones included, until a holder sets its state or rebuilds it.
 */
export async function settleLedger(
  redis: Redis,
  held: HeldLedger,
  { total, available }: { readonly total: number; readonly available: number },
): Promise<LedgerChange> {
  const { ledger, lock, outbox } = ledgerKeys(held.itemId)
  const args = [held.owner, makingText(held), total, available]
  return changeOf(await runLuaScript(redis, settleScript, [ledger, lock, outbox], args))
}

/** Stops selling from a ledger that was proven wrong until it is rebuilt. False when another one stands there by now. */
export async function suspendLedger(redis: Redis, itemId: number, making: Making): Promise<boolean> {
  return (await runLuaScript(redis, suspendScript, [ledgerKeys(itemId).ledger], [makingText(making)])) === 1
}

function changeOf(reply: unknown): LedgerChange {
  const [letter] = reply as [string]
  const change = changes[letter]
  if (!change) throw new Error(`a ledger script answered something unknown: ${letter}`)
  return change
}
