/** How many items share the page. `few`: there is room for large figures. `many`: not all of them fit on the screen. */
export type Crowd = 'few' | 'some' | 'many'

const fewMax = 3
const someMax = 24

export function crowdOf(itemCount: number): Crowd {
  if (itemCount <= fewMax) return 'few'
  return itemCount <= someMax ? 'some' : 'many'
}
