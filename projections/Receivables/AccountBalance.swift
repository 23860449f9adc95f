public import CivilTime
public import Money

/// What an account owes as of a day, folded from its movements in the order of the book.
public struct AccountBalance: Sendable {
  /// An invoice of which something is open, or was.
  public struct Invoice: Hashable, Sendable {
    /// The day it is due; `nil` where it was issued after the day in question.
    public var due: Day?
    /// What is open of it; below zero where it is a credit not yet used.
    public var open = Money.zero
  }

  /// As of the end of this day; `nil` for all that is known.
  public let day: Day?
  /// The invoices, by ordinal.
  public private(set) var invoices: [UInt32: Invoice] = [:]
  /// The account that it is part of.
  public private(set) var mergedInto: String?
  private var payments: [(amount: Money, left: Money)] = []

  /// Nothing yet.
  ///
  /// - Parameter day: Movements of later days do not count; `nil` for all.
  public init(asOf day: Day?) { self.day = day }

  /// Folds the next movement of the account.
  public mutating func take(_ movement: Movement) {
    let counts = day.map { movement.day <= $0 } ?? true
    switch movement.kind {
    case .received(let amount):
      // A payment has its number though it does not count yet.
      payments.append(counts ? (amount, amount) : (.zero, .zero))
    case _ where !counts: break
    case .issued(let ordinal, let due, let total):
      invoices[ordinal, default: Invoice()].due = due
      invoices[ordinal, default: Invoice()].open += total
    case .cancelled(let ordinal): invoices[ordinal]?.open = .zero
    case .paid(let ordinal, let payment, let amount):
      invoices[ordinal, default: Invoice()].open -= amount
      if let place = place(payment) { payments[place].left -= amount }
    case .credited(let ordinal, let credit, let amount):
      invoices[ordinal, default: Invoice()].open -= amount
      invoices[credit, default: Invoice()].open += amount
    case .returned(let payment):
      if let place = place(payment) { payments[place].left -= payments[place].amount }
    case .writtenOff(let ordinal, let amount):
      invoices[ordinal, default: Invoice()].open -= amount
    case .merged(let into): mergedInto = into
    case .unmerged: mergedInto = nil
    }
  }

  private func place(_ payment: UInt32) -> Int? {
    payment > 0 && Int(payment) <= payments.count ? Int(payment) - 1 : nil
  }

  /// What is open of its invoices.
  public var open: Money { invoices.values.map(\.open).sum() }
  /// What of its payments pays no invoice.
  public var credit: Money { payments.map(\.left).sum() }
}

/// How long what is open has been past due.
public enum Age: Int, Hashable, Sendable, CaseIterable {
  /// Not due, or for less than 30 days.
  case current
  /// For 30 to 59 days.
  case thirty
  /// For 60 to 89 days.
  case sixty
  /// For 90 days and more.
  case ninety

  /// The age on `day` of what was due on `due`; what has no due day yet is current.
  public init(due: Day?, on day: Day) {
    self.init(daysPastDue: due.map { day - $0 } ?? 0)
  }

  /// The age of what was due so many days ago; below zero it is not due yet.
  public init(daysPastDue days: Int) {
    self = days < 30 ? .current : days < 60 ? .thirty : days < 90 ? .sixty : .ninety
  }
}
