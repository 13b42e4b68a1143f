import type { Measured } from '../figures.ts'
import type { DashboardsFigure } from '../figures/dashboards.ts'
import type { FsyncFigure } from '../figures/fsync.ts'
import type { LevelsFigure } from '../figures/levels.ts'
import type { ProcessesFigure } from '../figures/processes.ts'
import type { SizeFigure } from '../figures/size.ts'
import type { StreamsFigure } from '../figures/streams.ts'
import type { SustainedFigure } from '../figures/sustained.ts'
import { startSection, stormSection, tokenSection } from './storm-sections.ts'
import { faint, figure, medianText, rangeOf, ratioCell } from './format.ts'
import { lockSections } from './lock-sections.ts'
import { endSection } from './end-section.ts'
import { persistSection } from './persist-section.ts'
import { pressedSection } from './pressed-section.ts'
import type { Cell, Section } from './section.ts'

/** Everything that was measured, part by part. */
export function sectionsOf(found: Measured): Section[] {
  const { persist, sustained, processes, size, dashboards, streams, fsync, levels, lock, storm, start, token, end } =
    found
  return [
    ...(storm ? [stormSection(storm)] : []),
    pressedSection(found),
    ...(start ? [startSection(start)] : []),
    ...(token ? [tokenSection(token)] : []),
    ...(persist ? [persistSection(persist)] : []),
    ...(end ? [endSection(end)] : []),
    ...(sustained ? [sustainedSection(sustained)] : []),
    ...(processes ? [processesSection(processes)] : []),
    ...(size ? [sizeSection(size)] : []),
    ...(dashboards ? [dashboardsSection(dashboards)] : []),
    ...(streams ? [streamsSection(streams)] : []),
    ...(fsync ? [fsyncSection(fsync)] : []),
    ...(lock ? lockSections(lock) : []),
    ...(levels ? [levelsSection(levels)] : []),
  ]
}

function sustainedSection(found: SustainedFigure): Section {
  const { cpuMicros, outboxAgeMs, outboxAgeMsBySecond } = found
  const cpu = Object.entries(cpuMicros).map(([part, micros]) => `${part} ${figure(micros)} µs`)
  const greatest = Math.max(1, ...outboxAgeMsBySecond)
  return {
    title: `(h) API and worker together for ${found.seconds} s: how old the outbox gets`,
    note:
      `Accepting while all of it is persisted ran at ${figure(found.ofBareWithToken)} of the bare server with a token check, which has ` +
      `the machine to itself. When the last order was answered ${figure(found.persistedShare * 100)} % of all were in Postgres. Age of ` +
      `the oldest waiting order: p50 ${figure(outboxAgeMs.p50)} ms, p99 ${figure(outboxAgeMs.p99)} ms. CPU an order: ${cpu.join(', ')}.`,
    columns: ['second', 'oldest waiting order, at most ms'],
    rows: outboxAgeMsBySecond.map((ageMs, second) => [
      String(second + 1),
      { text: figure(ageMs), bar: ageMs / greatest },
    ]),
  }
}

function processesSection(found: readonly ProcessesFigure[]): Section {
  const full = Math.max(...found.map(({ ofOne }) => ofOne.median))
  return {
    title: '(i) API processes on one item and on many',
    note:
      'Accepted orders against one process on one item. All processes, Redis and the load generator share the cores of this machine, so ' +
      'more of them need not be more: bare servers, against one of them, show what that costs by itself. Least share: orders of the ' +
      'process that got the fewest, of an even share.',
    columns: ['', 'of one', 'half of the rounds', 'least share', 'API µs', 'Redis µs'],
    rows: found.map(({ processCount, itemCount, ofOne, leastShare, cpuMicros }) => [
      itemCount === undefined
        ? counted(processCount, 'bare server', 'bare servers')
        : `${counted(processCount, 'process', 'processes')} on ${counted(itemCount, 'item', 'items')}`,
      ratioCell(ofOne, full),
      rangeOf(ofOne),
      medianText(leastShare),
      medianText(cpuMicros.api),
      medianText(cpuMicros.redis),
    ]),
  }
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}

const bytesOfMiB = 2 ** 20

