import { persistBatchSizeMax } from '@flash-sale/database/persist-orders'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { whileFrozen, type Ground } from '../ground.ts'
import { untilDrained } from '../load/fill-ledger.ts'
import { fillWhileFrozen } from '../load/fill-while-frozen.ts'
import { makeRows, openCopyTable, openCreateManyTable, openUnnestTable, type RowTable } from '../load/row-tables.ts'
import { openItem, requireSold } from '../load/sales.ts'
import { interleave } from '../measure/interleave.ts'
import { sellSlice } from '../measure/sell-slice.ts'
import { ratioOf, spreadOf, type Spread } from '../measure/spread.ts'
import { cpuOfEach, watchCpu, type CpuMicros, type Part } from '../measure/watch-cpu.ts'
import { cpuSpreads } from './storm.ts'

export interface PersistFigure {
  readonly rowCount: number
  readonly batchSize: number
  /** The worker draining a full outbox against other ways to write the same rows, rows a second. */
  readonly ofUnnest: Spread
  readonly ofCopy: Spread
  readonly ofCreateMany: Spread
  /** Draining against accepting: above 1 a backlog shrinks. */
  readonly drainOfAccept: Spread
  /** CPU for each row, by the way that wrote it. The client's own CPU belongs to the bench and is not counted. */
  readonly cpuMicros: Readonly<Record<'worker' | 'unnest' | 'copy' | 'createMany', Partial<Record<Part, Spread>>>>
  /** Of this machine, in this run. */
  readonly rowsPerSecond: Readonly<Record<'worker' | 'unnest' | 'copy' | 'createMany', Spread>>
}

interface Written {
  readonly perSecond: number
  readonly cpuMicros: CpuMicros
}

/** Orders in one outbox entry, about as many as the API puts there with 128 connections. */
const outboxBatchSize = 64
/** A frozen worker's connections are given up by its own time-outs after 3 s. */
const frozenMsMax = 2_000

/** (g) The worker draining a full outbox, beside raw ways to write as many rows, and beside accepting. */
export async function measurePersist(ground: Ground): Promise<PersistFigure> {
  const { settings, say: onSlice, signal, databaseUrl } = ground
  const api = await ground.api()
  const worker = await ground.startWorker()
  onSlice('making tables of the same shape')
  const tables = {
    unnest: await openUnnestTable(databaseUrl),
    copy: await openCopyTable(databaseUrl),
    createMany: await openCreateManyTable(databaseUrl),
  }
  try {
    const slices = await interleave(
      {
        worker: () => drain(ground, worker),
        unnest: () => write(ground, tables.unnest),
        copy: () => write(ground, tables.copy),
        createMany: () => write(ground, tables.createMany),
        accept: () => {
          const until = { ms: Math.min(settings.sliceMs, frozenMsMax) }
          return whileFrozen(worker, () => sellSlice(ground, { servers: [api], until, isKept: true }))
        },
      },
      { ...settings, signal, onSlice },
    )
    return figureOf(slices, settings.persistedRows)
  } finally {
    for (const table of Object.values(tables)) await table.close().catch(() => undefined)
  }
}

/** Fills an outbox while the worker is stopped, continues the worker, and waits until the outbox is empty. */
async function drain(ground: Ground, worker: Awaited<ReturnType<Ground['startWorker']>>): Promise<Written> {
  const { redis, settings, signal, redisPid, postgresPid } = ground
  const api = await ground.api()
  const orderCount = settings.persistedRows
  await untilAllDrained(ground)
  const itemId = await fillWhileFrozen(redis, worker, () => openItem(api), { orderCount, batchSize: outboxBatchSize })
  const used = watchCpu({ worker: [worker.pid], redis: [redisPid], postgres: [postgresPid] })
  const startedAtMs = performance.now()
  await untilDrained(redis, ledgerKeys(itemId).outbox, signal)
  const written = {
    perSecond: orderCount / ((performance.now() - startedAtMs) / 1_000),
    cpuMicros: cpuOfEach(used(), orderCount),
  }
  await requireSold(api, [itemId], orderCount)
  return written
}

/** Waits until the worker has persisted the orders of an accept slice, so that it is idle during the next measurement. */
async function untilAllDrained({ redis, signal }: Ground): Promise<void> {
  for await (const keys of redis.scanStream({ match: '*:outbox', count: 1_000 })) {
    for (const outbox of keys as string[]) await untilDrained(redis, outbox, signal)
  }
}

async function write(ground: Ground, table: RowTable): Promise<Written> {
  await untilAllDrained(ground)
  const rows = makeRows(1, ground.settings.persistedRows)
  const used = watchCpu({ postgres: [ground.postgresPid] })
  const startedAtMs = performance.now()
  for (let i = 0; i < rows.length; i += persistBatchSizeMax) await table.insert(rows.slice(i, i + persistBatchSizeMax))
  const seconds = (performance.now() - startedAtMs) / 1_000
  return { perSecond: rows.length / seconds, cpuMicros: cpuOfEach(used(), rows.length) }
}

type Slices = Record<'worker' | 'unnest' | 'copy' | 'createMany' | 'accept', Written[]>

function figureOf(slices: Slices, rowCount: number): PersistFigure {
  const { worker, unnest, copy, createMany, accept } = slices
  return {
    rowCount,
    batchSize: persistBatchSizeMax,
    ofUnnest: ratioOf(rates(worker), rates(unnest)),
    ofCopy: ratioOf(rates(worker), rates(copy)),
    ofCreateMany: ratioOf(rates(worker), rates(createMany)),
    drainOfAccept: ratioOf(rates(worker), rates(accept)),
    cpuMicros: {
      worker: cpuSpreads(worker),
      unnest: cpuSpreads(unnest),
      copy: cpuSpreads(copy),
      createMany: cpuSpreads(createMany),
    },
    rowsPerSecond: {
      worker: spreadOf(rates(worker)),
      unnest: spreadOf(rates(unnest)),
      copy: spreadOf(rates(copy)),
      createMany: spreadOf(rates(createMany)),
    },
  }
}

function rates(written: readonly Written[]): number[] {
  return written.map((one) => one.perSecond)
}
