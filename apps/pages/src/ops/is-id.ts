import { idMax } from '@flash-sale/contract/fields'

/** Whether the text can be the number of a sale or an item. The service refuses any other text. */
export function isId(text: string): boolean {
  return /^[1-9]\d{0,9}$/.test(text) && Number(text) <= idMax
}
