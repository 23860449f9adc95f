import EventLog
import EventSourcing
import Money
import ProjectionStore
import Revenue
import Tariffs

/// The revenue of two versions, side by side, as posted.
struct RevenueComparison {
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
          of: Dictionary(uniqueKeysWithValues: zip(names, key)), left: Money(cents: nets.left),
          right: Money(cents: nets.right), difference: Money(cents: nets.right - nets.left))
      },
      leftTotal: Money(cents: all.left), rightTotal: Money(cents: all.right),
      difference: Money(cents: all.right - all.left), moves: moves(),
      rows: differing.map { cell, nets in
        ProjectionDiffReport.Row(
          row: cell.name, cause: cause(cell), left: Money(cents: nets.left),
          right: Money(cents: nets.right),
          difference: Money(cents: nets.right - nets.left))
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
        amount: Money(cents: amount))
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
            left: sides.0[cell].map { Money(cents: $0) },
            right: sides.1[cell].map { Money(cents: $0) }))
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
    let figures = try RevenueFigures(of: entry, at: position, bytes, by: projection)
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
