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

type ToldTrial = Pick<TrialResult, 'verdict' | 'stock' | 'happenings'>

/** A fence, or a version, that had changed: the store wrote nothing. */
function hasRefusedWrite({ happenings }: ToldTrial): boolean {
  return happenings.some((one) => one.kind === 'command' && /→ (?:refused|0 rows)$/.test(one.text))
}

/** The result of a trial in a sentence. */
export function verdictText(trial: ToldTrial): Text {
  const { verdict, stock } = trial
  const { sold, findings } = verdict
  if (findings.includes('oversold') && findings.includes('lost')) {
    return {
      en: `${sold} buyers were told "sold" for ${stock} units: one accepted order is lost, and its unit was sold again.`,
      zh: `库存 ${stock} 件，${sold} 个买家被告知“已售出”：丢了一笔已接受的订单，那一件又卖给了别人。`,
    }
  }
  if (findings.includes('oversold')) {
    return { en: `${sold} units sold of ${stock}: oversold.`, zh: `库存 ${stock} 件，卖出 ${sold} 件：超卖。` }
  }
  if (findings.includes('stuck')) {
    return {
      en: `${sold} units sold of ${stock}, and every further buyer times out: stuck.`,
      zh: `库存 ${stock} 件，卖出 ${sold} 件，之后的买家全都等待超时：卡死。`,
    }
  }
  if (findings.includes('lost') || findings.includes('undersold')) {
    return {
      en: `Sold ${sold} of ${stock}, and further buyers are told "sold out": one order is lost.`,
      zh: `库存 ${stock} 件，只卖出 ${sold} 件就“已售罄”：丢了一单。`,
    }
  }
  if (findings.includes('two holders') && !hasRefusedWrite(trial)) {
    return {
      en: `Exactly ${sold} units sold of ${stock}, although two held the lock at once. In this order of events no write came too late, so none had to be refused.`,
      zh: `库存 ${stock} 件，正好卖出 ${sold} 件，虽然有过两个持有者。按这个先后顺序没有迟到的写入，也就无需拒绝。`,
    }
  }
  if (findings.includes('two holders')) {
    return {
      en: `Exactly ${sold} units sold of ${stock}, although two held the lock at once: the late write was refused.`,
      zh: `库存 ${stock} 件，正好卖出 ${sold} 件。虽然有两个持有者，但迟到的写入被拒绝了。`,
    }
  }
  return { en: `Exactly ${sold} units sold of ${stock}: safe.`, zh: `库存 ${stock} 件，正好卖出 ${sold} 件：安全。` }
}
