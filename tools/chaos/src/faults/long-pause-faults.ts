import { oneOf, type Fault, type Heal, type Scene } from './fault.ts'

/** Stops something, and says how it goes on. */
type Pause = (scene: Scene) => Promise<Heal>

const pauses: readonly Pause[] = [
  async ({ api }) => {
    api.pause()
    return async () => api.resume()
  },
  async ({ worker }) => {
    worker.pause()
    return async () => worker.resume()
  },
  async ({ town }) => {
    for (const one of town.processes) one.pause()
    return async () => town.processes.forEach((one) => one.resume())
  },
  async ({ town }) => {
    town.redis.pause()
    return async () => town.redis.resume()
  },
  async ({ town }) => {
    await town.postgres.pause()
    return town.postgres.resume
  },
]

/** Longer than every lease, deadline and time-out. */
export const longPauseFaults: readonly Fault[] = [
  {
    name: 'pause-for-long',
    title: { en: 'a process or a store stands still for 90 s', zh: '某个进程或存储停住 90 秒后继续' },
    points: ['in the storm'],
    survives: { acceptingApi: true, redisDisk: true },
    lengthMs: { min: 90_000, max: 90_000 },
    strike: (scene) => oneOf(pauses, scene.random)(scene),
  },
]
