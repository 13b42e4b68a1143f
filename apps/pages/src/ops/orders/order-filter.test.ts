import { expect, test } from 'vitest'
import { filterIn, isFiltered, pathToBuyer } from './order-filter.ts'

const read = (path: string) => filterIn(new URL(path, 'http://here').searchParams)

test('a buyer survives the way through the address, whatever the name', () => {
  expect(read(pathToBuyer('王 & 小明=1'))).toEqual({ buyer: '王 & 小明=1' })
})

test('what the service would refuse, or is not given, is not asked for', () => {
  expect(read('/orders?itemId=7')).toEqual({ itemId: '7' })
  for (const itemId of ['seven', '2147483648', '0', '']) expect(read(`/orders?itemId=${itemId}`)).toEqual({})
  expect(isFiltered(read('/orders'))).toBe(false)
  expect(isFiltered(read('/orders?itemId=7'))).toBe(true)
})
