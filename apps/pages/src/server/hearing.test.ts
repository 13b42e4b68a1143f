import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createHearing } from './hearing.ts'

const answer = () => Response.json({})
const problem = (status: number) =>
  new Response('{}', { status, headers: { 'content-type': 'application/problem+json; charset=utf-8' } })
const pageOfProxy = () => new Response('<h1>503</h1>', { status: 503, headers: { 'content-type': 'text/html' } })

/** A page whose requests end when the test says so: with this answer, or with none. `asked` are the questions to make sure. */
function openPage() {
  const asked: Sent[] = []
  const hearing = createHearing(() => {
    const again = new Sent()
    asked.push(again)
    return again.response
  })
  const begin = () => {
    const sent = new Sent()
    hearing
      .listen(() => sent.response)('/')
      .catch(() => undefined)
    return sent
  }
  return { hearing, begin, asked }
}

class Sent {
  #resolve!: (response: Response) => void
  #reject!: (error: Error) => void
  readonly response = new Promise<Response>((resolve, reject) => {
    this.#resolve = resolve
    this.#reject = reject
  })

  async end(response?: Response): Promise<void> {
    if (response) this.#resolve(response)
    else this.#reject(new Error('It timed out.'))
    await turn()
  }
}

test('a service is silent once it answers neither a request nor the question after it, until it answers anything', async () => {
  const { hearing, begin, asked } = openPage()
  await begin().end()
  expect(hearing.heard()).toBe('UNSURE')
  await asked[0]!.end()
  expect(hearing.heard()).toBe('SILENT')
  await begin().end(problem(404))
  expect(hearing.heard()).toBe('ANSWERS')
  await begin().end(pageOfProxy())
  await asked[1]!.end(pageOfProxy())
  expect(hearing.heard()).toBe('SILENT')
  hearing.noteAnswer()
  expect(hearing.heard()).toBe('ANSWERS')
})

test('a 503 with a problem may be of a proxy that reaches no process, so the page makes sure', async () => {
  const { hearing, begin, asked } = openPage()
  await begin().end(problem(503))
  await asked[0]!.end(problem(503))
  expect(hearing.heard()).toBe('SILENT')
  await begin().end(problem(503))
  expect(hearing.heard()).toBe('SILENT')
  await begin().end(answer())
  await begin().end(problem(503))
  await asked[1]!.end(answer())
  expect(hearing.heard()).toBe('ANSWERS')
})

test('a request without an answer says nothing if another one was answered since it began', async () => {
  const { hearing, begin, asked } = openPage()
  const list = begin()
  await begin().end(answer())
  await list.end()
  expect(asked).toHaveLength(0)
  expect(hearing.heard()).toBe('ANSWERS')
})

test('one kind of request that is never answered does not make a service silent that answers the question after it', async () => {
  const { hearing, begin, asked } = openPage()
  for (let i = 0; i < 3; i += 1) {
    await begin().end()
    await asked[i]!.end(answer())
    expect(hearing.heard()).toBe('ANSWERS')
  }
})

test('an answer from before the request says nothing: the service may have died since', async () => {
  const { hearing, begin, asked } = openPage()
  await begin().end(answer())
  await begin().end()
  await asked[0]!.end()
  expect(hearing.heard()).toBe('SILENT')
})

test('an answer while the page makes sure ends that, and a late answer ends a silence', async () => {
  const { hearing, begin, asked } = openPage()
  const slow = begin()
  await begin().end()
  await begin().end(answer())
  expect(hearing.heard()).toBe('ANSWERS')
  await asked[0]!.end()
  expect(hearing.heard()).toBe('ANSWERS')
  await begin().end()
  await asked[1]!.end()
  expect(hearing.heard()).toBe('SILENT')
  await slow.end(answer())
  expect(hearing.heard()).toBe('ANSWERS')
})

test('a service that dies after an answer, while an older question is open, is asked again after that question', async () => {
  const { hearing, begin, asked } = openPage()
  await begin().end()
  await begin().end(answer())
  await begin().end()
  expect(asked).toHaveLength(1)
  await asked[0]!.end()
  expect(hearing.heard()).toBe('UNSURE')
  expect(asked).toHaveLength(2)
  await asked[1]!.end()
  expect(hearing.heard()).toBe('SILENT')
})

test('a question that throws counts as not answered, and the next doubt is asked about again', async () => {
  let askedTimes = 0
  const hearing = createHearing(() => {
    askedTimes += 1
    throw new Error('No request can be made.')
  })
  const fail = () =>
    hearing
      .listen(() => Promise.reject(new Error('It timed out.')))('/')
      .catch(() => turn())
  await fail()
  expect(hearing.heard()).toBe('SILENT')
  hearing.noteAnswer()
  await fail()
  expect(askedTimes).toBe(2)
  expect(hearing.heard()).toBe('SILENT')
})

test('requests that end because the reader leaves the page say nothing, also when the reader comes back', async () => {
  const { hearing, begin, asked } = openPage()
  const [cutOff, cutOffLate] = [begin(), begin()]
  await begin().end()
  hearing.leave()
  await asked[0]!.end()
  await cutOff.end()
  expect(hearing.heard()).toBe('ANSWERS')
  hearing.comeBack()
  await cutOffLate.end()
  expect(hearing.heard()).toBe('ANSWERS')
  expect(asked).toHaveLength(1)
  await begin().end()
  await asked[1]!.end()
  expect(hearing.heard()).toBe('SILENT')
})

test('a dead service is asked once more only once, however many requests fail', async () => {
  const { begin, asked } = openPage()
  await Promise.all([begin(), begin(), begin()].map((sent) => sent.end()))
  expect(asked).toHaveLength(1)
  await asked[0]!.end()
  await begin().end()
  expect(asked).toHaveLength(1)
})

test('the page is told of each change, and of nothing else', async () => {
  const { hearing, begin, asked } = openPage()
  const told: string[] = []
  const stop = hearing.subscribe(() => told.push(hearing.heard()))
  await begin().end(answer())
  await begin().end()
  await asked[0]!.end()
  await begin().end()
  await begin().end(answer())
  stop()
  await begin().end()
  await asked[1]!.end()
  expect(told).toEqual(['UNSURE', 'SILENT', 'ANSWERS'])
})
