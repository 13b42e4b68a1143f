import { idMax } from '@flash-sale/contract/fields'

/** Whether a sale or an item could have this number; the service refuses any other. */
export function isId(text: string): boolean {
  return /^[1-9]\d{0,9}$/.test(text) && Number(text) <= idMax
}
