import type { App } from '@flash-sale/local-stack/apps/start-app'
import type { Ground } from '../ground.ts'
import type { Pressed, PressBounds, Requests } from '../load/generator.ts'
import { cpuOfEach, watchCpu, type CpuMicros } from './watch-cpu.ts'

/** What one slice of pressing came to. */
export interface Slice extends Pressed {
  /** For each answer. */
  readonly cpuMicros: CpuMicros
}

export type SliceOptions = Requests &
  Partial<Pick<PressBounds, 'connections' | 'until'>> & {
    readonly servers: readonly App[]
    readonly worker?: App
  }

/** Presses servers for a slice, and watches what it costs. */
export async function pressSlice(ground: Ground, { servers, worker, ...press }: SliceOptions): Promise<Slice> {
  const { settings, generator, redisPid, postgresPid } = ground
  const used = watchCpu({
    api: servers.map((server) => server.pid),
    ...(worker && { worker: [worker.pid] }),
    redis: [redisPid],
    postgres: [postgresPid],
  })
  const pressed = await generator.press({
    urls: servers.map((server) => server.url),
    connections: settings.connections,
    until: { ms: settings.sliceMs },
    ...press,
  })
  return { ...pressed, cpuMicros: cpuOfEach(used(), pressed.answerCount) }
}

/** Fails unless every answer had this status. */
export function requireStatus({ byStatus }: Pick<Slice, 'byStatus'>, status: number): void {
  const others = Object.keys(byStatus).filter((one) => Number(one) !== status)
  if (others.length > 0) throw new Error(`answers other than ${status}: ${JSON.stringify(byStatus)}`)
}
