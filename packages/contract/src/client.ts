import type { AuditTrail, AuditTrailQuery } from './audit-trail.ts'
import { feedCalls } from './feed-calls.ts'
import type { HealthReady } from './health.ts'
import type { AsideList } from './aside.ts'
import type { DiscardedJob, FailedJobs, RetriedJob } from './jobs.ts'
import type { ChangeTotalBody, CreateSaleBody, ItemAudit, OpsSession, RestockBody } from './ops.ts'
import type { FindOrdersQuery, FoundOrders, ListOrdersQuery, OrderList } from './order-list.ts'
import type { OrderAccepted, OrderView, PlaceOrderBody } from './orders.ts'
import type { ActOptions, ActOptionsWithReason, Failure, KeyOption, NoAnswer, Outcome } from './outcome.ts'
import type {
  ListPaymentsQuery,
  ListRefundsQuery,
  ListUnknownMoneyQuery,
  PaymentBegun,
  PaymentList,
  RefundList,
  RefundOrderBody,
  RefundView,
  ResolvedUnknownMoney,
  UnknownMoneyList,
} from './payments.ts'
import { isProblemCode, type Problem } from './problem.ts'
import type { DiscardedFromQuarantine, QuarantineList, QuarantineQuery, ReplayedFromQuarantine } from './quarantine.ts'
import type { ItemView, ListSalesQuery, ReadSaleQuery, SaleList, SaleView, ServerTime } from './sales.ts'
import type { SaleDrop, SaleStory } from './sale-story.ts'
import type { SearchResult } from './search.ts'
import type { SignIn } from './sign-in.ts'
import type { DevToken } from './tokens.ts'

export type { ActOptions, Failure, KeyOption, NoAnswer, Outcome } from './outcome.ts'

export interface ClientOptions {
  /** Where the API is, for example `http://127.0.0.1:3000`. In a browser on the same origin: an empty string. */
  readonly baseUrl: string
  /** The buyer's token. */
  readonly token?: string
  /** The operators' key. */
  readonly opsKey?: string
  /** The operator's name, for the audit trail. */
  readonly operator?: string | undefined
  readonly fetch?: typeof fetch
  /** The longest wait for one answer, in ms. After it the outcome is NO_ANSWER, also for a dead connection. */
  readonly timeoutMs?: number
}

interface Call {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly bearer?: string | undefined
  readonly body?: unknown
  readonly idempotencyKey?: string | undefined
  readonly prefer?: string
  readonly operator?: string | undefined
  readonly reason?: string | undefined
}

export type Client = ReturnType<typeof createClient>

const timeoutMsDefault = 15_000

/**
 * A typed client of the HTTP API, for browsers and Node. Its calls never reject: every outcome is a value, `ok` or a problem.
 * It does not retry. `problem.retryAfterMs` says when the caller may, and an idempotency key makes a retry safe.
 */
