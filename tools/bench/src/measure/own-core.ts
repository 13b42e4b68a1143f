import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import type { App } from '@flash-sale/local-stack/apps/start-app'
import type { Ground } from '../ground.ts'

/**
 * Measures with one core for the answering server and the others for the generator and Redis, if Linux allows it. Otherwise the scheduler
 * moves three busy processes between two cores, which makes results random. All compared contenders run under the same conditions.
 */
export async function onOwnCore<Result>(ground: Ground, measure: (ground: Ground) => Promise<Result>): Promise<Result> {
  const coreCount = availableParallelism()
  const { generator, redisPid } = ground
  if (coreCount < 2 || !pin(redisPid, `1-${coreCount - 1}`)) return measure(ground)
  const apart = async <Started extends App>(starting: Promise<Started>): Promise<Started> => {
    const app = await starting
    pin(app.pid, '0')
    return app
  }
  pin(generator.pid, `1-${coreCount - 1}`)
  try {
    return await measure({
      ...ground,
      api: () => apart(ground.api()),
      startApi: (env) => apart(ground.startApi(env)),
      startServer: (name, env) => apart(ground.startServer(name, env)),
      startReplica: async () => {
        const replica = await ground.startReplica()
        pin(replica.pid, `1-${coreCount - 1}`)
        return replica
      },
    })
  } finally {
    // The generator goes on to other figures.
    pin(generator.pid, `0-${coreCount - 1}`)
  }
}

/** Binds the working thread to a core. Helper threads, such as garbage collection, stay free. False if that is not possible. */
function pin(pid: number, cores: string): boolean {
  return spawnSync('taskset', ['--cpu-list', '--pid', cores, String(pid)], { stdio: 'ignore' }).status === 0
}
