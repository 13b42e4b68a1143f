import type { FigureName, Measured } from './figures.ts'
import type { Spread } from './measure/spread.ts'

export type Unit = 'ratio' | 'us' | 'bytes' | 'ms' | 'orders'

/** The target of a figure, and its meaning. */
export interface Target {
  readonly figure: FigureName
  /** What is measured, in words that go before "at least" or "at most". */
  readonly what: string
  readonly bound: { readonly atLeast: number } | { readonly atMost: number }
  readonly unit: Unit
  readonly meaning: string
  /** The null pair whose noise applies: that of rates, that of CPU, or none if the value does not depend on time. */
  readonly noise: 'rate' | 'cpu' | 'none'
  /** Undefined when it was not measured. */
  readonly measured: (found: Measured) => number | undefined
}

export const targets: readonly Target[] = [
  {
    figure: 'accept',
    what: 'accepted orders, of the bare server with a token check',
    bound: { atLeast: 0.9 },
    unit: 'ratio',
    meaning: 'Stock, limit, idempotency and the outbox together cost a tenth of an empty Fastify route.',
    noise: 'rate',
    measured: ({ pressed }) => median(pressed.accept?.ofBareWithToken),
  },
  {
    figure: 'accept',
    what: 'accepted orders, of the bare server without',
    bound: { atLeast: 0.75 },
    unit: 'ratio',
    meaning: 'With the token check on top, a quarter.',
    noise: 'rate',
    measured: ({ pressed }) => median(pressed.accept?.ofBare),
  },
  {
    figure: 'distinct',
    what: 'accepted orders of new buyers, of the bare server without a token check',
    bound: { atLeast: 0.8 },
    unit: 'ratio',
    meaning: 'A buyer whose token was never seen costs a fifth more than an empty Fastify route.',
    noise: 'rate',
    measured: ({ pressed }) => median(pressed.distinct?.ofBare),
  },
  {
    figure: 'storm',
    what: 'accepted orders of new buyers while all are persisted, of the bare server without a token check',
    bound: { atLeast: 0.6 },
    unit: 'ratio',
    meaning:
      'With API, worker, Redis and Postgres on the same cores, the real storm runs at more than half of an empty route.',
    noise: 'rate',
    measured: ({ storm }) => median(storm?.ofBare),
  },
  {
    figure: 'storm',
    what: 'CPU of all processes for an order until it is in Postgres',
    bound: { atMost: 95 },
    unit: 'us',
    meaning: 'Two cores take ten thousand orders a second and more, all of it included.',
    noise: 'cpu',
    measured: ({ storm }) => median(storm?.cpuMicrosOfAll),
  },
  {
    figure: 'storm',
    what: 'age of the oldest waiting order, p99',
    bound: { atMost: 250 },
    unit: 'ms',
    meaning: 'In the real storm an order is in Postgres within a quarter of a second.',
    noise: 'none',
    measured: ({ storm }) => storm?.outboxAgeMs.p99,
  },
  {
    figure: 'token',
    what: 'CPU of a token check for a token that was never seen',
    bound: { atMost: 5 },
    unit: 'us',
    meaning: 'The signature and the claims, and hardly more.',
    noise: 'cpu',
    measured: ({ token }) => median(token?.cpuMicros),
  },
  {
    figure: 'token',
    what: 'CPU of a token check for a token that came before',
    bound: { atMost: 1.5 },
    unit: 'us',
    meaning: 'A buyer who orders, polls and retries is checked once in full.',
    noise: 'cpu',
    measured: ({ token }) => median(token?.againMicros),
  },
  {
    figure: 'start',
    what: 'orders of the first second that failed',
    bound: { atMost: 0 },
    unit: 'orders',
    meaning: 'Ten thousand buyers who come at once to an API that was just started all get an answer.',
    noise: 'none',
    measured: ({ start }) => start?.failedCount,
  },
  {
    figure: 'start',
    what: 'p99 of the first second, of that of the tenth',
    bound: { atMost: 5 },
    unit: 'ratio',
    meaning: 'Cold code and new connections cost the first buyers a while, and not seconds.',
    noise: 'none',
    measured: ({ start }) => median(start?.firstOfTenth),
  },
  {
    figure: 'refuse',
    what: 'refused orders, of the bare server with a token check',
    bound: { atLeast: 0.9 },
    unit: 'ratio',
    meaning: 'Who comes too late hears it as fast: most of a flash sale is this.',
    noise: 'rate',
    measured: ({ pressed }) => median(pressed.refuse?.ofBareWithToken),
  },
  {
    figure: 'typical',
    what: 'the typical design, of our accepted orders',
    bound: { atMost: 0.6 },
    unit: 'ratio',
    meaning: 'Batches are worth their while against one script and one job a request.',
    noise: 'rate',
    measured: ({ pressed }) => median(pressed.typical?.ofAccept),
  },
  {
    figure: 'persist',
    what: 'rows persisted, of a bare INSERT from UNNEST',
    bound: { atLeast: 0.5 },
    unit: 'ratio',
    meaning: 'Checking and counting each order costs no more than storing it.',
    noise: 'rate',
    measured: ({ persist }) => median(persist?.ofUnnest),
  },
  {
    figure: 'persist',
    what: "rows persisted, of Prisma's createMany",
    bound: { atLeast: 5 },
    unit: 'ratio',
    meaning: 'What one would write first is five times slower.',
    noise: 'rate',
    measured: ({ persist }) => median(persist?.ofCreateMany),
  },
  {
    figure: 'persist',
    what: 'orders drained, of orders accepted',
    bound: { atLeast: 1.5 },
    unit: 'ratio',
    meaning: 'A backlog shrinks even while orders come in.',
    noise: 'rate',
    measured: ({ persist }) => median(persist?.drainOfAccept),
  },
  {
    figure: 'end',
    what: 'ending orders, rows a second against a bare UPDATE of the same rows',
    bound: { atLeast: 0.4 },
    unit: 'ratio',
    meaning: 'Counting, telling and giving back what an order held cost little more than the change of its status.',
    noise: 'rate',
    measured: ({ end }) => median(end?.ofUpdate),
  },
  {
    figure: 'sustained',
    what: 'age of the oldest waiting order, p99',
    bound: { atMost: 1_000 },
    unit: 'ms',
    meaning: 'With API and worker on the same cores at full load, an order is in Postgres within a second.',
    noise: 'none',
    measured: ({ sustained }) => sustained?.outboxAgeMs.p99,
  },
  {
    figure: 'fsync',
    what: 'accepted orders with appendfsync always, of everysec',
    bound: { atLeast: 0.9 },
    unit: 'ratio',
    meaning: 'That an accepted order is on the disk costs less than a tenth.',
    noise: 'rate',
    measured: ({ fsync }) => median(fsync?.alwaysOfEverysec),
  },
  {
    figure: 'levels',
    what: 'accepted orders at the level replicated, of fsync',
    bound: { atLeast: 0.8 },
    unit: 'ratio',
    meaning: 'That a replica has an accepted order before its buyer is told costs less than a fifth.',
    noise: 'rate',
    measured: ({ levels }) => median(levels?.replicatedOfFsync),
  },
  {
    figure: 'accept',
    what: 'CPU of Redis for an accepted order',
    bound: { atMost: 12 },
    unit: 'us',
    meaning: 'One Redis core takes the orders of several API processes.',
    noise: 'cpu',
    measured: ({ pressed }) => median(pressed.accept?.cpuMicros.redis),
  },
  {
    figure: 'size',
    what: 'memory of Redis for an order at rest, largest ledger',
    bound: { atMost: 180 },
    unit: 'bytes',
    meaning: 'A million orders are 180 MB.',
    noise: 'none',
    measured: ({ size }) => size?.at(-1)?.bytesAnOrder,
  },
  {
    figure: 'size',
    what: 'CPU for an order in a ledger of a million, of one of ten thousand',
    bound: { atMost: 1.2 },
    unit: 'ratio',
    meaning: 'A sale does not slow down as it sells.',
    noise: 'cpu',
    measured: ({ size }) => median(size?.find(({ orderCount }) => orderCount === 1_000_000)?.costOfTenThousand),
  },
  {
    figure: 'processes',
    what: 'orders of the process that gets the fewest, of an even share',
    bound: { atLeast: 0.8 },
    unit: 'ratio',
    meaning: 'No API process is crowded out, on one item or on many.',
    noise: 'rate',
    measured: ({ processes }) =>
      processes &&
      Math.min(...processes.flatMap(({ itemCount, leastShare }) => (itemCount === undefined ? [] : leastShare.median))),
  },
  {
    figure: 'processes',
    what: 'orders that one process accepts on eight items, of one item',
    bound: { atLeast: 0.95 },
    unit: 'ratio',
    meaning: 'Many items cost what one costs: their batches travel together.',
    noise: 'rate',
    measured: ({ processes }) => median(processesOn(processes, 1, 8)?.ofOne),
  },
  {
    figure: 'processes',
    what: 'orders that four processes accept on eight items, of one process on one item',
    bound: { atLeast: 0.8 },
    unit: 'ratio',
    meaning: 'Small batches of many processes on the same two cores cost a fifth.',
    noise: 'rate',
    measured: ({ processes }) => median(processesOn(processes, 4, 8)?.ofOne),
  },
  {
    figure: 'dashboards',
    what: 'accepted orders with a hundred dashboards open, of none',
    bound: { atLeast: 0.95 },
    unit: 'ratio',
    meaning: 'Watching a sale does not slow it.',
    noise: 'rate',
    measured: ({ dashboards }) => median(dashboards?.ofNone),
  },
  {
    figure: 'streams',
    what: 'CPU of the API for an accepted order with 10,000 shop pages open, of none',
    bound: { atMost: 1.05 },
    unit: 'ratio',
    meaning: 'Pages that wait for news do not slow the orders.',
    noise: 'cpu',
    measured: ({ streams }) => median(streams?.apiCpuOfNone),
  },
  {
    figure: 'streams',
    what: 'memory of the API for 10,000 open shop pages',
    bound: { atMost: 300_000_000 },
    unit: 'bytes',
    meaning: 'An open page costs 30 kB.',
    noise: 'none',
    measured: ({ streams }) => streams?.residentBytes,
  },
  {
    figure: 'lock',
    what: 'locks taken and released alone, of the fastest other library',
    bound: { atLeast: 1 },
    unit: 'ratio',
    meaning: 'Fence, deadline and queue cost nothing that a caller notices.',
    noise: 'rate',
    measured: ({ lock }) => median(lock?.ofBest.alone),
  },
  {
    figure: 'lock',
    what: 'round trips of a lock alone, of the library with the fewest',
    bound: { atMost: 1 },
    unit: 'ratio',
    meaning: 'One to take it, one to release it.',
    noise: 'none',
    measured: ({ lock }) => lock?.ofBest.aloneTrips,
  },
  {
    figure: 'lock',
    what: 'time to hand a lock to one of eight waiters, of the fastest other library',
    bound: { atMost: 1 },
    unit: 'ratio',
    meaning: 'A waiter is woken, and need not ask again and again.',
    noise: 'rate',
    measured: ({ lock }) => median(lock?.ofBest.handOff),
  },
  {
    figure: 'lock',
    what: 'round trips of a lock with eight waiters, of the library with the fewest',
    bound: { atMost: 1 },
    unit: 'ratio',
    meaning: 'Who waits does not press Redis.',
    noise: 'none',
    measured: ({ lock }) => lock?.ofBest.waitingTrips,
  },
]

function processesOn(figures: Measured['processes'], processCount: number, itemCount: number) {
  return figures?.find((figure) => figure.processCount === processCount && figure.itemCount === itemCount)
}

function median(spread: Spread | undefined): number | undefined {
  return spread?.median
}
