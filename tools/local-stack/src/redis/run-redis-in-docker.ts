import { randomBytes } from 'node:crypto'
import type { RedisServer } from './find-redis-server.ts'
import { startOwnProcess, type OwnProcess } from '../machine/own-process.ts'
import { runCommand } from '../machine/run-command.ts'

export type RunningRedis = Pick<OwnProcess, 'pid' | 'exited' | 'kill' | 'stop'>

export interface DockerRedisOptions {
  readonly server: Extract<RedisServer, { origin: 'docker' }>
  readonly port: number
  readonly dataDir: string
  readonly settings: readonly string[]
  readonly logFd: number
}

/** Redis in a container that lives as long as its `docker run`, on a port of 127.0.0.1, with its data in our folder. */
export async function runRedisInDocker(options: DockerRedisOptions): Promise<RunningRedis> {
  const { server, port, dataDir, settings, logFd } = options
  const name = `flash-sale-redis-${randomBytes(6).toString('hex')}`
  const user = process.getuid ? ['--user', `${process.getuid()}:${process.getgid?.() ?? 0}`] : []
  const place = ['--publish', `127.0.0.1:${port}:6379`, '--volume', `${dataDir}:/data`]
  // Clients come only through the published port of 127.0.0.1, and protected mode would refuse them all.
  const args = ['run', '--rm', '--name', name, ...user, ...place, server.image, 'redis-server', ...settings]
  const running = await startOwnProcess({
    command: server.command,
    args: [...args, '--protected-mode', 'no'],
    env: process.env,
    stdio: ['ignore', logFd, logFd],
    stopSignal: 'SIGTERM',
    stopWithinMs: 15_000,
  })
  const docker = (...command: string[]) => runCommand(server.command, command, { timeoutMs: 20_000 })
  return {
    pid: running.pid,
    exited: running.exited,
    // SIGKILL would end only the docker client, so the engine must deliver it.
    kill: (signal) => void docker('kill', '--signal', signal, name),
    async stop() {
      await running.stop()
      await docker('rm', '--force', name)
    },
  }
}
