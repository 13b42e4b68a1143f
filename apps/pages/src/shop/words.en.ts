import type { OrderStatus } from '@flash-sale/contract/order-statuses'
import type { Refusal } from './purchase/judge-answer.ts'

const units = (count: string, n: number) => `${count} ${n === 1 ? 'unit' : 'units'}`

interface RefusalWords {
  readonly title: string
  readonly advice: string
}

/** The words of the shop. Counts are formatted already; `n` is the number itself, if the word depends on it. */
export const en = {
  shop: 'Flash Sale',
  loading: 'Looking for the sale…',
  buyer: {
    as: 'Buying as',
    another: 'Be another buyer',
    anotherHint: 'opens a new tab',
  },
  signIn: {
    title: 'You are not signed in',
    expired: 'Your sign-in has expired',
    /** What became of a press that met the end of the sign-in. */
    pressed: {
      NOTHING_TAKEN: 'Nothing was taken. Your order goes on by itself once you are signed in again.',
      UNSURE:
        'Your order may have been taken or not. Sign in to know: it goes on under the same key and cannot be taken twice.',
    },
    button: 'Sign in',
    comeBack: 'You come back to this sale, with the same number of units.',
    through: 'Sign in where you came from, then come back to this page.',
    forDevelopers: 'For developers: the shop’s sign-in sends the buyer to',
    orStores: 'or, on this origin, puts the token into sessionStorage as',
  },
  away: {
    title: 'The shop does not answer',
    advice: 'This page keeps trying by itself. What you see may be out of date.',
  },
  /** The service is there, but cannot read what changed. It may be taking orders all the same. */
  old: {
    title: 'What you see may be out of date',
    advice:
      'The shop cannot look up the latest numbers right now; this page keeps asking. You may press all the same: the answer to your order counts.',
  },
  unread: {
    title: 'The sales cannot be looked up right now',
    advice: 'This page keeps trying by itself.',
  },
  noSuchSale: {
    title: 'There is no such sale',
    advice: 'The link may be mistyped or old.',
  },
  nothing: {
    title: 'Nothing is on sale',
    advice: 'The next sale appears here by itself as soon as it is announced.',
  },
  standing: { before: 'Not open yet', open: 'Open now', paused: 'Paused', soldOut: 'Sold out', over: 'Over' },
  opensIn: 'Opens in',
  endsIn: 'Ends in',
  opened: (when: string) => `Opening: ${when}`,
  leftNow: 'Left now',
  /** The word before the number of units that are left, where the language has one. */
  beforeLeft: '',
  of: (total: string) => `of ${total}`,
  /** When the sale opens or ends. */
  at: {
    before: (when: string) => `Opens ${when}`,
    open: (when: string) => `Until ${when}`,
    paused: (when: string) => `Until ${when}`,
    soldOut: (when: string) => `Until ${when}`,
    over: (when: string) => `Ended ${when}`,
  },
  endedEarly: 'Ended early',
  /** How fast the units go. */
  storm: {
    quiet: 'First come, first served: each unit goes to one buyer.',
    busy: (perSecond: string, span: string | undefined) =>
      `Right now ${perSecond} units a second find a buyer.${span === undefined ? '' : ` At this pace all are gone in about ${span}.`}`,
  },
  soon: { minute: 'One minute to the opening.', seconds: 'Ten seconds to the opening.', open: 'The sale is open.' },
  price: 'Price of one unit',
  units,
  atMost: (count: string, n: number) => `At most ${units(count, n)} a buyer`,
  onlyLeft: (count: string) => `Only ${count} left: buy ${count}`,
  notEnoughLeft: 'Not enough left',
  quantity: {
    label: 'Units',
    fewer: 'One unit fewer',
    more: 'One unit more',
    /** The name of the picker while it cannot be used. */
    notNow: (reason: string) => `Units: ${reason}`,
  },
  button: {
    BUY: 'Buy now',
    BUY_MORE: 'Buy again',
    SEND_AGAIN: 'Send again',
    SENDING: 'Sending…',
    WAITING: 'Still trying…',
    SIGN_IN: 'Sign in to buy',
    ONE_MOMENT: 'One moment…',
    NOT_YET: 'Not open yet',
    PAUSED: 'Paused',
    OVER: 'The sale is over',
    LIMIT_REACHED: 'You have all you may buy',
    SOLD_OUT: 'Sold out',
  },
  /** The text below the button while there is no news. */
  hint: {
    SENDING: '',
    WAITING: '',
    SEND_AGAIN: '',
    ONE_MOMENT: '',
    NOT_YET: 'The button opens by itself, at the very instant. No need to reload.',
    PAUSED: 'The sale has been paused for a moment. The button opens again by itself.',
    OVER: 'This sale takes no more orders.',
    SOLD_OUT: 'Every unit has a buyer. If more come, the button opens again by itself.',
    LIMIT_REACHED: 'You hold as many units as one buyer may.',
    SIGN_IN: 'Sign in first: this page must know who buys.',
    BUY: 'One press is one order, however often it has to be sent.',
    BUY_MORE: 'Another press is another order.',
  },
  sending: {
    title: 'Sending your order',
    first: 'You will have an answer in a moment.',
    again: 'Sent again, under the same key: it cannot be taken twice.',
  },
  waiting: {
    nextTry: 'Next try in',
    unavailable: {
      title: 'No orders can be taken right now',
      advice: 'Nothing was taken yet. Your order is sent again by itself.',
    },
    busy: { title: 'Many orders at once', advice: 'Nothing was taken yet. Your order is sent again by itself.' },
    notQuiteOpen: {
      title: 'Just before the opening',
      advice: 'Your order was a moment early and is sent again by itself.',
    },
    unsure: {
      title: 'No answer yet',
      advice:
        'Your order may have been taken or not. We keep asking under the same key: it cannot be taken twice, even if you reload.',
    },
  },
  stuck: {
    title: 'Still no answer',
    unsureAdvice:
      'Your order may have been taken or not. Send it again to know: under the same key it cannot be taken twice.',
    sureAdvice: 'Nothing was taken. Try again when you like.',
  },
  countedOrders: 'Your orders that count:',
  refused: {
    SOLD_OUT: { title: 'Sold out', advice: 'Not enough units were left for this order. You have not bought anything.' },
    LIMIT_REACHED: {
      title: 'Over the purchase limit',
      advice: 'With this order you would hold more than one buyer may. Nothing was taken.',
    },
    SALE_NOT_OPEN: { title: 'Not open yet', advice: 'Nothing was taken. The button opens by itself.' },
    SALE_CLOSED: { title: 'The sale is over', advice: 'Your order came too late. Nothing was taken.' },
    SALE_PAUSED: {
      title: 'Paused',
      advice: 'The sale was paused just now. Nothing was taken; the button opens again by itself.',
    },
    ITEM_NOT_FOUND: { title: 'No longer on sale', advice: 'The shop does not know this item. Nothing was taken.' },
    NOT_UNDERSTOOD: {
      title: 'The shop refused this order',
      advice: 'Nothing was taken. Reload the page and try again.',
    },
  } satisfies Record<Refusal, RefusalWords>,
  order: {
    accepted: 'Accepted',
    confirmed: 'Confirmed',
    paid: 'Paid',
    cancelled: 'Cancelled',
    expired: 'Expired',
    rejected: 'Rejected',
    acceptedAdvice: 'It is yours. The order number follows in a moment.',
    confirmedAdvice: (number: string) => `It is yours. Order no. ${number}.`,
    /** What happens next. */
    next: {
      accepted: 'The order is being stored. You may close this page: nothing is lost.',
      confirmed: 'Keep the number. There is nothing more to do on this page.',
      paid: 'It is paid. There is nothing more to do on this page.',
      cancelled: 'It is yours no more.',
      expired: 'It was not paid in time, so it went back to the shop.',
      rejected: '',
    } satisfies Record<OrderStatus, string>,
    /** Of a cancelled order. The page knows neither whether it was paid nor when a refund arrives. */
    moneyBack:
      'If you paid, the money goes back the way you paid. How soon you see it is up to your bank or card: often some days, at times two weeks. If it does not come, ask the shop with the order id, then your bank.',
    rejectedAdvice: 'The shop could not store this order. You have not bought anything with it.',
    number: (number: string) => `Order no. ${number}`,
    numberPending: 'Order number follows',
    itemUnknown: (itemId: string) => `Item ${itemId}`,
  } satisfies Record<OrderStatus, string> & Record<string, unknown>,
  unpaid: {
    state: 'Not paid yet',
    comesNext: 'It is kept for you while it is being stored. Payment comes next: the button appears here by itself.',
    keptUntil: (number: string, time: string) =>
      `Order no. ${number} is kept for you until ${time}. If it is not paid by then, it goes back on sale.`,
    timeLeft: (clock: string) => `${clock} left to pay`,
    timeIsOver: 'The time to pay is over',
    pay: 'Pay now',
    cancel: 'Cancel the order',
    cancelForGood: 'Cancel it for good',
    keep: 'Keep it',
    failed: 'The order could not be cancelled just now. Try again.',
    unsure: 'It is not known whether the order is cancelled. Try again to know; to cancel twice changes nothing.',
  },
  receipt: { total: 'Total', at: 'Placed', id: 'Order id', copyId: 'Copy the order id' },
  /** What helps a buyer to be there at the opening. */
  coming: {
    notify: 'Notify me',
    calendar: 'Add to calendar',
    awake: 'Your screen stays on while you wait here.',
  },
  wishes: {
    on: 'You will be told',
    more: 'Tell me if more come',
    /** A sentence follows. */
    first: 'You hear of it before the others. ',
    byNotification: 'Keep this tab open, in the background too: it sends you a notification.',
    byTitle: 'This browser shows no notifications here. Keep this tab open and watch its title.',
    opensSoon: 'Opens within a minute.',
    isOpen: 'Open now.',
    moreCame: (count: string) => `${count} left again.`,
  },
  orders: {
    title: 'My orders',
    none: 'No orders yet',
    noneAdvice: 'What you buy appears here at once.',
    more: 'Show more',
    failed: 'Your orders cannot be read at the moment. Trying again by itself.',
  },
  otherSales: 'Other sales',
  moreSales: (count: string) => `Show ${count} more`,
}
