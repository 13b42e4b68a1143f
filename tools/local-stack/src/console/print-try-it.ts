import type { Client } from '@flash-sale/contract/client'
import type { ItemView } from '@flash-sale/contract/sales'
import { count, type Terminal } from './terminal.ts'

export interface TryIt {
  readonly apiUrl: string
  /** The address of the shop, with the dashboard beside it; undefined if there are no pages. */
  readonly pagesUrl: string | undefined
  readonly opsKey: string
  readonly item: ItemView
  /** The buyer whose token the command has. */
  readonly buyer: string
}

/** Prints all addresses, and a command that places an order, ready to paste. */
export async function printTryIt(
  client: Client,
  { apiUrl, pagesUrl, opsKey, item, buyer }: TryIt,
  terminal: Terminal,
): Promise<void> {
  const { line, paint } = terminal
  const outcome = await client.makeDevToken(buyer)
  if (!outcome.ok) throw new Error(`There is no token to try it with: ${outcome.problem.title}`)
  const { token } = outcome.value
  const entry = (what: string, where: string) => {
    line(`    ${what.padEnd(9)}  ${paint('cyan', where)}`)
  }
  if (pagesUrl !== undefined) {
    entry('Shop', pagesUrl)
    entry('Dashboard', `${dashboardOf(pagesUrl)}  sign in with the ops key`)
  }
  entry('API', apiUrl)
  entry('API docs', `${apiUrl}/docs`)
  entry('Ops key', opsKey)
  line()
  line(
    `  Place an order yourself: of "${item.name}" there are ${count(item.available)} units, ${item.purchaseLimit} a buyer.`,
  )
  line(`  Each call is another order. With -H 'Idempotency-Key: mine' a second call gets the same order.`)
  line()
  line(`curl -i ${apiUrl}/v1/orders \\`)
  line(`  -H 'Authorization: Bearer ${token}' \\`)
  line(`  -H 'Content-Type: application/json' \\`)
  line(`  -d '{"itemId":${item.itemId},"quantity":1}'`)
  line()
  line('  See the numbers of both stores:')
  line()
  line(`curl ${apiUrl}/v1/ops/items/${item.itemId}/audit -H 'Authorization: Bearer ${opsKey}'`)
  line()
}

/** The address of the dashboard. */
export function dashboardOf(pagesUrl: string): string {
  return new URL('/ops', pagesUrl).href
}
