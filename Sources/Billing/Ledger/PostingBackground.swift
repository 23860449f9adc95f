import CivilTime
public import EventSourcing
import Money
import Tariffs

/// What some events of an account are posted by besides their own entry: a plan changed within a
/// billing period, an invoice cancelled, a payment returned. Folded from the account's stream.
public struct PostingBackground: Sendable {
  /// An invoice that was issued.
  struct Issued: Sendable {
    var version: UInt64
    var day: Day
    /// What was written off of it.
    var writtenOff = Money.zero
  }

  /// The plans, each with the version of the stream that assigned it, by their first day.
  private var plans: [(version: UInt64, assignment: PlanAssignment)] = []
  /// The invoices, by ordinal.
  private(set) var invoices: [UInt32: Issued] = [:]
  /// What the payments came to, in the order they came.
  private(set) var payments: [Money] = []

  /// An account of which nothing is known.
  public init() {}

  /// Folds the next entry of the account's stream.
  public mutating func apply(_ entry: EntryView, _ bytes: RawSpan) throws {
    try entry.forEachEvent(in: bytes) { _, range in
      switch try Event.Kind(peeking: bytes, range) {
      case .ratePlanAssigned, .invoiceIssued, .paymentReceived, .writeOffPosted:
        take(try Event.decode(bytes, range), entry.header)
      default: break
      }
    }
  }

  private mutating func take(_ event: Event, _ header: EntryHeader) {
    switch event {
    case .ratePlanAssigned(let it):
      let place = plans.lastIndex { $0.assignment.from <= it.from }.map { $0 + 1 } ?? 0
      plans.insert(
        (header.version, PlanAssignment(plan: it.plan, from: it.from)), at: place)
    case .invoiceIssued(let it):
      guard let day = header.effectiveDay else { break }
      invoices[it.ordinal] = Issued(version: header.version, day: Day(rawValue: day))
    case .paymentReceived(let it): payments.append(it.amount)
    case .writeOffPosted(let it): invoices[it.invoice]?.writtenOff += it.amount + it.fees
    default: break
    }
  }

  /// The plans as they were known before the entry that brought the stream to `version`.
  func plans(before version: UInt64) -> [PlanAssignment] {
    plans.filter { $0.version < version }.map(\.assignment)
  }
}
