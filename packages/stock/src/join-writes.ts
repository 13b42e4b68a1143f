import { readLuaScript, runLuaScript } from '@flash-sale/runtime/lua-script'
import type { Redis } from 'ioredis'
import { makingText, type Making } from './making.ts'

/** What a process knows of the writes to one making of a ledger, by their sequence. */
export interface KnownWrites extends Making {
  /** Everything up to here was committed. */
  readonly committedTo: number
  readonly seenTo: number
  /** The process' own, later than that: it offers them again. */
  readonly own: readonly number[]
}

const script = readLuaScript('join-writes', 1, new URL('../src/join-writes.lua', import.meta.url))

/** Long enough for every process that is alive to join. */
const keptMs = 60_000
/** Bounds the script's arguments. What is beyond is left out, and then counted as lost. */
const ownCountMax = 5_000

/**
 * Adds to what all processes know of a making of a ledger that was lost, and returns how many writes to it may be lost: those that
 * nobody knows to be committed and nobody has offered to the ledger of `epoch`. Safe to repeat.
 */
export async function joinWrites(redis: Redis, itemId: number, epoch: number, writes: KnownWrites): Promise<number> {
  const { committedTo, seenTo, own } = writes
  const key = joinedKey(itemId, writes, epoch)
  const args = [keptMs, committedTo, seenTo, ...own.slice(0, ownCountMax)]
  return Math.max(0, (await runLuaScript(redis, script, [key], args)) as number)
}

/** True for the one process that is to tell of the loss. */
export async function isFirstToTell(
  redis: Redis,
  itemId: number,
  epoch: number,
  writes: KnownWrites,
): Promise<boolean> {
  return (await redis.hsetnx(joinedKey(itemId, writes, epoch), 'told', '')) === 1
}

function joinedKey(itemId: number, lost: Making, epoch: number): string {
  return `{item:${itemId}}:joined:${makingText(lost)}:${epoch}`
}
