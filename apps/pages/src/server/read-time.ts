import { createClient } from '@flash-sale/contract/client'
import { valueOf } from './problem.ts'

const client = createClient({ baseUrl: '', timeoutMs: 5_000 })

/** The service's clock, in ms since 1970. Rejects if it does not answer. */
export async function readTime(): Promise<number> {
  const { now } = await valueOf(client.readTime())
  return Date.parse(now)
}
