import { get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { addressName, type ApiAddress } from './find-apis.ts'

export interface Readiness {
  /** Whether the process said so when it was last asked. */
  readonly isReady: (api: ApiAddress) => boolean
  readonly stop: () => void
}

/** A process that stops says so this long before it takes no more connections, and a little: SHUTDOWN_DELAY_MS in compose. */
const askEveryMs = 500
/** As long as the API itself waits for its stores. */
const answerWithinMs = 1_500

/** Asks each API process again and again whether it is ready: GET /health/ready. */
export function watchReadiness(findApis: () => Promise<readonly ApiAddress[]>): Readiness {
  const stopping = new AbortController()
  const ready = new Set<string>()

  async function ask(api: ApiAddress): Promise<void> {
    if (await answersReady(api)) ready.add(addressName(api))
    else ready.delete(addressName(api))
  }

  async function askUntilStopped(): Promise<void> {
    while (!stopping.signal.aborted) {
      const apis = await findApis()
      const names = new Set(apis.map(addressName))
      for (const name of ready) if (!names.has(name)) ready.delete(name)
      await Promise.all(apis.map(ask))
      await sleep(askEveryMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }

  void askUntilStopped()
  return { isReady: (api) => ready.has(addressName(api)), stop: () => stopping.abort() }
}

function answersReady({ host, port }: ApiAddress): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = get({ host, port, path: '/health/ready', agent: false, timeout: answerWithinMs }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    asked.once('timeout', () => asked.destroy())
    asked.once('error', () => resolve(false))
  })
}
