/**
 * The design tokens: one type scale, one accent colour (verdigris, the green of old inks), and colours for the light and the
 * dark theme. `light-dark()` follows `color-scheme`; charts and editors use these variables, so switching the theme redraws
 * nothing. Text colours have a contrast of at least 4.5 on every surface (WCAG 2.2).
 */
import { css } from "lit";

export const tokens = css`
  :root {
    color-scheme: light dark;
    --page: light-dark(#fdfcfa, #161716);
    --surface: light-dark(#f5f3ee, #1e201f);
    --raised: light-dark(#ffffff, #262928);
    --ink: light-dark(#1f1d1a, #e8e6e1);
    --muted: light-dark(#66615a, #a3a09a);
    --hairline: light-dark(#e4dfd6, #343735);
    --edge: light-dark(#8d877c, #777c79);
    --accent: light-dark(#0b6b62, #54cdbd);
    --on-accent: light-dark(#ffffff, #0c1f1c);
    --wash: light-dark(#e3f1ee, #1b302d);
    --danger: light-dark(#b3261e, #ff9a8f);
    --danger-wash: light-dark(#fbecea, #351f1d);
    --warn: light-dark(#8a5300, #eab35c);
    --warn-wash: light-dark(#fbf1df, #33291a);
    --series-1: light-dark(#b4530a, #f0a35e);
    --series-2: light-dark(#0b7a70, #4fd1c0);
    --series-3: light-dark(#6d4bc3, #b39bf0);
    --series-4: light-dark(#2563ae, #7cb3f2);
    --series-5: light-dark(#b3326a, #f08bb0);
    --series-6: light-dark(#5f6b1d, #bcc977);
    --series-7: light-dark(#66615a, #a3a09a);
    --code-keyword: light-dark(#8a3a8f, #d9a0dd);
    --code-string: light-dark(#7a4a00, #e2b878);
    --code-number: light-dark(#1d5fa8, #86b8f0);
    --code-comment: light-dark(#66615a, #a3a09a);
    --code-type: light-dark(#0b6b62, #6fd0c2);
    --sans: system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif;
    --mono: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
    --small: 0.8125rem;
    --text: 1rem;
    --code: 0.875rem;
    --large: 1.25rem;
    --title: 1.875rem;
    --radius: 6px;
    --column: 50rem;
    --wide: 72rem;
    --gutter: 9.5rem;
  }
  :root[data-theme="light"] {
    color-scheme: light;
  }
  :root[data-theme="dark"] {
    color-scheme: dark;
  }
  body {
    margin: 0;
    background: var(--page);
    color: var(--ink);
    font: var(--text) / 1.6 var(--sans);
    -webkit-text-size-adjust: 100%;
  }
  @media (prefers-reduced-motion: reduce) {
    :root {
      scroll-behavior: auto;
    }
  }
`;

/** The colours of a chart's series, in the order of the series. */
export const palette = [1, 2, 3, 4, 5, 6, 7].map((each) => `var(--series-${each})`);
