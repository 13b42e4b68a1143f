import { expect, test } from 'vitest'
import { signInHref } from './use-sign-in.ts'

test('the sign-in gets the address to come back to, beside what its own address holds', () => {
  const there = new URL(signInHref('https://accounts.example/in?shop=1', 'https://shop.example', 7))
  expect(there.origin + there.pathname).toBe('https://accounts.example/in')
  expect(Object.fromEntries(there.searchParams)).toEqual({ shop: '1', return_to: 'https://shop.example/?sale=7' })
})

test('a path is an address of the shop itself, and without a sale the buyer comes back to the shop', () => {
  expect(signInHref('/sign-in', 'https://shop.example', undefined)).toBe(
    'https://shop.example/sign-in?return_to=https%3A%2F%2Fshop.example%2F',
  )
})
