import { useMutation } from '@tanstack/react-query'
import { Button } from '../../design/Button.tsx'
import { Icon } from '../../design/Icon.tsx'
import { problemOfError, valueOf } from '../../server/problem.ts'
import { ProblemNotice } from '../ProblemNotice.tsx'
import { useOpsSession } from '../session/OpsSession.ts'
import { useOpsWords } from '../words.ts'

const queuePath = '/ops/queue/'

/** Opens the queue's own page in a new tab. A link cannot send the key, so the browser first gets a session for that page. */
export function OpenQueue() {
  const words = useOpsWords().jobs
  const { client } = useOpsSession()
  const open = useMutation({
    mutationFn: () => valueOf(client.openOpsSession()),
    // Without `noopener` the browser copies this tab's storage, and the key in it, to the new tab.
    onSuccess: () => void window.open(queuePath, '_blank', 'noopener'),
  })
  return (
    <div className="flex flex-col items-end gap-2">
      <Button busy={open.isPending} onClick={() => open.mutate()}>
        <Icon name="open" />
        {open.isPending ? words.opening : words.open}
      </Button>
      {open.isError && <ProblemNotice problem={problemOfError(open.error)} />}
    </div>
  )
}
