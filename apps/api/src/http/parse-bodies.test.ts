import { gzipSync } from 'node:zlib'
import { OrderAccepted } from '@flash-sale/contract/orders'
import { buyerToken } from '@flash-sale/testing/test-tokens'
import { beforeAll, expect, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { withApi } from '../testing/start-test-api.fixture.ts'

const api = withApi()
let itemId: number

beforeAll(async () => {
  itemId = (await api.createItem({ total: 1_000, purchaseLimit: 1_000 })).itemId
})

function order(payload: Buffer, headers: Record<string, string> = {}) {
  return api.app.inject({
    method: 'POST',
    url: '/v1/orders',
    headers: { authorization: `Bearer ${buyerToken('ann')}`, 'content-type': 'application/json', ...headers },
    payload,
  })
}

const text = () => JSON.stringify({ itemId, quantity: 1 })
const plain = () => Buffer.from(text())
const utf16 = () => Buffer.from(text(), 'utf16le')
const zstd = Buffer.from('28b52ffd0400010000', 'hex')

test.each<[string, () => Buffer, Record<string, string>?]>([
  ['a gzip body', () => gzipSync(text())],
  ['a gzip body with its label', () => gzipSync(text()), { 'content-encoding': 'gzip' }],
  ['a body labelled gzip', plain, { 'content-encoding': 'gzip' }],
  ['a body labelled br', plain, { 'content-encoding': 'BR' }],
  ['a body with two encodings', plain, { 'content-encoding': 'identity, gzip' }],
  ['a Zstandard body', () => zstd],
  ['a UTF-16 body', utf16],
  ['a UTF-16 body with its mark', () => Buffer.concat([Buffer.of(0xff, 0xfe), utf16()])],
  ['a UTF-16 body of the other order', () => utf16().swap16()],
  ['a UTF-16 body with its label', utf16, { 'content-type': 'application/json; charset=utf-16' }],
  ['a body labelled UTF-16', plain, { 'content-type': 'application/json;charset="UTF-16LE"' }],
  ['a body labelled Latin-1', plain, { 'content-type': 'application/json; charset=iso-8859-1' }],
  ['a form', () => Buffer.from('itemId=1'), { 'content-type': 'application/x-www-form-urlencoded' }],
])('%s is not a media type that the service reads', async (_what, body, headers) => {
  expectProblem(await order(body(), headers), 'UNSUPPORTED_MEDIA_TYPE')
})

test.each<[string, Record<string, string>]>([
  ['as UTF-8', { 'content-type': 'application/json; charset=utf-8' }],
  ['as UTF-8, quoted', { 'content-type': 'application/json;charset="UTF-8"' }],
  ['as ASCII', { 'content-type': 'application/json; charset=us-ascii' }],
  ['as not encoded', { 'content-encoding': 'identity' }],
])('a body labelled %s is read', async (_what, headers) => {
  expectSuccess(await order(plain(), headers), 202, OrderAccepted)
})

test('a body that is too large is told how large it may be', async () => {
  const { detail } = expectProblem(await order(Buffer.alloc(16_385, ' ')), 'PAYLOAD_TOO_LARGE')
  expect(detail).toBe('Send at most 16384 bytes.')
})
