import type { RunFolder } from '@flash-sale/local-stack/machine/run-folder'
import { startOwnProcess, type Exit, type OwnProcess } from '@flash-sale/local-stack/machine/own-process'
import { nodeArgs } from '@flash-sale/local-stack/apps/run-module'
import type { LoadReport, Order, Report, ShopSettings } from './messages.ts'

/** A selling process, seen from the lab. */
export interface Seller {
  readonly pid: number
  readonly isAlive: () => boolean
  /** Settles when the process is gone. */
  readonly exited: Promise<Exit>
  readonly open: (settings: ShopSettings) => Promise<void>
  readonly close: () => Promise<void>
  readonly load: (load: { lanes: number; warmUpMs: number; forMs: number }) => Promise<LoadReport>
  /** Sends an order. Resolves when the process has acknowledged it. */
  readonly does: (order: Order) => Promise<void>
  readonly tell: (order: Order) => void
  /** Calls `onReport` with each report from now on. */
  listener: ((report: Report) => void) | undefined
  readonly kill: (signal: NodeJS.Signals) => void
  /** Ends it, stopped or not. */
  readonly stop: () => Promise<void>
}

/** Protects the lab from a process that hangs. */
const doneWithinMs = 20_000

/** Starts a process and resolves when it takes orders. */
export async function startSeller(runFolder: RunFolder): Promise<Seller> {
  const file = new URL(`seller-process${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
  const running = await startOwnProcess({
    command: process.execPath,
    // A later run recognises the process by the folder, if the lab is killed while the process is stopped.
    args: [...nodeArgs(file), `${runFolder.path}/seller`],
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // A process that SIGSTOP has stopped receives no other signal but SIGKILL.
    stopSignal: 'SIGKILL',
    stopWithinMs: 1_000,
  })
  runFolder.recordPid(running.pid)
  const seller = sellerOf(running)
  await seller.ready
  return seller
}

function sellerOf({ child, pid, exited, hasExited, kill, stop }: OwnProcess): Seller & { ready: Promise<Report> } {
  const awaited: { resolve: (report: Report) => void; reject: (error: Error) => void }[] = []
  const failAll = (error: Error) => {
    for (const { reject } of awaited.splice(0)) reject(error)
  }
  child.on('message', (report: Report) => {
    if (report.kind === 'done' || report.kind === 'loaded' || report.kind === 'ready') awaited.shift()?.resolve(report)
    else if (report.kind === 'failed' && awaited.length > 0) failAll(new Error(report.why))
    else seller.listener?.(report)
  })
  void exited.then(() => failAll(new Error('a process that sells ended before it had answered')))
  const next = () =>
    new Promise<Report>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`a process that sells did not answer in ${doneWithinMs} ms`)),
        doneWithinMs,
      )
      const settle =
        <Value>(done: (value: Value) => void) =>
        (value: Value) => {
          clearTimeout(timer)
          done(value)
        }
      awaited.push({ resolve: settle(resolve), reject: settle(reject) })
    })
  const tell = (order: Order) => {
    // A process that was killed meanwhile receives nothing.
    if (child.connected) child.send(order, () => undefined)
  }
  const ask = (order: Order) => {
    const answer = next()
    tell(order)
    return answer
  }
  const seller: Seller & { ready: Promise<Report> } = {
    pid,
    ready: next(),
    exited,
    isAlive: () => !hasExited(),
    open: async (settings) => void (await ask({ kind: 'open', settings })),
    close: async () => void (await ask({ kind: 'close' })),
    does: async (order) => void (await ask(order)),
    load: async (load) => {
      const report = await ask({ kind: 'load', ...load })
      if (report.kind !== 'loaded') throw new Error(`a process that sells answered a load with ${report.kind}`)
      return report.load
    },
    tell,
    listener: undefined,
    kill,
    stop,
  }
  return seller
}
