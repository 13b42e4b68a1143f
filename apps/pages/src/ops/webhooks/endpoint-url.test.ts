import { expect, test } from 'vitest'
import { isEndpointUrl } from './endpoint-url.ts'

test.each([
  ['https://shop.example/orders', true],
  ['http://127.0.0.1:9/hooks', true],
  ['shop.example/orders', false],
  ['https://', false],
  ['https://shop.example/a b', false],
  ['ftp://shop.example', false],
  ['', false],
])('the address %j of a webhook endpoint is whole: %s', (text, isWhole) => {
  expect(isEndpointUrl(text)).toBe(isWhole)
})
