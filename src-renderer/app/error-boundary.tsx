import { Component } from 'react';
import type { ReactNode } from 'react';
import { FailurePanel } from '../ui/failure-panel.tsx';

interface BoundaryProps {
  readonly children: ReactNode;
}

interface BoundaryState {
  readonly message: string | null;
}

/** Keeps a rendering error from blanking the window; React offers this only as a class. */
export class ErrorBoundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { message: null };

  static getDerivedStateFromError(error: unknown): BoundaryState {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    const { message } = this.state;
    return message === null ? (
      this.props.children
    ) : (
      <FailurePanel
        message={`This view crashed: ${message}`}
        hint="Capsules and processes are not affected. Try again; if it crashes again, restart the application."
        onRetry={() => this.setState({ message: null })}
      />
    );
  }
}
