import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/**
 * CPU that processes and their ended children used since they began, in microseconds, user and system. Undefined where there is
 * no /proc.
 */
export function cpuMicros(pids: readonly number[]): number | undefined {
  const ticks = pids.map(cpuTicks)
  if (ticks.every((one) => one === undefined)) return undefined
  return ticks.reduce<number>((sum, one) => sum + (one ?? 0), 0) * microsPerTick()
}

/** Memory that a process holds, in bytes. Undefined where there is no /proc. */
export function residentBytes(pid: number): number | undefined {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readOrEmpty(`/proc/${pid}/status`))?.[1]
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1_024
}

/** A process and all that it started. */
export function withDescendants(pid: number): number[] {
  const childrenOf = new Map<number, number[]>()
  for (const name of processNames()) {
    const parent = Number(statFields(Number(name))?.[1])
    childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), Number(name)])
  }
  const found = [pid]
  for (const one of found) found.push(...(childrenOf.get(one) ?? []))
  return found
}

function processNames(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  } catch {
    return []
  }
}

function cpuTicks(pid: number): number | undefined {
  const fields = statFields(pid)
  if (!fields) return undefined
  const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields.slice(11, 15).map(Number)
  return user + system + childrenUser + childrenSystem
}

/** The fields from the third on: the second, a name in brackets, may hold anything. Undefined for a process that has ended. */
function statFields(pid: number): string[] | undefined {
  const stat = readOrEmpty(`/proc/${pid}/stat`)
  return stat === '' ? undefined : stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

let ticksPerSecond: number | undefined

function microsPerTick(): number {
  ticksPerSecond ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
  return 1_000_000 / ticksPerSecond
}
