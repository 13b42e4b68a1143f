import { Component, type ReactNode } from 'react'
import { FaultPage } from './FaultPage.tsx'

interface Props {
  readonly children: ReactNode
}

/** Shows a page that says so where a fault of ours would leave a blank one. React has no other way than a class. */
export class FaultBoundary extends Component<Props, { readonly fault: unknown }> {
  override state = { fault: undefined }

  static getDerivedStateFromError(fault: unknown) {
    return { fault: fault ?? 'unknown' }
  }

  override render() {
    return this.state.fault === undefined ? this.props.children : <FaultPage fault={String(this.state.fault)} />
  }
}
