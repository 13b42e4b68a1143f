import { mkdtemp, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { openLog, startOwnProcess } from '@flash-sale/local-stack/machine/own-process'
import { recordPid } from '@flash-sale/local-stack/machine/run-folder'
import { eventually } from '@flash-sale/testing/eventually'
import { findProgram } from '@flash-sale/testing/find-program'
import { provided } from '@flash-sale/testing/provided'
import getPort from 'get-port'
import { onTestFinished, test } from 'vitest'
import { startNameServer } from './name-server.fixture.ts'

const config = fileURLToPath(new URL('../../../../deploy/haproxy.cfg', import.meta.url))

const found =
  process.platform === 'linux'
    ? await findProgram({ name: 'haproxy', versionFlag: '-v', says: /HAProxy/i })
    : { why: 'only Linux has the addresses 127.0.0.2 and following that the API processes listen on' }
if ('why' in found) console.warn(`The tests through HAProxy are skipped: ${found.why}`)

/** A test that needs HAProxy. It is skipped, with its reason, if there is no HAProxy. */
export const testThroughHaproxy = test.skipIf('why' in found)

export interface Haproxy {
  readonly url: string
  /** The number of API processes that HAProxy considers ready. */
  readonly readyCount: () => Promise<number>
}

/** Starts HAProxy with the configuration of compose, in front of the present `addresses`, which share one port. */
export async function startHaproxy(addresses: () => readonly string[], apiPort: number): Promise<Haproxy> {
  if ('why' in found) throw new Error(found.why)
  const folder = await mkdtemp(path.join(provided('runFolder'), 'haproxy-'))
  const [port, statsPort] = [await getPort({ host: '127.0.0.1' }), await getPort({ host: '127.0.0.1' })]
  const stats = path.join(folder, 'stats.cfg')
  await writeFile(stats, `listen stats\n  bind 127.0.0.1:${statsPort}\n  stats enable\n  stats uri /stats\n`)
  const log = openLog(path.join(folder, 'haproxy.log'))
  const running = await startOwnProcess({
    command: found.command,
    args: ['-db', '-f', config, '-f', stats],
    env: {
      ...process.env,
      ...found.env,
      LISTEN_ADDRESS: `127.0.0.1:${port}`,
      API_ADDRESS: `api:${apiPort}`,
      DNS_ADDRESS: (await startNameServer(addresses)).address,
    },
    stdio: ['ignore', log.fd, log.fd],
    stopSignal: 'SIGTERM',
    stopWithinMs: 5_000,
  }).finally(() => log.close())
  recordPid(provided('runFolder'), running.pid)
  onTestFinished(running.stop)
  const readyCount = async () => {
    const response = await fetch(`http://127.0.0.1:${statsPort}/stats;csv`)
    const lines = (await response.text()).split('\n')
    return lines.filter((line) => /^ready-api,api-.*,UP,/.test(line)).length
  }
  const runs = async () => (await readyCount()) >= 0
  await eventually(runs, { what: 'HAProxy to run' }).catch((error: unknown) => {
    throw new Error(`HAProxy does not run: ${log.lastLines(10)}`, { cause: error })
  })
  return { url: `http://127.0.0.1:${port}`, readyCount }
}
