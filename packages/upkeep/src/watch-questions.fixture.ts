import type { Stores } from './stores.ts'

/** Stores whose questions to Postgres are watched, or disturbed. */
export interface WatchedQuestions {
  readonly stores: Stores
  /** Orders that were offered to `persist_orders()`. */
  readonly offeredCount: () => number
  readonly killedCount: () => number
}

/** Taking the fence is not a holder's question: the caller tries the whole again. */
const isExempt = (sql: string) => sql.includes('fence = fence + 1')

/** `killFirstOfEach`: the backend that is asked something for the first time is killed instead of answering. */
export function watchQuestions(stores: Stores, { killFirstOfEach = false } = {}): WatchedQuestions {
  const asked = new Set<string>()
  let offeredCount = 0
  let killedCount = 0

  async function ask(text: string, values: readonly unknown[], question: () => unknown): Promise<unknown> {
    const isFirst = !asked.has(text)
    asked.add(text)
    if (killFirstOfEach && isFirst && !isExempt(text)) {
      killedCount += 1
      return stores.database.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`
    }
    if (text.includes('persist_orders(')) offeredCount += (values[3] as unknown[]).length
    return question()
  }

  const database = new Proxy(stores.database, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property)
      if (property === '$queryRaw') {
        return (sql: TemplateStringsArray, ...values: unknown[]) =>
          ask(sql.join('?'), values, () => target.$queryRaw(sql, ...values))
      }
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
  return { stores: { ...stores, database }, offeredCount: () => offeredCount, killedCount: () => killedCount }
}

/** Stores in which something happens once, right after a rebuild has read its first part of the rows. */
export function afterFirstPart(stores: Stores, happen: () => Promise<unknown>): Stores {
  return afterFirst(stores, 'remembered', happen)
}

/** Stores in which something happens once, right after Postgres has answered the first question that contains a text. */
export function afterFirst(stores: Stores, question: string, happen: () => Promise<unknown>): Stores {
  let isOver = false
  const database = new Proxy(stores.database, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property)
      if (property !== '$queryRaw') return typeof value === 'function' ? (value.bind(target) as unknown) : value
      return async (sql: TemplateStringsArray, ...values: unknown[]) => {
        const rows = await target.$queryRaw(sql, ...values)
        if (!isOver && sql.join('?').includes(question)) {
          isOver = true
          await happen()
        }
        return rows
      }
    },
  })
  return { ...stores, database }
}
