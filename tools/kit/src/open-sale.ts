import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client, Outcome } from '@flash-sale/contract/client'
import type { ItemView, SaleView } from '@flash-sale/contract/sales'
import { StartupError } from '@flash-sale/runtime/startup-error'
import { callPatiently } from './call-patiently.ts'

export interface NewItem {
  readonly total: number
  readonly purchaseLimit: number
  /** Default `SKU-1`, `SKU-2` and so on. */
  readonly sku?: string
  /** Default: the name of the sale. */
  readonly name?: string
  readonly priceCents?: number
}

export interface NewSale {
  readonly name: string
  readonly items: readonly NewItem[]
  /** How long until the sale opens, by the service's clock. Default: it opened a minute ago. In ms. */
  readonly opensInMs?: number
  /** How long until the sale closes, by the service's clock. Default: 30 days. In ms. */
  readonly closesInMs?: number
  /** The sale asks for payment, in euros, within this time. Default: it does not. In seconds. */
  readonly payWithinSeconds?: number
}

/** A sale as the service shows it, with its items in the given order. */
export interface CreatedSale extends SaleView {
  /** The first of the items. */
  readonly item: ItemView
}

const minuteMs = 60_000
const monthMs = 30 * 24 * 60 * minuteMs
const priceCentsDefault = 4_900

/**
 * Creates a sale and waits until its items can be ordered. Throws a StartupError of one line if the service refuses.
 */
export async function openSale(operator: Client, sale: NewSale, signal?: AbortSignal): Promise<CreatedSale> {
  const created = await createSale(operator, sale, signal)
  await untilOpen(operator, created, { signal })
  return created
}

/** Creates a sale without waiting. Throws as `openSale` does. */
export async function createSale(operator: Client, sale: NewSale, signal?: AbortSignal): Promise<CreatedSale> {
  const { name, items, opensInMs = -minuteMs, closesInMs = monthMs, payWithinSeconds } = sale
  const nowMs = await readNowMs(operator, signal)
  const body = {
    name,
    opensAt: new Date(nowMs + opensInMs).toISOString(),
    closesAt: new Date(nowMs + closesInMs).toISOString(),
    ...(payWithinSeconds !== undefined && { payWithinSeconds, currency: 'EUR' }),
    items: items.map((item, i) => ({ sku: `SKU-${i + 1}`, name, priceCents: priceCentsDefault, ...item })),
  }
  // The sale may exist even if the answer was lost, so every try has the same key.
  const idempotencyKey = randomUUID()
  const created = await callPatiently(() => operator.createSale(body, { idempotencyKey }), signal && { signal })
  if (!created.ok) throw new StartupError(`the sale "${name}" could not be created: ${reasonOf(created.problem)}`)
  const { value } = created
  const inOrder = body.items.map(({ sku }) => {
    const item = value.items.find((candidate) => candidate.sku === sku)
    if (!item) throw new Error(`the created sale lacks the item ${sku}`)
    return item
  })
  const [item] = inOrder
  if (!item) throw new Error('a sale has one item at least')
  return { ...value, items: inOrder, item }
}

export interface UntilOpenOptions {
  readonly signal?: AbortSignal | undefined
  /** Called about once a second with the remaining time, in ms. */
  readonly onWait?: (leftMs: number) => void
}

/** Waits until a sale opens, by the service's clock. Rejects when the signal is aborted. */
export async function untilOpen(
  client: Client,
  { state, opensAt }: Pick<SaleView, 'state' | 'opensAt'>,
  { signal, onWait }: UntilOpenOptions = {},
): Promise<void> {
  if (state !== 'scheduled') return
  for (;;) {
    const leftMs = Date.parse(opensAt) - (await readNowMs(client, signal))
    if (leftMs <= 0) return
    onWait?.(leftMs)
    await sleep(leftMs % 1_000 || 1_000, undefined, { signal })
  }
}

async function readNowMs(client: Client, signal: AbortSignal | undefined): Promise<number> {
  const time = await callPatiently(() => client.readTime(), signal && { signal })
  if (!time.ok) throw new StartupError(`the service did not tell its time: ${reasonOf(time.problem)}`)
  return Date.parse(time.value.now)
}

function reasonOf({ code, detail }: Extract<Outcome<unknown>, { ok: false }>['problem']): string {
  const isKeyWrong = code === 'UNAUTHORIZED' || code === 'FORBIDDEN'
  return isKeyWrong ? 'OPS_KEY is not the key of this service' : `${code}: ${detail}`
}