export function createClient(options: ClientOptions) {
  const { token, opsKey, operator } = options
  const call = <Value>(details: Call) => send<Value>(options, details)
  const operate = <Value>(path: string, body?: unknown, extras: ActOptions = {}) =>
    call<Value>({ method: 'POST', path: `/v1/ops${path}`, bearer: opsKey, operator, body, ...extras })
  const read = <Value>(path: string, query: Readonly<Record<string, string | undefined>> = {}) =>
    call<Value>({ method: 'GET', path: `/v1/ops${path}${queryOf(query)}`, bearer: opsKey })

  return {
    ...feedCalls({ read, operate }),
    placeOrder: (body: PlaceOrderBody, { idempotencyKey }: KeyOption = {}) =>
      call<OrderAccepted>({ method: 'POST', path: '/v1/orders', bearer: token, body, idempotencyKey }),
    /** As `placeOrder`, but waits up to `waitSeconds` for the order to be in Postgres: then it is the confirmed order (201). */
    placeCommittedOrder: (body: PlaceOrderBody, waitSeconds: number, { idempotencyKey }: KeyOption = {}) =>
      call<OrderAccepted | OrderView>({
        method: 'POST',
        path: '/v1/orders',
        bearer: token,
        body,
        idempotencyKey,
        prefer: `wait=${waitSeconds}`,
      }),
    /** Reads the buyer's own order with a buyer's token, or any order with the operators' key. */
    readOrder: (orderId: string) =>
      call<OrderView>({ method: 'GET', path: `/v1/orders/${encodeURIComponent(orderId)}`, bearer: token ?? opsKey }),
    /** Cancels an order that is not paid: the buyer's own, or with the operators' key any order. Safe to repeat. */
    cancelOrder: (orderId: string) =>
      call<OrderView>({
        method: 'POST',
        path: `/v1/orders/${encodeURIComponent(orderId)}/cancel`,
        bearer: token ?? opsKey,
      }),
    /** The buyer's own orders, newest first. */
    listOrders: (query: ListOrdersQuery = {}) =>
      call<OrderList>({ method: 'GET', path: `/v1/orders${queryOf(query)}`, bearer: token }),
    /** Begins to pay the buyer's own order, or answers the payment that is open. */
    beginPayment: (orderId: string) =>
      call<PaymentBegun>({ method: 'POST', path: `/v1/orders/${encodeURIComponent(orderId)}/payments`, bearer: token }),
    readSignIn: () => call<SignIn>({ method: 'GET', path: '/v1/sign-in' }),
    readTime: () => call<ServerTime>({ method: 'GET', path: '/v1/time' }),
    /** Sales, newest first: in the given state, or by default open, scheduled and paused sales. */
    listSales: (query: ListSalesQuery = {}) => call<SaleList>({ method: 'GET', path: `/v1/sales${queryOf(query)}` }),
    readSale: (saleId: number, query: ReadSaleQuery = {}) =>
      call<SaleView>({ method: 'GET', path: `/v1/sales/${saleId}${queryOf(query)}` }),
    /** What came of a sale. */
    readStory: (saleId: number) => call<SaleStory>({ method: 'GET', path: `/v1/sales/${saleId}/story` }),

    createSale: (body: CreateSaleBody, key?: ActOptions) => operate<SaleView>('/sales', body, key),
    pauseSale: (saleId: number, key?: ActOptions) => operate<SaleView>(`/sales/${saleId}/pause`, undefined, key),
    resumeSale: (saleId: number, key?: ActOptions) => operate<SaleView>(`/sales/${saleId}/resume`, undefined, key),
    closeSale: (saleId: number, key?: ActOptions) => operate<SaleView>(`/sales/${saleId}/close`, undefined, key),
    /** The orders of a sale since its opening. */
    readDrop: (saleId: number) =>
      call<SaleDrop>({ method: 'GET', path: `/v1/ops/sales/${saleId}/drop`, bearer: opsKey }),
    restockItem: (itemId: number, body: RestockBody, key?: ActOptions) =>
      operate<ItemView>(`/items/${itemId}/restock`, body, key),
    changeTotal: (itemId: number, body: ChangeTotalBody, key?: ActOptions) =>
      operate<ItemView>(`/items/${itemId}/total`, body, key),
    rebuildItem: (itemId: number, key?: ActOptions) => operate<ItemView>(`/items/${itemId}/rebuild`, undefined, key),
    auditItem: (itemId: number) =>
      call<ItemAudit>({ method: 'GET', path: `/v1/ops/items/${itemId}/audit`, bearer: opsKey }),
    findOrders: (query: FindOrdersQuery = {}) =>
      call<FoundOrders>({ method: 'GET', path: `/v1/ops/orders${queryOf(query)}`, bearer: opsKey }),
    /** Orders, sales and items that the text names. */
    search: (text: string) =>
      call<SearchResult>({ method: 'GET', path: `/v1/ops/search${queryOf({ text })}`, bearer: opsKey }),
    readAuditTrail: (query: AuditTrailQuery = {}) =>
      call<AuditTrail>({ method: 'GET', path: `/v1/ops/audit-events${queryOf(query)}`, bearer: opsKey }),
    listFailedJobs: () => call<FailedJobs>({ method: 'GET', path: '/v1/ops/jobs/failed', bearer: opsKey }),
    retryJob: (jobId: string, key?: ActOptions) =>
      operate<RetriedJob>(`/jobs/${encodeURIComponent(jobId)}/retry`, undefined, key),
    discardJob: (jobId: string, key?: ActOptions) =>
      operate<DiscardedJob>(`/jobs/${encodeURIComponent(jobId)}/discard`, undefined, key),
    listPayments: (query: ListPaymentsQuery = {}) =>
      call<PaymentList>({ method: 'GET', path: `/v1/ops/payments${queryOf(query)}`, bearer: opsKey }),
    listRefunds: (query: ListRefundsQuery = {}) =>
      call<RefundList>({ method: 'GET', path: `/v1/ops/refunds${queryOf(query)}`, bearer: opsKey }),
    /** Cancels a paid order, and gives its money back. */
    refundOrder: (orderId: string, body: RefundOrderBody, key: ActOptionsWithReason) =>
      operate<RefundView>(`/orders/${encodeURIComponent(orderId)}/refund`, body, key),
    /** Money that came for no payment of ours, and that no operator dealt with yet. */
    listUnknownMoney: (query: ListUnknownMoneyQuery = {}) =>
      call<UnknownMoneyList>({ method: 'GET', path: `/v1/ops/unknown-money${queryOf(query)}`, bearer: opsKey }),
    resolveUnknownMoney: (unknownMoneyId: number, key: ActOptionsWithReason) =>
      operate<ResolvedUnknownMoney>(`/unknown-money/${unknownMoneyId}/resolve`, undefined, key),
    listQuarantine: (query: QuarantineQuery = {}) =>
      call<QuarantineList>({ method: 'GET', path: `/v1/ops/quarantine${queryOf(query)}`, bearer: opsKey }),
    /** What other items left under a number, and what was discarded: nothing of it is sold or offered. */
    listAside: () => call<AsideList>({ method: 'GET', path: '/v1/ops/aside', bearer: opsKey }),
    replayQuarantined: (quarantineId: number, key?: ActOptions) =>
      operate<ReplayedFromQuarantine>(`/quarantine/${quarantineId}/replay`, undefined, key),
    discardQuarantined: (quarantineId: number, key?: ActOptions) =>
      operate<DiscardedFromQuarantine>(`/quarantine/${quarantineId}/discard`, undefined, key),
    /** Opens /ops/queue/ to this browser for a limited time. */
    openOpsSession: () => operate<OpsSession>('/session'),

    makeDevToken: (buyer: string) => call<DevToken>({ method: 'POST', path: '/v1/dev/tokens', body: { buyer } }),
    ready: () => call<HealthReady>({ method: 'GET', path: '/health/ready' }),
  }
}

