/** The look of a cell's gutter. Each line keeps its place while it is empty, so that nothing moves when it fills. */
import { css } from "lit";

export const gutterStyles = css`
  :host {
    display: block;
    font-size: var(--small);
    line-height: 1.5;
  }
  .head {
    display: flex;
    align-items: center;
    gap: 0.25rem;
    min-height: 1.75rem;
  }
  .line {
    display: flex;
    align-items: center;
    gap: 0.375rem;
    min-height: 1.25rem;
    padding-left: 0.45rem;
    color: var(--muted);
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .status {
    font-size: 0.875rem;
  }
  .line.running,
  .line.streaming,
  .line:is(.done, .cached) svg {
    color: var(--accent);
  }
  .line.failed,
  .line.error {
    color: var(--danger);
  }
  .line.stopped,
  .line.blocked,
  .line.paused,
  .line.stale {
    color: var(--warn);
  }
  .time {
    color: var(--muted);
  }
  pal-panel {
    display: block;
    padding-left: 1.7rem;
    font-size: 0.75rem;
    color: var(--muted);
    font-variant-numeric: tabular-nums;
  }
  .marks {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
    padding-left: 1.7rem;
    margin-bottom: -1.25rem;
    font-size: 0.75rem;
  }
  .details {
    opacity: 0;
    transition: opacity 0.12s;
  }
  :host(:hover) .details,
  :host(:focus-within) .details {
    opacity: 1;
  }
  button.play {
    color: var(--accent);
  }
  .turning {
    transform-origin: 6px 6px;
    animation: turn 1s linear infinite;
  }
  @keyframes turn {
    to {
      transform: rotate(1turn);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .turning {
      animation-duration: 4s;
    }
  }
  @media (max-width: 56rem) {
    :host {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 0 0.75rem;
    }
    .marks,
    pal-panel {
      padding-left: 0;
      margin: 0;
    }
  }
`;
