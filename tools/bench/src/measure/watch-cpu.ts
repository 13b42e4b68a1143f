import { cpuMicros, withDescendants } from './process-cpu.ts'

/** The parts that work on an order. `api` is the process that answers HTTP, also the bare server. */
export const parts = ['api', 'worker', 'redis', 'postgres'] as const
export type Part = (typeof parts)[number]

/** Microseconds on a core, of user and system. A part that does not run, or cannot be seen, is missing. */
export type CpuMicros = Readonly<Partial<Record<Part, number>>>

export type PartPids = Readonly<Partial<Record<Part, readonly number[]>>>

/** Begins to watch processes and what they start. The function that it returns says what each part used since. */
export function watchCpu(pids: PartPids): () => CpuMicros {
  const before = readAll(pids)
  return () => {
    const after = readAll(pids)
    return forEachPart((part) => {
      const [from, to] = [before[part], after[part]]
      return from === undefined || to === undefined ? undefined : to - from
    })
  }
}

/** The same for each of so many orders. */
export function cpuOfEach(used: CpuMicros, orderCount: number): CpuMicros {
  return forEachPart((part) => {
    const micros = used[part]
    return micros === undefined ? undefined : micros / orderCount
  })
}

function readAll(pids: PartPids): CpuMicros {
  return forEachPart((part) => {
    const own = pids[part]
    // Postgres works in a process a connection.
    return own && cpuMicros(part === 'postgres' ? own.flatMap(withDescendants) : own)
  })
}

function forEachPart(valueOf: (part: Part) => number | undefined): CpuMicros {
  const entries = parts.flatMap((part) => {
    const value = valueOf(part)
    return value === undefined ? [] : [[part, value] as const]
  })
  return Object.fromEntries(entries)
}
