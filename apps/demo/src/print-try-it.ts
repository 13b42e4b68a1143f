import type { Client } from '@flash-sale/contract/client'
import type { ItemView } from '@flash-sale/contract/sales'
import { count, type Terminal } from './terminal.ts'

export interface TryIt {
  readonly apiUrl: string
  readonly opsKey: string
  readonly item: ItemView
}

const buyer = 'you'

/** Prints where everything is, and a command to paste that places an order. */
export async function printTryIt(client: Client, { apiUrl, opsKey, item }: TryIt, terminal: Terminal): Promise<void> {
  const { line, paint } = terminal
  const outcome = await client.makeDevToken(buyer)
  if (!outcome.ok) throw new Error(`There is no token to try it with: ${outcome.problem.title}`)
  const { token } = outcome.value
  const entry = (what: string, where: string, note = '') => {
    line(`    ${what.padEnd(8)}  ${paint('cyan', where)}${note && `  ${paint('dim', note)}`}`)
  }
  entry('API', apiUrl)
  entry('API docs', `${apiUrl}/docs`)
  entry('ops key', opsKey, 'for the operators’ calls')
  line()
  line(
    `  Place an order yourself: ${count(item.available)} units of "${item.name}" are left, ${item.purchaseLimit} a buyer. Paste`,
  )
  line('  this (each time is a new order; add -H "Idempotency-Key: my-order" to repeat one):')
  line()
  line(`curl -i ${apiUrl}/v1/orders \\`)
  line(`  -H 'Authorization: Bearer ${token}' \\`)
  line(`  -H 'Content-Type: application/json' \\`)
  line(`  -d '{"itemId":${item.itemId},"quantity":1}'`)
  line()
  line('  And see what the stores say of it:')
  line()
  line(`curl ${apiUrl}/v1/ops/items/${item.itemId}/audit -H 'Authorization: Bearer ${opsKey}'`)
  line()
}
