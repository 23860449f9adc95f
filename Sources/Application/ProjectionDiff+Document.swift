public import Documents
import Foundation
import Money

extension ProjectionDiffReport {
  /// The comparison as a document, for a page or CSV.
  public var document: ReportDocument {
    ReportDocument(
      title: "\(left) and \(right)", subtitle: "What one version moves against the other",
      facts: [
        .init("left", "Left", left), .init("right", "Right", right),
        .init("ledger_position", "Ledger position", "\(size)"),
        .init("equal", "Rows equal", "\(equal)"), .init("changed", "Rows changed", "\(changed)"),
        .init("only_left", "Rows only left", "\(onlyLeft)"),
        .init("only_right", "Rows only right", "\(onlyRight)"),
      ],
      sections: [totalsSection, movesSection, rowsSection]
        + (explained.map { [entries($0)] } ?? []),
      notes: [
        "Right less left is the difference. A move leaves one class and arrives in another: the "
          + "total stands."
      ])
  }

  private static func amounts(_ isSummed: Bool = true) -> [ReportDocument.Column] {
    [
      .init("left", "Left", .money, isSummed: isSummed),
      .init("right", "Right", .money, isSummed: isSummed),
      .init("difference", "Difference", .money, isSummed: isSummed),
    ]
  }

  private var totalsSection: ReportDocument.Section {
    var section = ReportDocument.Section(
      "totals", title: "Totals",
      columns: by.map { .init($0, $0.capitalized, .text) } + Self.amounts())
    for total in totals {
      section.add(
        by.map { .text(total.of[$0] ?? "") }
          + [.money(total.left), .money(total.right), .money(total.difference)])
    }
    section.controls = [
      .init(
        "Difference", left: .init("Sum of the totals", .money(totals.map(\.difference).sum())),
        right: .init("Right less left", .money(rightTotal - leftTotal)))
    ]
    section.charts = [
      .groupedBars(
        title: "Left and right",
        categories: totals.map { total in
          by.map { total.of[$0] ?? "" }.joined(separator: " ")
        },
        series: [
          .init(left, totals.map(\.left)),
          .init(right, totals.map(\.right)),
        ])
    ]
    return section
  }

  private var movesSection: ReportDocument.Section {
    var section = ReportDocument.Section(
      "moves", title: "Moves",
      columns: [
        .init("quarter", "Quarter", .text), .init("plan", "Plan", .text),
        .init("from", "From", .text), .init("to", "To", .text), .init("amount", "Amount", .money),
      ], hasTotal: false)
    for move in moves {
      section.add([
        .text(move.quarter), .text(move.plan), .text(move.from), .text(move.to),
        .money(move.amount),
      ])
    }
    return section
  }

  private var rowsSection: ReportDocument.Section {
    var section = ReportDocument.Section(
      "rows", title: "Rows that differ",
      columns: [.init("row", "Row", .text), .init("cause", "Cause", .text)] + Self.amounts())
    for row in rows {
      section.add([
        .text(row.row), .text(row.cause), .money(row.left), .money(row.right),
        .money(row.difference),
      ])
    }
    return section
  }

  private func entries(_ entries: [Entry]) -> ReportDocument.Section {
    var section = ReportDocument.Section(
      "entries", title: "Entries",
      columns: [
        .init("entry", "Entry", .text), .init("account", "Account", .text),
        .init("left_row", "Left row", .text), .init("left", "Left", .money),
        .init("right_row", "Right row", .text), .init("right", "Right", .money),
      ], hasTotal: false)
    for entry in entries {
      section.add([
        .text("\(entry.position)"), .text(entry.account), .text(entry.leftRow),
        entry.left.map { .money($0) } ?? .empty, .text(entry.rightRow),
        entry.right.map { .money($0) } ?? .empty,
      ])
    }
    if isTruncated { section.notes = ["There are more: use --limit."] }
    return section
  }
}
