/** Whatever a colour says is said by a word or a sign, too. In a page, the rules stay with the picture. */
export const SVG_STYLE = `
svg.pipeline { --ink: #1c2430; --dim: #5b6675; --edge: #8592a3; --paper: #ffffff; --panel: #f1f4f8; --cluster: #e9f3ec; --box: #ffffff; --line: #4a5a70; --key: #7a4b00; --deploy: #13653f;
  color-scheme: light dark; max-width: none; }
@media (prefers-color-scheme: dark) {
  svg.pipeline { --ink: #e6eaf0; --dim: #a3aebc; --edge: #5d6a7b; --paper: #14181e; --panel: #1d232c; --cluster: #17281f; --box: #232b36; --line: #9db0c8; --key: #f3c46b; --deploy: #74d3a2; }
}
@media print {
  svg.pipeline { --ink: #000; --dim: #444; --edge: #777; --paper: #fff; --panel: #fff; --cluster: #fff; --box: #fff; --line: #333; --key: #000; --deploy: #000; }
}
svg.pipeline text { font: 12px system-ui, sans-serif; fill: var(--ink); }
svg.pipeline .paper { fill: var(--paper); }
svg.pipeline .column { fill: var(--panel); }
svg.pipeline .column.environments { fill: var(--cluster); }
svg.pipeline text.title { font-size: 14px; font-weight: 600; fill: var(--dim); }
svg.pipeline .job, svg.pipeline .environment { fill: var(--box); stroke: var(--edge); stroke-width: 1.25; }
svg.pipeline .environment { stroke: var(--deploy); }
svg.pipeline text.name { font-size: 14px; font-weight: 600; }
svg.pipeline text.line { fill: var(--dim); }
svg.pipeline text.code { font-family: ui-monospace, monospace; fill: var(--key); }
svg.pipeline .icon { fill: none; stroke: var(--dim); stroke-width: 1.4; stroke-linejoin: round; }
svg.pipeline .icon.key { stroke: var(--key); }
svg.pipeline .way { fill: none; stroke: var(--line); stroke-width: 1.5; }
svg.pipeline .head { fill: var(--line); }
svg.pipeline .deploys .way { stroke: var(--deploy); stroke-width: 2; }
svg.pipeline .deploys .head { fill: var(--deploy); }
svg.pipeline .stops .way { stroke: var(--edge); stroke-dasharray: 4 3; }
svg.pipeline .stops .head { fill: var(--edge); }
svg.pipeline text.label { font-size: 11px; fill: var(--line); }
`;
