/// How a page looks, on a light and a dark screen and on paper.
enum ReportStyle {
  /// The style sheet; `footer` stands at the foot of every printed page.
  static func sheet(footer: String) -> String {
    [light, dark, page, tables, charts, paper(footer: footer)].joined(separator: "\n")
  }

  private static let light = """
    :root { --paper: #fff; --ink: #17202b; --soft: #566373; --faint: #8a95a3; --rule: #d5dbe3;
    --tint: #eef2f7; --tint2: #f6f8fb; --neg: #a4161a; --good: #14683c; --goodtint: #e4f3ea;
    --bad: #a4161a; --badtint: #fbe6e6; --end: #5b6b7f; --up: #1b7f79; --down: #c4541a;
    --c0: #2f5d9b; --c1: #e0912f; --c2: #3a9188; --c3: #b2476a; --c4: #7a9a3a; --c5: #6d5aa8;
    --c6: #58a5d8; --c7: #9a6b45; --c8: #7d8896; --c9: #c9b23a; }
    """
  private static let dark = """
    @media screen and (prefers-color-scheme: dark) { :root { --paper: #12171e; --ink: #e4e9f0;
    --soft: #a3afbd; --faint: #75818f; --rule: #313b48; --tint: #1e2732; --tint2: #19202a;
    --neg: #ff9d94; --good: #7fd6a3; --goodtint: #153023; --bad: #ff9d94; --badtint: #3a1b1d;
    --end: #8d9bad; --up: #46b8ae; --down: #f08a4b; --c0: #6f9fe0; --c1: #f0ad57; --c2: #5cc0b4;
    --c3: #e07f9f; --c4: #a8c862; --c5: #a593e0; --c6: #8ccbf2; --c7: #c99a70; --c8: #a9b4c1;
    --c9: #e2cf68; } }
    """
  private static let page = """
    * { box-sizing: border-box; }
    html { background: var(--paper); color: var(--ink); -webkit-text-size-adjust: 100%; }
    body { max-width: 1440px; margin: 0 auto; padding: 40px 32px 56px;
    font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial,
    "Liberation Sans", sans-serif; font-variant-numeric: tabular-nums lining-nums; }
    h1 { margin: 0; font-size: 30px; line-height: 1.2; letter-spacing: -0.01em; }
    h2 { margin: 0 0 16px; padding-top: 10px; border-top: 2px solid var(--ink); font-size: 19px; }
    .subtitle { margin: 4px 0 0; color: var(--soft); font-size: 18px; }
    .verdict { display: inline-block; margin: 16px 0 0; padding: 4px 12px; border-radius: 4px;
    font-weight: 600; }
    .agree { color: var(--good); } .differ { color: var(--bad); font-weight: 700; }
    .verdict.agree { background: var(--goodtint); } .verdict.differ { background: var(--badtint); }
    dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(210px, 1fr)); gap: 14px 32px;
    margin: 24px 0 0; }
    dl .code { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: 0 16px; }
    dl .code dt { width: 150px; }
    dt { color: var(--soft); font-size: 12px; line-height: 1.75; } dd { margin: 0; }
    code { font: 12px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
    overflow-wrap: anywhere; }
    nav ol { display: flex; flex-wrap: wrap; gap: 4px 28px; margin: 24px 0 0; padding: 0 0 0 18px; }
    a { color: inherit; text-underline-offset: 3px; }
    section { margin-top: 44px; }
    .note, footer { color: var(--soft); font-size: 13px; } .note { margin: 10px 0 0; }
    footer { margin-top: 44px; padding-top: 12px; border-top: 1px solid var(--rule); }
    footer p { margin: 0 0 4px; }
    .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
    white-space: nowrap; }
    .scroll { position: relative; overflow-x: auto; }
    """
  private static let tables = """
    table { position: relative; border-collapse: collapse; font-size: 12.5px; line-height: 1.35; }
    section > .scroll > table:not(.controls) { min-width: min(100%, 640px); }
    th, td { padding: 4px 8px; text-align: left; vertical-align: baseline; font-weight: 400; }
    th:first-child, td:first-child { padding-left: 6px; }
    thead th { padding-bottom: 6px; border-bottom: 1px solid var(--ink); color: var(--soft);
    font-size: 12px; font-weight: 600; line-height: 1.25; vertical-align: bottom; }
    .n { text-align: right; white-space: nowrap; } thead .n { white-space: normal; }
    .neg { color: var(--neg); fill: var(--neg); } .nil { color: var(--faint); }
    tbody th { white-space: nowrap; }
    tr.row > *, .controls tbody > tr > *, .figures tbody > tr > * {
    border-bottom: 1px solid var(--rule); }
    tr.group th { padding-top: 10px; font-weight: 650; }
    tr.g0 th { padding-top: 12px; background: var(--tint); font-size: 14px; }
    tr.g1 ~ tr.row th:first-child, tr.g0 ~ tr.row th:first-child { padding-left: 20px; }
    tr.sum > * { border-top: 1px solid var(--soft); font-weight: 650; }
    tr.sum th { font-weight: 650; } tr.s0 > * { background: var(--tint2); }
    tr.total > * { border-top: 1px solid var(--ink); border-bottom: 3px double var(--ink);
    padding-top: 7px; font-weight: 700; }
    .controls, .figures { margin-top: 14px; }
    .controls .agree, .controls .differ { white-space: nowrap; }
    """
  private static let charts = """
    figure { margin: 0 0 28px; max-width: 960px; } figcaption { font-weight: 650; font-size: 15px; }
    .legend { display: flex; flex-wrap: wrap; gap: 2px 20px; margin: 6px 0 0; padding: 0;
    list-style: none; font-size: 13px; color: var(--soft); }
    .legend i { display: inline-block; width: 12px; height: 12px; margin-right: 7px;
    border-radius: 2px; vertical-align: -1px; }
    svg { display: block; width: 100%; min-width: 680px; height: auto; margin-top: 6px; }
    svg text { font-size: 120px; fill: var(--ink); } svg .tick, svg .unit { fill: var(--soft);
    font-size: 112px; } svg .unit { font-style: italic; } svg .end { font-weight: 650; }
    svg text.neg { fill: var(--neg); }
    .grid { stroke: var(--rule); stroke-width: 8; } .zero { stroke: var(--soft); stroke-width: 12; }
    .link { stroke: var(--soft); stroke-width: 8; stroke-dasharray: 30 20; }
    .cut { fill: none; stroke: var(--paper); stroke-width: 36; }
    rect { stroke: var(--paper); stroke-width: 8; } rect.end { fill: var(--end); }
    rect.up { fill: var(--up); } rect.down { fill: var(--down); }
    """ + "\n"
    + (0..<10).map {
      "rect.c\($0) { fill: var(--c\($0)); } i.c\($0) { background: var(--c\($0)); }"
    }
    .joined(separator: "\n")

