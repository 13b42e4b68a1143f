import type { StackStep } from '../start-stack.ts'
import type { AppLog } from './app-log.ts'
import { readDemoEnv } from './app-settings.ts'
import { reportDone, type Terminal } from './terminal.ts'

/** Prints which part is up, and which part is starting. The apps' own log lines are shown once they are up. */
export function reportStep(terminal: Terminal, step: StackStep, appLog: AppLog): void {
  const { REDIS_URL, DATABASE_URL } = readDemoEnv()
  switch (step.kind) {
    case 'services':
      reportStore(terminal, 'Redis', step.services.redisUrl, REDIS_URL && 'REDIS_URL')
      reportStore(terminal, 'Postgres', step.services.databaseUrl, DATABASE_URL && 'DATABASE_URL')
      return terminal.busy('bringing the database up to date')
    case 'migrated': {
      const { length } = step.applied
      reportDone(terminal, 'Database', length === 0 ? 'up to date' : `${length} migrations and functions applied`)
      return terminal.busy('starting the API and the worker')
    }
    case 'apps':
      reportDone(terminal, 'API', `${step.api.url}  ${terminal.paint('dim', apiNote(step.api))}`)
      reportDone(terminal, 'Worker', `moves orders to Postgres  ${terminal.paint('dim', `process ${step.worker.pid}`)}`)
      appLog.open()
  }
}

/** Only the address of a given store is known yet. */
function reportStore(terminal: Terminal, what: string, url: string, givenBy: string | undefined): void {
  if (givenBy) return terminal.line(`    ${what.padEnd(10)} the one of ${givenBy}`)
  const { hostname, port } = new URL(url)
  reportDone(terminal, what, `started at ${hostname}:${port}`)
}

/** Explains why a port differs from the wanted one. */
function apiNote({ url, pid }: { url: string; pid: number }): string {
  const { PORT: wanted, RESERVE_STRATEGY: strategy } = readDemoEnv()
  const isOther = wanted !== 0 && Number(new URL(url).port) !== wanted
  const notes = [
    `process ${pid}`,
    ...(isOther ? [`port ${wanted} is taken by another process`] : []),
    ...(strategy !== 'gate' ? [`RESERVE_STRATEGY=${strategy}`] : []),
  ]
  return notes.join('; ')
}
