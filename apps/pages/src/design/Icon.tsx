/** An icon on a grid of 16, in the colour of the text. A word beside it says the same, so screen readers skip the icon. */
const paths = {
  check: 'M3 8.5 6.5 12 13 4.5',
  cross: 'M4 4l8 8M12 4l-8 8',
  warning: 'M8 2.2 14.6 13.6H1.4ZM8 6.4v3.4M8 11.9v.1',
  info: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8ZM8 7.3v3.7M8 4.9V5',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3.2v9.6L12.8 8Z',
  clock: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8ZM8 4.6V8l2.4 1.6',
  lock: 'M3.5 7.2h9v6.3h-9ZM5.4 7.2V5a2.6 2.6 0 0 1 5.2 0v2.2',
  sync: 'M13.2 6.2A5.5 5.5 0 0 0 3.3 5M2.8 9.8a5.5 5.5 0 0 0 9.9 1.2M3 2v3.2h3.2M13 14v-3.2H9.8',
  plus: 'M8 3v10M3 8h10',
  right: 'M6 3.5 10.5 8 6 12.5',
  download: 'M8 2.5v7.6M4.6 7 8 10.4 11.4 7M3 13.3h10',
  open: 'M9.4 3H13v3.6M13 3 7.6 8.4M11.4 9.6v3.2H3.2V4.6h3.2',
  bolt: 'M9.3 1.8 3.4 9h3.9l-.8 5.2L12.6 7H8.5Z',
  sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6ZM8 1.4v1.4M8 13.2v1.4M1.4 8h1.4M13.2 8h1.4M3.3 3.3l1 1M11.7 11.7l1 1M3.3 12.7l1-1M11.7 4.3l1-1',
  moon: 'M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8Z',
  screen: 'M2 3h12v8H2ZM5.5 13.5h5M8 11v2.5',
  box: 'M2.4 5 8 2.2 13.6 5v6L8 13.8 2.4 11ZM2.4 5 8 7.8 13.6 5M8 7.8v6',
  bell: 'M4 11V7a4 4 0 0 1 8 0v4l1.2 1.4H2.8ZM6.6 14.2h2.8',
  calendar: 'M2.5 3.8h11v9.7h-11ZM2.5 6.8h11M5.4 2.2v3M10.6 2.2v3',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.3 10.3l3.4 3.4',
} as const

export type IconName = keyof typeof paths

export function Icon({ name, className = '' }: { readonly name: IconName; readonly className?: string }) {
  return (
    <svg
      viewBox="0 0 16 16"
      aria-hidden="true"
      className={`size-[1.1em] shrink-0 ${className}`}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={paths[name]} />
    </svg>
  )
}
