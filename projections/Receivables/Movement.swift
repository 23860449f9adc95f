public import Billing
public import CivilTime
import EventSourcing
public import Money

/// Money that moved, or what decides who owes it.
public struct Movement: Hashable, Sendable {
  /// What happened; invoices by ordinal.
  public enum Kind: Hashable, Sendable {
    /// An invoice was issued.
    case issued(UInt32, due: Day, total: Money)
    /// An invoice was cancelled.
    case cancelled(UInt32)
    /// A payment came in: payments of an account are numbered from 1 in the order of these.
    case received(Money)
    /// A part of a payment was set against an invoice; below zero it was taken back.
    case paid(UInt32, payment: UInt32, Money)
    /// A part of an invoice below zero was set against another; below zero it was taken back.
    case credited(UInt32, credit: UInt32, Money)
    /// A payment was not honoured.
    case returned(payment: UInt32)
    /// A part of an invoice was given up.
    case writtenOff(UInt32, Money)
    /// The account became part of another.
    case merged(into: String)
    /// The account stands for itself again.
    case unmerged
  }

  /// The accounting day.
  public var day: Day
  /// What happened.
  public var kind: Kind

  /// A movement on a day.
  public init(day: Day, kind: Kind) {
    self.day = day
    self.kind = kind
  }
}

extension Movement {
  /// What `event` moves on a day; `nil` if it is no movement.
  public init?(_ event: Event, day: Day) {
    guard let kind = Kind(event) else { return nil }
    self.init(day: day, kind: kind)
  }
}

extension Movement.Kind {
  /// What `event` moves; `nil` if it is no movement.
  init?(_ event: Event) {
    switch event {
    case .invoiceIssued(let it): self = .issued(it.ordinal, due: it.due, total: it.total)
    case .invoiceCancelled(let it): self = .cancelled(it.invoice.ordinal)
    case .paymentReceived(let it): self = .received(it.amount)
    case .paymentAllocated(let it):
      switch it.source {
      case .payment(let number): self = .paid(it.invoice, payment: number, it.sum)
      case .credit(let ordinal): self = .credited(it.invoice, credit: ordinal, it.sum)
      }
    case .paymentReturned(let it): self = .returned(payment: it.payment)
    case .writeOffPosted(let it): self = .writtenOff(it.invoice, it.amount + it.fees)
    case .accountMerged(let it): self = .merged(into: it.into)
    case .accountUnmerged: self = .unmerged
    default: return nil
    }
  }

  /// The number in the row, and what is beside it: an invoice, another number, cents, a due day, a
  /// text.
  private var parts:
    (number: UInt64, invoice: UInt32, other: UInt32, cents: Int64, due: Int32, text: String)
  {
    switch self {
    case .issued(let invoice, let due, let total): (1, invoice, 0, total.cents, due.rawValue, "")
    case .cancelled(let invoice): (2, invoice, 0, 0, 0, "")
    case .received(let amount): (3, 0, 0, amount.cents, 0, "")
    case .paid(let invoice, let payment, let amount): (4, invoice, payment, amount.cents, 0, "")
    case .credited(let invoice, let credit, let amount): (5, invoice, credit, amount.cents, 0, "")
    case .returned(let payment): (6, 0, payment, 0, 0, "")
    case .writtenOff(let invoice, let amount): (7, invoice, 0, amount.cents, 0, "")
    case .merged(let into): (8, 0, 0, 0, 0, into)
    case .unmerged: (9, 0, 0, 0, 0, "")
    }
  }

  func write(_ writer: inout WireWriter) {
    let parts = parts
    writer.unsigned(2, parts.number)
    writer.unsigned(3, UInt64(parts.invoice))
    writer.unsigned(4, UInt64(parts.other))
    writer.signed(5, parts.cents)
    writer.signed(6, Int64(parts.due))
    writer.string(7, parts.text)
  }

  fileprivate init(_ fields: [Int64], _ text: String) throws {
    let (invoice, other) = (UInt32(fields[3]), UInt32(fields[4]))
    let amount = Money(cents: fields[5])
    switch fields[2] {
    case 1: self = .issued(invoice, due: Day(rawValue: Int32(fields[6])), total: amount)
    case 2: self = .cancelled(invoice)
    case 3: self = .received(amount)
    case 4: self = .paid(invoice, payment: other, amount)
    case 5: self = .credited(invoice, credit: other, amount)
    case 6: self = .returned(payment: other)
    case 7: self = .writtenOff(invoice, amount)
    case 8: self = .merged(into: text)
    case 9: self = .unmerged
    default: throw WireError.invalidValue(field: 2, in: "Movement")
    }
  }
}

extension Movement {
  var value: [UInt8] {
    var writer = WireWriter(capacity: 32)
    writer.signed(1, Int64(day.rawValue))
    kind.write(&writer)
    return writer.bytes
  }

  /// Reads a row.
  public init(value: RawSpan) throws {
    var fields = [Int64](repeating: 0, count: 8)
    var text = ""
    var cursor = WireCursor(value)
    while let field = try cursor.next(in: value) {
      switch field.number {
      case 2, 3, 4: fields[field.number] = Int64(bitPattern: field.value)
      case 1, 5, 6: fields[field.number] = field.signed
      case 7: text = value.text(in: field.range)
      default: throw WireError.unknownField(field.number, in: "Movement")
      }
    }
    day = Day(rawValue: Int32(fields[1]))
    kind = try Kind(fields, text)
  }
}
