/** Which making of a ledger, and of which item: an item's number may have been another item's before a restore, its birth never was. */
export interface Making {
  /** '' of what the version before made. */
  readonly birth: string
  readonly epoch: number
}

/** A making as the scripts are given it. */
export function makingText({ birth, epoch }: Making): string {
  return `${birth}.${epoch}`
}

/** Whether both are one and the same making. */
export function isSameMaking(one: Making, other: Making): boolean {
  return one.birth === other.birth && one.epoch === other.epoch
}