async function send<Value>(options: ClientOptions, call: Call): Promise<Outcome<Value>> {
  const sendRequest = options.fetch ?? fetch
  let status: number | undefined
  try {
    const response = await sendRequest(options.baseUrl.replace(/\/$/, '') + call.path, {
      method: call.method,
      headers: headersOf(call),
      ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
      signal: AbortSignal.timeout(options.timeoutMs ?? timeoutMsDefault),
    })
    status = response.status
    if (!response.ok) return { ok: false, problem: await readProblem(response) }
    // The service checks its answers against the schemas from which the type Value comes.
    const value: Value = JSON.parse(await response.text())
    const replayed = response.headers.get('idempotent-replayed') === 'true'
    return { ok: true, status, value, ...(replayed && { replayed }) }
  } catch (error) {
    return { ok: false, problem: noAnswer(reasonOf(error), status) }
  }
}

function queryOf(query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined)
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
}

function headersOf(call: Call): Record<string, string> {
  return {
    accept: 'application/json, application/problem+json',
    ...(call.body !== undefined && { 'content-type': 'application/json' }),
    ...(call.bearer !== undefined && { authorization: `Bearer ${call.bearer}` }),
    ...(call.idempotencyKey !== undefined && { 'idempotency-key': call.idempotencyKey }),
    ...(call.prefer !== undefined && { prefer: call.prefer }),
    ...(call.operator && { 'operator-name': encodeURIComponent(call.operator) }),
    ...(call.reason && { 'act-reason': encodeURIComponent(call.reason) }),
  }
}

async function readProblem(response: Response): Promise<Failure['problem']> {
  const problem: Problem | null = JSON.parse(await response.text())
  if (isProblemCode(problem?.code)) return problem
  return noAnswer('The answer is not one of this service.', response.status)
}

function noAnswer(detail: string, status: number | undefined): NoAnswer {
  return { code: 'NO_ANSWER', title: 'No answer from the service', detail, ...(status !== undefined && { status }) }
}

/** Node hides the reason of "fetch failed" in the error's cause, or in the list of attempts inside the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const attempt: unknown = error.cause instanceof AggregateError ? error.cause.errors[0] : error.cause
  return attempt instanceof Error ? `${error.message}: ${attempt.message}` : error.message
}
