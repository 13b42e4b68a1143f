import { Component, type ReactNode } from 'react'
import { FaultPage } from './FaultPage.tsx'

interface Props {
  readonly children: ReactNode
}

/** Shows a page about the fault when rendering throws; without it the page would be blank. React needs a class for this. */
export class FaultBoundary extends Component<Props, { readonly fault: unknown }> {
  override state = { fault: undefined }

  static getDerivedStateFromError(fault: unknown) {
    return { fault: fault ?? 'unknown' }
  }

  override render() {
    return this.state.fault === undefined ? this.props.children : <FaultPage fault={String(this.state.fault)} />
  }
}
