import Billing
import EventSourcing

/// What the events of an entry concern beside its own stream.
struct AuditConcern {
  /// Accounts, by name.
  private(set) var accounts: Set<String> = []
  /// Invoices of the entry's account, by ordinal.
  private(set) var invoices: Set<UInt32> = []
  /// Disputes and notifications, by index of the event.
  private(set) var links: [(index: Int, link: AuditLink)] = []

  /// Events that concern no invoice and no other account, and are many: they are not decoded.
  static let silent: Set<Event.Kind> = [
    .readingRecorded, .intervalsRecorded, .intervalsCorrected, .kwhBanked, .kwhApplied, .kwhExpired,
  ]

  /// Takes in an event.
  mutating func take(_ event: Event, at index: Int) {
    switch event {
    case .meterAssigned(let it): note(account: it.account)
    case .meterReleased(let it): note(account: it.account)
    case .inputRejected(let it): note(account: it.account)
    case .accountMerged(let it): note(account: it.into)
    case .disputeOpened(let it): link(.init(.disputed, it.invoice), index)
    case .disputeResolved(let it): link(.init(.dispute, it.dispute), index)
    case .notificationRequested(let it): link(.init(.notified, it.invoice), index)
    case .notificationSent(let it): link(.init(.notification, it.notification), index)
    case .notificationFailed(let it): link(.init(.notification, it.notification), index)
    default: for ordinal in event.invoices where ordinal != 0 { invoices.insert(ordinal) }
    }
  }

  private mutating func note(account: String) {
    if StreamID.isValid(account) { accounts.insert(account) }
  }

  private mutating func link(_ link: AuditLink, _ index: Int) {
    links.append((index, link))
    if link.what.isOpening, link.number != 0 { invoices.insert(link.number) }
  }
}

/// An event on a dispute or a notification.
///
/// ```
/// what (1) number (4)
/// ```
public struct AuditLink: Hashable, Sendable {
  /// What the number is of.
  public enum What: UInt8, Hashable, Sendable {
    /// The invoice that is disputed: the account's next dispute.
    case disputed = 1
    /// A dispute.
    case dispute = 2
    /// The invoice that a customer is to be told about: the account's next notification.
    case notified = 3
    /// A notification.
    case notification = 4

    /// Whether it is the first event on its matter, which names the invoice.
    public var isOpening: Bool { self == .disputed || self == .notified }
  }

  /// What the number is of.
  public var what: What
  /// An invoice's ordinal, or the number of a dispute or notification, from 1.
  public var number: UInt32

  init(_ what: What, _ number: UInt32) { (self.what, self.number) = (what, number) }

  var value: [UInt8] { [what.rawValue] + number.bigEndianBytes }

  /// Reads a row's value; `nil` for one that is none.
  public init?(value: RawSpan) {
    guard value.byteCount == 5, let what = What(rawValue: value.byte(at: 0)) else { return nil }
    self.what = what
    number = (1..<5).reduce(0) { $0 << 8 | UInt32(value.byte(at: $1)) }
  }
}

extension Event {
  /// The invoices that the event itself names; 0 for none.
  fileprivate var invoices: [UInt32] {
    switch self {
    case .chargeRecorded(let it): [it.about]
    case .invoiceIssued(let it): [it.ordinal, it.replaces]
    case .invoiceCancelled(let it): [it.invoice.ordinal]
    case .adjustmentPosted(let it): [it.invoice]
    case .creditPosted(let it): [it.invoice]
    case .writeOffPosted(let it): [it.invoice]
    case .paymentReceived(let it): [it.invoice]
    case .paymentAllocated(let it):
      switch it.source {
      case .payment: [it.invoice]
      case .credit(let ordinal): [it.invoice, ordinal]
      }
    case .lateFeeAssessed(let it): [it.invoice]
    case .lateFeeSkipped(let it): [it.invoice]
    case .lateFeeFailed(let it): [it.invoice]
    case .lateFeeReversed(let it): [it.invoice]
    default: []
    }
  }
}
