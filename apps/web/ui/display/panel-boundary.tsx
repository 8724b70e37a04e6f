'use client'

import { Component, type ReactNode } from 'react'
import { Notice } from './failure-notice.tsx'

type Props = {
  /** What failed: `The senders could not be shown.` */
  readonly failed: string
  readonly children: ReactNode
}

/** Keeps a failure of one panel away from the rest of the page, and offers another try. */
export class PanelBoundary extends Component<Props, { readonly error: unknown }> {
  static getDerivedStateFromError(error: unknown) {
    return { error }
  }

  override state = { error: null }

  override render() {
    const { error } = this.state
    if (error === null) return this.props.children
    return (
      <Notice what={this.props.failed} busy={false} onRetry={() => this.setState({ error: null })}>
        This part of the page failed. Try again, or reload the page.
      </Notice>
    )
  }
}
