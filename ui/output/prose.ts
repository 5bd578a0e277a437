/** The look of a markdown text. */
import { css } from "lit";

export const prose = css`
  .prose {
    line-height: 1.65;
    overflow-wrap: break-word;
  }
  .prose > :first-child {
    margin-top: 0;
  }
  .prose > :last-child {
    margin-bottom: 0;
  }
  .prose h1 {
    font-size: var(--title);
    line-height: 1.2;
    letter-spacing: -0.015em;
    font-weight: 650;
    margin: 1rem 0 0.75rem;
  }
  .prose h2,
  .prose h3 {
    font-size: var(--large);
    line-height: 1.3;
    font-weight: 600;
    margin: 1.25rem 0 0.5rem;
  }
  .prose h3 {
    font-size: var(--text);
  }
  .prose p,
  .prose ul,
  .prose ol,
  .prose pre,
  .prose table,
  .prose blockquote {
    margin: 0 0 0.75rem;
  }
  .prose code {
    font: 0.875em var(--mono);
    background: var(--surface);
    border-radius: 3px;
    padding: 0.1em 0.3em;
  }
  .prose pre {
    background: var(--surface);
    border-radius: var(--radius);
    padding: 0.75rem 1rem;
    overflow: auto;
  }
  .prose pre code {
    padding: 0;
    background: none;
  }
  .prose blockquote {
    margin-left: 0;
    padding-left: 1rem;
    border-left: 2px solid var(--hairline);
    color: var(--muted);
  }
  .prose table {
    border-collapse: collapse;
    font-size: var(--small);
  }
  .prose th,
  .prose td {
    padding: 0.3rem 0.75rem;
    border-bottom: 1px solid var(--hairline);
    text-align: left;
  }
  .prose a {
    color: var(--accent);
  }
  .prose a[target="_blank"]::after {
    content: "\\2009↗";
    font-size: 0.75em;
  }
  .prose img {
    max-width: 100%;
  }
  .prose hr {
    border: 0;
    border-top: 1px solid var(--hairline);
    margin: 1.5rem 0;
  }
`;