function sizeSection(found: readonly SizeFigure[]): Section {
  const full = Math.max(...found.map(({ costOfTenThousand }) => costOfTenThousand?.median ?? 0))
  return {
    title: '(j) Cost of an order against the size of its ledger',
    note:
      'CPU of API and Redis for an order, against a ledger of 10,000. Bytes in Redis at rest, when all orders are in Postgres, each by ' +
      'another buyer: of the keys of the item, and by how much more memory Redis used. Resident memory of the processes in MiB.',
    columns: [
      'orders',
      'CPU, of 10,000',
      'API µs',
      'Redis µs',
      'bytes an order',
      'used bytes',
      'API MiB',
      'worker MiB',
      'Redis MiB',
    ],
    rows: found.map(({ orderCount, costOfTenThousand, cpuMicros, residentBytes: resident, ...bytes }) => [
      orderCount.toLocaleString('en-US'),
      ratioCell(costOfTenThousand, full),
      medianText(cpuMicros.api),
      medianText(cpuMicros.redis),
      figure(bytes.bytesAnOrder),
      figure(bytes.usedBytesAnOrder),
      mebibytes(resident.api),
      mebibytes(resident.worker),
      mebibytes(resident.redis),
    ]),
  }
}

function mebibytes(bytes: number | undefined): Cell {
  return faint(bytes === undefined ? '' : figure(bytes / bytesOfMiB))
}

function dashboardsSection({ count, ofNone, apiCpuOfNone, bytesPerSecondOfEach }: DashboardsFigure): Section {
  return {
    title: `(k) ${count} open dashboards`,
    note: `Accepted orders with them open against without. Each got ${figure(bytesPerSecondOfEach.median)} bytes a second.`,
    columns: ['', 'of none', 'half of the rounds'],
    rows: [
      ['accepted orders', ratioCell(ofNone, 1), rangeOf(ofNone)],
      ...(apiCpuOfNone ? [['CPU of the API an order', medianText(apiCpuOfNone), rangeOf(apiCpuOfNone)]] : []),
    ],
  }
}

function streamsSection({ count, ofNone, apiCpuOfNone, residentBytes, bytesPerSecondOfEach }: StreamsFigure): Section {
  const memory =
    residentBytes === undefined ? '' : ` The API took ${figure(residentBytes / bytesOfMiB)} MiB more memory with them.`
  return {
    title: `(s) ${count.toLocaleString('en-US')} open shop pages`,
    note: `Accepted orders with them open against without. Each got ${figure(bytesPerSecondOfEach.median)} bytes a second.${memory}`,
    columns: ['', 'of none', 'half of the rounds'],
    rows: [
      ['accepted orders', ratioCell(ofNone, 1), rangeOf(ofNone)],
      ...(apiCpuOfNone ? [['CPU of the API an order', medianText(apiCpuOfNone), rangeOf(apiCpuOfNone)]] : []),
    ],
  }
}

function fsyncSection({ connections, alwaysOfEverysec, p99Ms }: FsyncFigure): Section {
  return {
    title: '(l) appendfsync always against everysec',
    note: `Accepted orders at ${connections} connections: an fsync is paid once a batch, and batches grow with what waits.`,
    columns: ['', 'always, of everysec', 'half of the rounds', 'p99 ms always', 'p99 ms everysec'],
    rows: [
      [
        'accepted orders',
        ratioCell(alwaysOfEverysec, 1),
        rangeOf(alwaysOfEverysec),
        faint(medianText(p99Ms.always)),
        faint(medianText(p99Ms.everysec)),
      ],
    ],
  }
}

function levelsSection({ connections, replicatedOfFsync, p99Ms, committedMs }: LevelsFigure): Section {
  return {
    title: '(n) Acknowledgement levels above fsync',
    note:
      `Accepted orders at ${connections} connections, each batch confirmed by one replica, against the same Redis without WAIT. ` +
      `Committed: from the request of an order with Prefer: wait to its 201, p50 ${figure(committedMs.p50.median)} ms, ` +
      `p99 ${figure(committedMs.p99.median)} ms; the API asks Postgres every 250 ms.`,
    columns: ['', 'replicated, of fsync', 'half of the rounds', 'p99 ms replicated', 'p99 ms fsync'],
    rows: [
      [
        'accepted orders',
        ratioCell(replicatedOfFsync, 1),
        rangeOf(replicatedOfFsync),
        faint(medianText(p99Ms.replicated)),
        faint(medianText(p99Ms.fsync)),
      ],
    ],
  }
}
