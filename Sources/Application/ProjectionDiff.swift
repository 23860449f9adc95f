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
    let left: String
    let right: String
    let difference: String
  }

  /// What leaves one class and ledger account and arrives in another.
  public struct Move: Encodable, Sendable {
    let quarter: String
    let plan: String
    let from: String
    let to: String
    let amount: String
  }

  /// A row that differs.
  public struct Row: Encodable, Sendable {
    /// As `2025-10/IL/440/retail/residential/R1/FIXED`.
    let row: String
    let cause: String
    let left: String
    let right: String
    let difference: String
  }

  /// A line of a bill that is in different rows.
  public struct Entry: Encodable, Sendable {
    /// The entry's position.
    let position: UInt64
    let account: String
    let leftRow: String
    let rightRow: String
    let left: String
    let right: String

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
  let leftTotal: String
  let rightTotal: String
  let difference: String
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
        table.add(by.map { total.of[$0] ?? "" } + [total.left, total.right, total.difference])
      }
      table.add(
        by.indices.map { $0 == 0 ? "Total" : "" } + [leftTotal, rightTotal, difference])
      parts.append(table.text())
    }
    if !moves.isEmpty {
      var table = Table([
        ("Moves", .left), ("Plan", .left), ("From", .left), ("To", .left), ("Amount", .right),
      ])
      for move in moves {
        table.add([move.quarter, move.plan, move.from, move.to, move.amount])
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
          "\(entry.position)", entry.account, entry.leftRow, entry.left, entry.rightRow,
          entry.right,
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

/// The revenue of two versions, side by side, as posted.
private struct RevenueComparison {
  /// Of each row what each version says.
  private var rows: [RevenueCell: (left: Int64, right: Int64)] = [:]
  /// The groups of rows in which what leaves one row arrives in another.
  private var balanced: Set<RevenueCell> = []
  private var entries: [ProjectionDiffReport.Entry]?
  private var isTruncated = false

  init(_ left: RevenueFigures, _ right: RevenueFigures) {
    for (cell, sums) in left.lines(.posted) { rows[cell, default: (0, 0)].left += sums.net }
    for (cell, sums) in right.lines(.posted) { rows[cell, default: (0, 0)].right += sums.net }
    var sums: [RevenueCell: Int64] = [:]
    for (cell, nets) in rows { sums[cell.group, default: 0] += nets.right - nets.left }
    balanced = Set(sums.filter { $0.value == 0 }.keys)
  }

  private func cause(_ cell: RevenueCell) -> String {
    balanced.contains(cell.group) ? "reclassified" : "changed"
  }

  func report(
    _ identities: (ProjectionIdentity, ProjectionIdentity), _ found: RowDifferences,
    by dimensions: [RevenueDimension]
  ) -> ProjectionDiffReport {
    var totals: [[String]: (left: Int64, right: Int64)] = [:]
    var all: (left: Int64, right: Int64) = (0, 0)
    for (cell, nets) in rows {
      let isDifferent = nets.left != nets.right
      let key = dimensions.map { dimension in
        cell.value(of: dimension) ?? (isDifferent ? cause(cell) : "unchanged")
      }
      totals[key, default: (0, 0)].left += nets.left
      totals[key, default: (0, 0)].right += nets.right
      all = (all.left + nets.left, all.right + nets.right)
    }
    let names = dimensions.map(\.rawValue)
    let differing = rows.filter { $0.value.left != $0.value.right }.sorted {
      $0.key.name < $1.key.name
    }
    return ProjectionDiffReport(
      left: identities.0.description, right: identities.1.description, size: found.size,
      equal: found.equal, changed: found.changed, onlyLeft: found.onlyLeft,
      onlyRight: found.onlyRight, by: names,
      totals: totals.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, nets in
        ProjectionDiffReport.Total(
          of: Dictionary(uniqueKeysWithValues: zip(names, key)), left: nets.left.money,
          right: nets.right.money, difference: (nets.right - nets.left).money)
      },
      leftTotal: all.left.money, rightTotal: all.right.money,
      difference: (all.right - all.left).money, moves: moves(),
      rows: differing.map { cell, nets in
        ProjectionDiffReport.Row(
          row: cell.name, cause: cause(cell), left: nets.left.money, right: nets.right.money,
          difference: (nets.right - nets.left).money)
      }, explained: entries, isTruncated: isTruncated)
  }

  /// What moves from class to class, by quarter and plan: of each group what leaves a row goes to those
  /// that gain, in order.
  private func moves() -> [ProjectionDiffReport.Move] {
    struct Way: Hashable {
      let quarter: Quarter
      let plan: String
      let from: String
      let to: String
    }
    var groups: [RevenueCell: [(cell: RevenueCell, gain: Int64)]] = [:]
    for (cell, nets) in rows where nets.left != nets.right && balanced.contains(cell.group) {
      groups[cell.group, default: []].append((cell, nets.right - nets.left))
    }
    var ways: [Way: Int64] = [:]
    for (_, changes) in groups {
      var losing = changes.filter { $0.gain < 0 }.sorted { $0.cell.name < $1.cell.name }
      for var gaining in changes.filter({ $0.gain > 0 }).sorted(by: { $0.cell.name < $1.cell.name })
      {
        while gaining.gain > 0, let last = losing.last {
          let amount = min(gaining.gain, -last.gain)
          let way = Way(
            quarter: last.cell.quarter, plan: last.cell.plan, from: last.cell.place,
            to: gaining.cell.place)
          ways[way, default: 0] += amount
          gaining.gain -= amount
          losing[losing.count - 1].gain += amount
          if losing[losing.count - 1].gain == 0 { losing.removeLast() }
        }
      }
    }
    return ways.sorted {
      ($0.key.quarter.number, $0.key.plan, $0.key.from, $0.key.to)
        < ($1.key.quarter.number, $1.key.plan, $1.key.from, $1.key.to)
    }.map { way, amount in
      ProjectionDiffReport.Move(
        quarter: way.quarter.description, plan: way.plan, from: way.from, to: way.to,
        amount: amount.money)
    }
  }

  /// Finds the entries that are in different rows: those of an account, or those of a row.
  mutating func explain(
    _ subject: String, limit: Int, of ledger: Ledger, _ catalogue: ProjectionCatalogue,
    _ identities: (ProjectionIdentity, ProjectionIdentity), _ progress: @escaping ProgressHandler
  ) throws {
    let isRow = rows.keys.contains { $0.name == subject }
    if !isRow, subject.contains("/") {
      throw Failure(
        "There is no row '\(subject)'.",
        advice: "Rows are named in --json, as \(rows.keys.map(\.name).min() ?? "2025-10/...").")
    }
    let folds = (try catalogue.projection(identities.0), try catalogue.projection(identities.1))
    var found: [ProjectionDiffReport.Entry] = []
    var truncated = false
    /// Takes in the entry at `position`; `false` at the limit.
    func take(_ position: Position, _ bytes: RawSpan) throws -> Bool {
      let entry = try EntryPlace(bytes)
      let sides = (
        try Self.nets(folds.0, entry, position, bytes),
        try Self.nets(folds.1, entry, position, bytes)
      )
      let cells = Set(sides.0.keys).union(sides.1.keys)
        .filter { sides.0[$0] != sides.1[$0] && (!isRow || $0.name == subject) }
      guard !cells.isEmpty else { return true }
      if limit > 0, found.count >= limit {
        truncated = true
        return false
      }
      let account = bytes.text(in: entry.id)
      for cell in cells.sorted(by: { $0.name < $1.name }) {
        found.append(
          ProjectionDiffReport.Entry(
            position: position.rawValue, account: account,
            leftRow: sides.0[cell] == nil ? "" : cell.name,
            rightRow: sides.1[cell] == nil ? "" : cell.name,
            left: sides.0[cell]?.money ?? "", right: sides.1[cell]?.money ?? ""))
      }
      return true
    }
    if isRow {
      let size = catalogue.size
      for range in PositionRange.parts(to: size) where !truncated {
        try ledger.book.read { snapshot in
          try snapshot.forEach(from: range.first, through: range.last) {
            try take($0, $1) ? .proceed : .stop
          }
        }
        progress(
          WorkProgress(
            "looking", done: Int(range.last.rawValue) + 1, of: Int(size), unit: "entries"))
      }
    } else {
      let stream = try ledger.accountStream(subject)
      try ledger.book.read { snapshot in
        try snapshot.forEach(stream: stream) { try take($0, $1) ? .proceed : .stop }
      }
    }
    (entries, isTruncated) = (found, truncated)
  }

  /// What an entry alone comes to in each row, as posted.
  private static func nets(
    _ projection: some Projection, _ entry: EntryPlace, _ position: Position, _ bytes: RawSpan
  ) throws -> [RevenueCell: Int64] {
    var fold = projection
    var changes = RowChanges()
    try fold.evolve(entry, at: position, bytes, into: &changes)
    fold.flush(into: &changes)
    let figures = try RevenueFigures(changes.run(), size: 0)
    return Dictionary(
      uniqueKeysWithValues: figures.lines(.posted).map { ($0.cell, $0.sums.net) })
  }
}

extension RevenueCell {
  /// What a reclassification leaves as it is.
  fileprivate var group: RevenueCell {
    var group = self
    (group.ledger, group.revenueClass) = ("", nil)
    return group
  }

  /// The class and the ledger account.
  fileprivate var place: String { "\(revenueClass?.name ?? "") \(ledger)" }
}

extension Int64 {
  /// As cents, in decimal.
  var money: String { Money(cents: self).description }
}
