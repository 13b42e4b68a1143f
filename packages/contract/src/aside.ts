import { Type, type Static } from 'typebox'
import { closedObject, Id, IdInPath } from './fields.ts'

/** Whose keys they were. */
const AsideName = Type.String({
  pattern: '^(?:unknown|-?[0-9]{1,20})(?:-[0-9]{1,4})?$',
  description: 'The birth of the item that left them, or `unknown`; with a number behind where that name was taken.',
})

export const AsideParams = closedObject({ itemId: IdInPath, name: AsideName })
export type AsideParams = Static<typeof AsideParams>

const Count = Type.Integer({ minimum: 0 })

export const LeftAside = closedObject({ itemId: Id, name: Type.String(), orderCount: Count, entryCount: Count })
export type LeftAside = Static<typeof LeftAside>

export const AsideList = closedObject(
  { aside: Type.Array(LeftAside) },
  'Orders and outbox entries of other items that had these numbers, or of items that were discarded, at most 1,000 items.',
)
export type AsideList = Static<typeof AsideList>