  private static func paper(footer: String) -> String {
    """
    @page { margin: 14mm 12mm 16mm; @bottom-left { content: \(Markup.styleString(footer));
    font: 8pt sans-serif; color: #566373; } @bottom-right { content: "Page " counter(page) " of "
    counter(pages); font: 8pt sans-serif; color: #566373; } }
    @page across { size: landscape; }
    @media print { html { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    body { max-width: none; padding: 0; font-size: 9.5pt; } nav { display: none; }
    h1 { font-size: 22pt; } h2 { font-size: 14pt; break-after: avoid; }
    .subtitle { font-size: 13pt; } dl { grid-template-columns: repeat(3, 1fr); gap: 8pt 20pt; }
    dt { font-size: 8pt; } code { font-size: 8pt; }
    section { margin-top: 22pt; } section.wide { page: across; } .scroll { overflow: visible; }
    table { font-size: var(--print, 8.5pt); } thead { display: table-header-group; }
    thead th, tr.g0 th { font-size: inherit; } th, td { padding: 2pt 0.75em; }
    .wide tbody th, .wide td { padding-top: 1.2pt; padding-bottom: 1.2pt; }
    tr, figure, .controls { break-inside: avoid; } tr.group { break-after: avoid; }
    tr.sum, tr.total { break-before: avoid; } svg { min-width: 0; } figure { max-width: none; } .wide figure { max-width: 190mm; }
    .note, footer { font-size: 8.5pt; } }
    """
  }
}
