import { Icon, type IconName } from '../design/Icon.tsx'

const looks = {
  good: { look: 'text-good', icon: 'check' },
  waiting: { look: 'text-accent', icon: 'clock' },
  caution: { look: 'text-caution', icon: 'warning' },
  bad: { look: 'text-bad', icon: 'cross' },
  quiet: { look: 'text-ink-soft', icon: 'pause' },
} as const satisfies Record<string, { look: string; icon: IconName }>

export type StandingLook = keyof typeof looks

/** How something stands, by an icon and a word. */
export function Standing({ look, children }: { readonly look: StandingLook; readonly children: string }) {
  return (
    <span className={`inline-flex items-baseline gap-1.5 font-medium ${looks[look].look}`}>
      <Icon name={looks[look].icon} className="self-center" />
      {children}
    </span>
  )
}
