import Billing
import CivilTime
import EventLog
import EventSourcing
import Parallel
import ProjectionStore
import Revenue
import Tariffs

/// What each cause moves, by class of revenue, in cents.
struct BridgeSteps: Sendable {
  let quarter: Quarter
  private let sealed: FilingSealed
  private(set) var moved: [BridgeCause: [RevenueClass: Int64]] = [:]
  private(set) var corrections: [BridgeCorrection] = []

  init(_ quarter: Quarter, _ sealed: FilingSealed) throws {
    self.quarter = quarter
    self.sealed = sealed
  }

  /// What one entry moves.
  private struct Found: Sendable {
    var cause: BridgeCause
    var moved: [RevenueClass: Int64]
    var correction: BridgeCorrection?
  }

  /// Takes in what every entry moves by the version that it was filed by: a bill that was issued since,
  /// or a correction, which the filing had where it was posted or not at all.
  mutating func take(
    _ projection: some Projection, of ledger: Ledger, size: UInt64,
    _ progress: @escaping ProgressHandler
  ) throws {
    var done = 0
    try Workers.pipeline(
      feed: { push in PositionRange.parts(to: size).forEach(push) },
      produce: { [self] range in try found(in: range, projection, ledger.book) },
      consume: { range, found in
        for each in found {
          for (revenueClass, cents) in each.moved {
            moved[each.cause, default: [:]][revenueClass, default: 0] += cents
          }
          if let correction = each.correction { corrections.append(correction) }
        }
        done += range.count
        progress(
          WorkProgress("looking for corrections", done: done, of: Int(size), unit: "entries"))
      })
  }

  /// Takes in what another classification moves.
  mutating func reclassify(_ figures: RevenueFigures, to cells: [RevenueCell: RevenueLine]) {
    var found: [RevenueClass: Int64] = [:]
    for (cell, line) in cells {
      if let revenueClass = cell.revenueClass { found[revenueClass, default: 0] += line.billed.net }
    }
    for (cell, sums) in figures.lines(.restated) where Quarter(month: cell.month) == quarter {
      if let revenueClass = cell.revenueClass { found[revenueClass, default: 0] -= sums.net }
    }
    moved[.reclassified] = found.filter { $0.value != 0 }
  }

  private func found(
    in range: PositionRange, _ projection: some Projection, _ book: Book
  ) throws -> [Found] {
    var found: [Found] = []
    try book.read { snapshot in
      try snapshot.forEach(from: range.first, through: range.last) { position, bytes in
        let entry = try EntryPlace(bytes)
        guard entry.kind == .account else { return .proceed }
        let isSince = position.rawValue >= sealed.size
        guard let reason = try Self.reason(entry, bytes, isSince: isSince) else { return .proceed }
        if let each = try self.found(projection, entry, position, bytes, reason) {
          found.append(each)
        }
        return .proceed
      }
    }
    return found
  }

  /// Whether an entry may move the quarter, and why: of one that cancels the reason, of one that only
  /// issues none.
  private static func reason(
    _ entry: EntryPlace, _ bytes: RawSpan, isSince: Bool
  ) throws -> CancellationReason?? {
    var issues = false
    var found: CancellationReason?
    try entry.forEachNumberedEvent(in: bytes) { _, range in
      switch try Event.Kind(peeking: bytes, range) {
      case .invoiceIssued: issues = true
      case .invoiceCancelled:
        if case .invoiceCancelled(let it) = try Event.decode(bytes, range) { found = it.reason }
      default: break
      }
    }
    if let found { return .some(found) }
    return issues && isSince ? .some(nil) : nil
  }

  private func found(
    _ projection: some Projection, _ entry: EntryPlace, _ position: Position, _ bytes: RawSpan,
    _ reason: CancellationReason?
  ) throws -> Found? {
    let figures = try RevenueFigures(of: entry, at: position, bytes, by: projection)
    var moved: [RevenueClass: Int64] = [:]
    func add(_ view: RevenueCell.View, _ sign: Int64) {
      for (cell, sums) in figures.lines(view) where Quarter(month: cell.month) == quarter {
        if let revenueClass = cell.revenueClass {
          moved[revenueClass, default: 0] += sign * sums.net
        }
      }
    }
    add(.restated, 1)
    if position.rawValue < sealed.size { add(sealed.view.rows, -1) }
    guard moved.values.contains(where: { $0 != 0 }) else { return nil }
    var correction: BridgeCorrection?
    if let reason {
      correction = try self.correction(
        entry, position, bytes, reason, moved.values.reduce(0, +))
    }
    return Found(
      cause: reason.map { .corrected($0) } ?? .issuedSince, moved: moved, correction: correction)
  }

  private func correction(
    _ entry: EntryPlace, _ position: Position, _ bytes: RawSpan, _ reason: CancellationReason,
    _ moved: Int64
  ) throws -> BridgeCorrection? {
    let account = bytes.text(in: entry.id)
    let named = try EntryInvoices(entry, of: account, bytes)
    return BridgeCorrection(
      position: position, account: account, cancelled: named.cancelled.first ?? "",
      replacement: named.issued.first ?? "",
      posted: Day(rawValue: entry.effectiveDay ?? 0), reason: reason, moved: moved)
  }
}

/// Why a quarter is not what was filed.
enum BridgeCause: Hashable, Sendable {
  /// Bills were first issued in it after it was filed.
  case issuedSince
  /// Bills were cancelled and made again.
  case corrected(CancellationReason)
  /// Another version of the classification answers.
  case reclassified

  /// In the order of the report.
  static var all: [BridgeCause] {
    [.issuedSince] + CancellationReason.allCases.map { .corrected($0) } + [.reclassified]
  }

  /// As programs read it.
  var name: String {
    switch self {
    case .issuedSince: "issued-since"
    case .corrected(let reason): reason.name
    case .reclassified: "reclassified"
    }
  }

  /// As people read it.
  var title: String {
    switch self {
    case .issuedSince: "Bills issued after it was filed"
    case .corrected(.readingCorrected): "Rebilled: a reading was corrected"
    case .corrected(.estimateSettled): "Rebilled: an estimate was settled"
    case .corrected(.ruleChanged): "Rebilled: a rule was wrong"
    case .corrected(.earlierInvoice): "Rebilled: an earlier bill changed"
    case .corrected(.decided): "Rebilled: someone decided so"
    case .corrected(.exemption): "Rebilled: an exemption from taxes"
    case .reclassified: "Reclassified"
    }
  }
}

/// A correction of a quarter's bills.
struct BridgeCorrection: Hashable, Sendable {
  let position: Position
  let account: String
  /// Numbers of the invoice that was cancelled, and of the one in its place.
  let cancelled: String
  let replacement: String
  let posted: Day
  let reason: CancellationReason
  /// Cents that it moves.
  let moved: Int64
}
