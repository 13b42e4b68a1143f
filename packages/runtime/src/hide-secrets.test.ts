import { expect, test } from 'vitest'
import { hideSecrets } from './hide-secrets.ts'

test.each([
  ['redis://:hush@host:6379', 'redis://:***@host:6379'],
  ['postgresql://me:hu/sh@x#y@host/db is wrong', 'postgresql://me:***@host/db is wrong'],
  ['unix://me:hush@/run/a.sock', 'unix://me:***@/run/a.sock'],
  ['postgresql://host/db?user=me&password=hush&port=1', 'postgresql://host/db?user=me&password=***&port=1'],
  ['Bearer hush', 'Bearer ***'],
  ['no such key: sk_live_hush1, whsec_hu/sh+=', 'no such key: sk_live_***, whsec_***'],
  ['http://127.0.0.1:3000/v1/a@b', 'http://127.0.0.1:3000/v1/a@b'],
])('%s is shown as %s', (text, shown) => {
  expect(hideSecrets(text)).toBe(shown)
})
