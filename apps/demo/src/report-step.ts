import type { StackStep } from '@flash-sale/local-services/start-stack'
import { reportDone, type Terminal } from './terminal.ts'

/** Says what has come up, and what is awaited next. */
export function reportStep(terminal: Terminal, step: StackStep): void {
  switch (step.kind) {
    case 'services':
      reportDone(terminal, 'Redis', placeOf(step.services.redisUrl))
      reportDone(terminal, 'Postgres', placeOf(step.services.databaseUrl))
      return terminal.busy('bringing the database up to date')
    case 'migrated': {
      const { length } = step.applied
      reportDone(terminal, 'Database', length === 0 ? 'up to date' : `${length} migrations applied`)
      return terminal.busy('starting the API and the worker')
    }
    case 'apps':
      reportDone(terminal, 'API', `${step.api.url}  ${terminal.paint('dim', `process ${step.api.pid}`)}`)
      reportDone(terminal, 'Worker', `moves orders to Postgres  ${terminal.paint('dim', `process ${step.worker.pid}`)}`)
  }
}

function placeOf(url: string): string {
  const { hostname, port } = new URL(url)
  return port ? `${hostname}:${port}` : hostname
}
