import { check, sleep } from 'k6'
import http from 'k6/http'
import { complain } from './complain.ts'
import { plan } from './plan.ts'

/** What came of a call for an order: done, or the order had ended before it. */
type Done<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'ended' }
  | { readonly kind: 'wrong' }

interface Answered {
  readonly url?: string
  readonly status?: string
  readonly code?: string
}

const triesMax = 40
const pauseS = 0.25

/** Begins to pay an order, once it is stored. The value is the address of the pay page. */
export function beginPayment(orderId: string, token: string): Done<string> {
  const asked = ask(`${orderId}/payments`, token)
  if (asked.kind !== 'done') return asked
  return asked.value.url === undefined ? { kind: 'wrong' } : { kind: 'done', value: asked.value.url }
}

/** Cancels an order, once it is stored. The value is its status. */
export function cancelOrder(orderId: string, token: string): Done<string> {
  const asked = ask(`${orderId}/cancel`, token)
  return asked.kind === 'done' ? { kind: 'done', value: asked.value.status ?? '' } : asked
}

function ask(path: string, token: string): Done<Answered> {
  for (let tries = 1; ; tries += 1) {
    const response = http.post(`${plan.baseUrl}/v1/orders/${path}`, null, {
      headers: { Authorization: `Bearer ${token}` },
      responseCallback: http.expectedStatuses(200, 409, 503),
      responseType: 'text',
      tags: { name: `POST /v1/orders/:orderId/${path.split('/')[1]}` },
    })
    const body: Answered = JSON.parse(response.body || '{}')
    if (response.status === 200) return { kind: 'done', value: body }
    if (body.code === 'ORDER_ENDED') return { kind: 'ended' }
    if (response.status === 503 && tries < triesMax) {
      sleep(pauseS * (0.5 + Math.random()))
      continue
    }
    complain(`unexpected answer to ${path}: ${response.status} ${response.error || response.body}`)
    return { kind: 'wrong' }
  }
}

/** Presses the button of the simulated provider's pay page. No other page is touched: it may be the one of a real provider. */
export function pressPay(url: string): void {
  const isSimulated = /\/pay\/sim_[\w-]+$/.test(url)
  check(null, { 'the pay page is one of the simulated provider': () => isSimulated })
  if (!isSimulated) return
  const response = http.post(`${url}/succeed`, null, {
    responseCallback: http.expectedStatuses(303),
    tags: { name: 'POST the pay page' },
  })
  check(response, { 'the pay page took the money': ({ status }) => status === 303 })
}
