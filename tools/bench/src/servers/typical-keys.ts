/** Begins all keys of the typical design, its queue's too. */
export const typicalPrefix = '{typical}'

export interface TypicalKeys {
  readonly stock: string
  readonly buyers: string
  readonly orders: string
}

export function typicalKeys(itemId: number): TypicalKeys {
  return {
    stock: `${typicalPrefix}:${itemId}:stock`,
    buyers: `${typicalPrefix}:${itemId}:buyers`,
    orders: `${typicalPrefix}:${itemId}:orders`,
  }
}
