import { useEffect, useRef } from 'react'
import { Link, useLocation } from 'wouter'
import { Button, buttonClass } from '../../design/Button.tsx'
import { Icon } from '../../design/Icon.tsx'
import { ThemeSwitch } from '../../design/ThemeSwitch.tsx'
import { LanguageSwitch } from '../../language/LanguageSwitch.tsx'
import { useOpsSession } from '../session/OpsSession.ts'
import { useOpsWords } from '../words.ts'
import { ConnectionLight } from './ConnectionLight.tsx'
import { Mark } from './Mark.tsx'
import { ServerTime } from './ServerTime.tsx'

const pages = {
  live: '/',
  orders: '/orders',
  payments: '/payments',
  webhooks: '/webhooks',
  jobs: '/jobs',
  trail: '/trail',
} as const

/** The header of every operators' page: the current page, links to the others, and whether the numbers are live. */
export function OpsHeader() {
  const words = useOpsWords()
  const { signOut } = useOpsSession()
  return (
    <header className="border-b border-line bg-surface">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 sm:gap-x-5 sm:px-5">
        <p className="flex items-center gap-2.5 font-semibold whitespace-nowrap">
          <Mark className="size-7" />
          <span className="max-sm:sr-only">{words.product}</span>
          <span className="hidden font-normal text-ink-soft 2xl:inline">{words.title}</span>
        </p>
        <ConnectionLight />
        <nav
          aria-label={words.navigation}
          className="order-last flex w-full items-center gap-2 xl:order-none xl:w-auto"
        >
          {/* The pages scroll on a phone, and "New sale" beside them stays. */}
          <span className="relative -mx-1 flex min-w-0 grow items-center gap-1 overflow-x-auto px-1 py-1">
            {Object.entries(pages).map(([page, path]) => (
              <PageLink key={page} path={path}>
                {words.pages[page as keyof typeof pages]}
              </PageLink>
            ))}
          </span>
          <Link href="/new-sale" className={`${buttonClass('primary', 'small')} shrink-0`}>
            <Icon name="plus" />
            <span className="max-sm:sr-only">{words.pages.newSale}</span>
          </Link>
        </nav>
        <div className="ml-auto flex items-center gap-1">
          <ServerTime />
          <span className="w-2" />
          <LanguageSwitch />
          <ThemeSwitch />
          <Button kind="quiet" size="small" onClick={() => signOut('asked')}>
            {words.signOut}
          </Button>
        </div>
      </div>
    </header>
  )
}

function PageLink({ path, children }: { readonly path: string; readonly children: string }) {
  const [location] = useLocation()
  const isHere = location === path
  const link = useRef<HTMLAnchorElement>(null)
  useEffect(() => {
    if (isHere) link.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [isHere])
  return (
    <Link
      ref={link}
      href={path}
      aria-current={isHere ? 'page' : undefined}
      className={
        'rounded-control px-3 py-1.5 font-medium whitespace-nowrap ' +
        (isHere ? 'bg-accent-soft text-accent' : 'text-ink-soft hover:bg-sunken hover:text-ink')
      }
    >
      {children}
    </Link>
  )
}
