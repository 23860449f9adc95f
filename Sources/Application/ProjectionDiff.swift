import FoundationEssentials
import EventLog
import Documents
import EventSourcing
import Money
import ProjectionStore
import Revenue
import Tariffs

/// How two versions of a projection differ, as money.
public struct ProjectionDiffReport: Report {
  /// What both say of one value of each dimension.
  public struct Total: Encodable, Sendable {
    /// By dimension.
    let of: [String: String]
    let left: Money
    let right: Money
    let difference: Money
  }

  /// What leaves one class and ledger account and arrives in another.
  public struct Move: Encodable, Sendable {
    let quarter: String
    let plan: String
    let from: String
    let to: String
    let amount: Money
  }

  /// A row that differs.
  public struct Row: Encodable, Sendable {
    /// As `2025-10/IL/440/retail/residential/R1/FIXED`.
    let row: String
    let cause: String
    let left: Money
    let right: Money
    let difference: Money
  }

  /// A line of a bill that is in different rows.
  public struct Entry: Encodable, Sendable {
    /// The entry's position.
    let position: UInt64
    let account: String
    let leftRow: String
    let rightRow: String
    /// Absent where the line is in no row.
    let left: Money?
    /// Absent where the line is in no row.
    let right: Money?

    private enum CodingKeys: String, CodingKey {
      case position, account, left, right
      case leftRow = "left_row"
      case rightRow = "right_row"
    }
  }

  let left: String
  let right: String
  /// Entries that both have applied.
  let size: UInt64
  let equal: Int
  let changed: Int
  let onlyLeft: Int
  let onlyRight: Int
  let by: [String]
  let totals: [Total]
  let leftTotal: Money
  let rightTotal: Money
  let difference: Money
  let moves: [Move]
  let rows: [Row]
  let explained: [Entry]?
  let isTruncated: Bool

  private enum CodingKeys: String, CodingKey {
    case left, right, size, equal, changed, by, totals, difference, moves, rows, explained
    case onlyLeft = "only_left"
    case onlyRight = "only_right"
    case leftTotal = "left_total"
    case rightTotal = "right_total"
    case isTruncated = "truncated"
  }

  /// Rows, totals, moves.
  public var text: String {
    var parts = [
      "\(left) and \(right), both after \(size) entries: \(equal) rows equal, \(changed) changed, "
        + "\(onlyLeft) only in \(left), \(onlyRight) only in \(right)"
    ]
    if !totals.isEmpty {
      var table = Table(
        by.map { ($0.capitalized, .left) }
          + [(left, .right), (right, .right), ("Difference", .right)])
      for total in totals {
        table.add(
          by.map { total.of[$0] ?? "" }
            + [total.left, total.right, total.difference].map(\.description))
      }
      table.add(
        by.indices.map { $0 == 0 ? "Total" : "" }
          + [leftTotal, rightTotal, difference].map(\.description))
      parts.append(table.text())
    }
    if !moves.isEmpty {
      var table = Table([
        ("Moves", .left), ("Plan", .left), ("From", .left), ("To", .left), ("Amount", .right),
      ])
      for move in moves {
        table.add([move.quarter, move.plan, move.from, move.to, move.amount.description])
      }
      parts.append(table.text() + "\nWhat leaves one class arrives in another: the total stands.")
    }
    if let explained {
      var table = Table([
        ("Entry", .right), ("Account", .left), (left, .left), ("", .right), (right, .left),
        ("", .right),
      ])
      for entry in explained {
        table.add([
          "\(entry.position)", entry.account, entry.leftRow, entry.left?.description ?? "",
          entry.rightRow, entry.right?.description ?? "",
        ])
      }
      parts.append(
        explained.isEmpty ? "No entry is in different rows." : table.text())
      if isTruncated { parts.append("There are more: use --limit.") }
    }
    return parts.joined(separator: "\n\n")
  }
}

extension Ledger {
  /// Compares two versions of a projection after the same entries, as money.
  ///
  /// - Parameters:
  ///   - dimensions: What totals are told apart by.
  ///   - subject: An account, or the name of a row, whose entries are to be shown; `nil` for none.
  ///   - limit: At most so many of them; 0 for all.
  public func diff(
    projections texts: (left: String, right: String), by dimensions: [RevenueDimension],
    explaining subject: String?, limit: Int, progress: @escaping ProgressHandler
  ) throws -> ProjectionDiffReport {
    for _ in 0..<64 {
      let catalogue = try ProjectionCatalogue(of: self)
      let left = try catalogue.identity(texts.left)
      let right = try catalogue.identity(texts.right)
      guard left.name == right.name else {
        throw Failure(
          "\(left) and \(right) are different projections.",
          advice: "Compare two versions of one; `meterbook projection list` shows them.")
      }
      guard left != right else {
        throw Failure(
          "\(left) is named twice.", advice: "Name two versions, as revenue@1 revenue@2.")
      }
      let files = (
        try followed(left, catalogue, progress), try followed(right, catalogue, progress)
      )
      var differing: [RowDifference] = []
      let found = try files.0.differences(from: files.1) { done, total in
        progress(WorkProgress("comparing", done: done, of: total, unit: "rows"))
      } _: {
        differing.append($0)
      }
      // Another process followed one of them further: once more.
      guard let found else { continue }
      let figures = (try RevenueFigures(files.0), try RevenueFigures(files.1))
      guard figures.0.size == found.size, figures.1.size == found.size else { continue }
      var comparison = RevenueComparison(figures.0, figures.1)
      if let subject {
        try comparison.explain(subject, limit: limit, of: self, catalogue, (left, right), progress)
      }
      return comparison.report((left, right), found, by: dimensions)
    }
    throw Failure(
      "The book kept changing while the two versions were compared.",
      advice: "Run the command again when no batch is running.")
  }
}
