import type { ReactNode } from 'react'
import { Button } from '../../design/Button.tsx'
import { Empty } from '../../design/Empty.tsx'
import type { IconName } from '../../design/Icon.tsx'
import { Loading } from '../../design/Loading.tsx'
import { Panel } from '../../design/Panel.tsx'
import { ScrollBox } from '../../design/ScrollBox.tsx'
import { cellClass, headClass, tableClass } from '../../design/table.ts'
import { problemOfError } from '../../server/problem.ts'
import { MoreButton } from '../MoreButton.tsx'
import { ReadProblem } from '../ReadProblem.tsx'
import { useOpsWords } from '../words.ts'

interface ListColumn<Row> {
  readonly name: string
  readonly renderCell: (row: Row) => ReactNode
  readonly className?: string
}

interface ListAct<Row> {
  readonly name: string
  readonly onAct: (row: Row) => void
  /** Default: every row has the act. */
  readonly isOffered?: (row: Row) => boolean
}

export interface ListPanelProps<Row> {
  readonly title: string
  /** What stands in place of an empty list. */
  readonly empty: { readonly icon: IconName; readonly title: string; readonly advice: string }
  /** The query that reads the list. */
  readonly read: ReadQuery
  readonly rows: readonly Row[]
  /** The name of a row, which tells its buttons apart. */
  readonly nameOf: (row: Row) => string
  readonly keyOf: (row: Row) => string | number
  /** The first one names the row. */
  readonly columns: readonly ListColumn<Row>[]
  readonly acts?: readonly ListAct<Row>[]
  /** Buttons beside the title. */
  readonly actions?: ReactNode
}

interface ReadQuery {
  readonly isPending: boolean
  readonly isError: boolean
  readonly error: unknown
  readonly refetch: () => unknown
  /** Of a list that is read in pages. */
  readonly hasNextPage?: boolean
  readonly isFetchingNextPage?: boolean
  readonly fetchNextPage?: () => unknown
}

/** A list that operators work off, with the acts on each row. */
export function ListPanel<Row>(props: ListPanelProps<Row>) {
  const { title, empty, read, rows, actions } = props
  const words = useOpsWords()
  return (
    <Panel title={title} actions={actions}>
      {read.isPending && <Loading />}
      {read.isError && <ReadProblem problem={problemOfError(read.error)} onRetry={() => void read.refetch()} />}
      {!read.isPending && !read.isError && rows.length === 0 && (
        <Empty icon={empty.icon} title={empty.title}>
          {empty.advice}
        </Empty>
      )}
      {rows.length > 0 && <ListTable {...props} />}
      {read.hasNextPage && (
        <MoreButton busy={read.isFetchingNextPage ?? false} onMore={() => void read.fetchNextPage?.()}>
          {words.orders.more}
        </MoreButton>
      )}
    </Panel>
  )
}

function ListTable<Row>({ title, rows, nameOf, keyOf, columns, acts }: ListPanelProps<Row>) {
  return (
    <ScrollBox label={title}>
      <table className={tableClass}>
        <thead>
          <tr>
            {columns.map(({ name, className = '' }) => (
              <th key={name} className={`${headClass} ${className.includes('text-right') ? 'text-right' : ''}`}>
                {name}
              </th>
            ))}
            {acts && <th aria-label={acts.map(({ name }) => name).join(', ')} />}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} className="border-t border-line">
              {columns.map(({ name, renderCell, className = '' }, i) =>
                i === 0 ? (
                  <th key={name} scope="row" className={`${cellClass} text-left font-normal ${className}`}>
                    {renderCell(row)}
                  </th>
                ) : (
                  <td key={name} className={`${cellClass} ${className}`}>
                    {renderCell(row)}
                  </td>
                ),
              )}
              {acts && (
                <td className={`${cellClass} text-right whitespace-nowrap`}>
                  <span className="inline-flex gap-1">
                    {acts
                      .filter(({ isOffered = () => true }) => isOffered(row))
                      .map(({ name, onAct }) => (
                        <Button
                          key={name}
                          size="small"
                          aria-label={`${name} ${nameOf(row)}`}
                          onClick={() => onAct(row)}
                        >
                          {name}
                        </Button>
                      ))}
                  </span>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}
