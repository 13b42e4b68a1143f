import type { Finding } from '../checker/judge.ts'
import type { Text } from '@flash-sale/kit/text'
import type { TrialResult } from '../run-trial.ts'

export const findingNames: Readonly<Record<Finding, Text>> = {
  oversold: { en: 'oversold', zh: '超卖' },
  undersold: { en: 'undersold', zh: '少卖' },
  stuck: { en: 'stuck', zh: '卡死' },
  lost: { en: 'order lost', zh: '丢单' },
  'two holders': { en: 'two holders', zh: '两个持有者' },
  "deletes another's": { en: "deletes another's lock", zh: '删了别人的锁' },
}

export const safeName: Text = { en: 'safe', zh: '安全' }

/** The result of a trial in a sentence. */
export function verdictText({ verdict, stock }: TrialResult): Text {
  const { sold, findings } = verdict
  if (findings.includes('oversold')) {
    return { en: `${sold} units sold of ${stock}: oversold.`, zh: `库存 ${stock} 件，卖出 ${sold} 件：超卖。` }
  }
  if (findings.includes('stuck')) {
    return {
      en: `${sold} units sold of ${stock}, and every buyer waits in vain: stuck.`,
      zh: `库存 ${stock} 件，卖出 ${sold} 件，买家全都白等：卡死。`,
    }
  }
  if (findings.includes('lost') || findings.includes('undersold')) {
    return {
      en: `${sold} units sold of ${stock}, and buyers are told "sold out": one order is lost.`,
      zh: `库存 ${stock} 件，只卖出 ${sold} 件就“已售罄”：丢了一单。`,
    }
  }
  if (findings.includes('two holders')) {
    return {
      en: `Exactly ${sold} units sold of ${stock}, although two held the lock at once: the late one was refused.`,
      zh: `库存 ${stock} 件，正好卖出 ${sold} 件。虽然有两个持有者，但迟到的那个被拒绝了。`,
    }
  }
  return { en: `Exactly ${sold} units sold of ${stock}: safe.`, zh: `库存 ${stock} 件，正好卖出 ${sold} 件：安全。` }
}
