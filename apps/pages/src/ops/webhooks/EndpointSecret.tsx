import { useQuery } from '@tanstack/react-query'
import { CopyButton } from '../../design/CopyButton.tsx'
import { Loading } from '../../design/Loading.tsx'
import { useWords } from '../../language/words.ts'
import { problemOfError, valueOf } from '../../server/problem.ts'
import { ReadProblem } from '../ReadProblem.tsx'
import { useOpsSession } from '../session/OpsSession.ts'
import { webhooksWords } from './webhooks-words.ts'

/** The secret of a new endpoint. The page forgets it with the dialog. */
export function EndpointSecret({ endpointId }: { readonly endpointId: number }) {
  const { client } = useOpsSession()
  const read = useQuery({
    queryKey: ['ops', 'webhook-secret', endpointId],
    queryFn: () => valueOf(client.readWebhookSecret(endpointId)),
    staleTime: Infinity,
    gcTime: 0,
  })
  if (read.isSuccess) return <Secret secret={read.data.secret} />
  if (read.isError) return <ReadProblem problem={problemOfError(read.error)} onRetry={() => void read.refetch()} />
  return <Loading />
}

function Secret({ secret }: { readonly secret: string }) {
  const words = useWords(webhooksWords).create
  return (
    <div className="flex flex-col gap-1">
      <p className="text-small font-medium">{words.secret}</p>
      <p className="flex flex-wrap items-center gap-2">
        <code className="min-w-0 font-mono break-all select-all">{secret}</code>
        <CopyButton text={secret} label={words.copySecret} />
      </p>
      <p className="text-small text-ink-soft">{words.secretAdvice}</p>
    </div>
  )
}
