public import CivilTime
import EventSourcing
import Money
public import Tariffs

/// Money that came in.
public struct ReceivePayment: Hashable, Sendable {
  /// The payment.
  public var payment: PaymentReceived
  /// Today, in the account's zone: a later payment is not believed.
  public var today: Day
  /// In which order invoices are paid.
  public var order: AllocationOrder

  /// A payment that is known on `today`.
  public init(_ payment: PaymentReceived, today: Day, order: AllocationOrder = .oldestDueFirst) {
    self.payment = payment
    self.today = today
    self.order = order
  }
}

/// A payment that was not honoured.
public struct ReturnPayment: Hashable, Sendable {
  /// The payment's reference.
  public var reference: String
  /// The day it was returned.
  public var day: Day
  /// Why.
  public var reason: String
  /// Today, in the account's zone: a later return is not believed.
  public var today: Day
  /// In which order what is left as credit pays invoices.
  public var order: AllocationOrder

  /// The payment `reference`, returned.
  public init(
    reference: String, day: Day, reason: String, today: Day,
    order: AllocationOrder = .oldestDueFirst
  ) {
    self.reference = reference
    self.day = day
    self.reason = reason
    self.today = today
    self.order = order
  }
}

extension Account {
  static func receive(
    _ command: ReceivePayment, _ state: AccountState
  ) throws(AccountRejection) -> [Event] {
    let payment = command.payment
    guard payment.amount > .zero else {
      throw .invalid(field: "amount", reason: "is \(payment.amount); a payment is above zero")
    }
    guard StreamID.isValid(payment.reference) else {
      throw .invalid(
        field: "reference",
        reason: "is '\(payment.reference)'; it must be 1 to 64 printable characters")
    }
    if let known = state.receivables.payments.first(where: {
      $0.received.reference == payment.reference
    })?.received {
      guard known.amount == payment.amount, known.day == payment.day else {
        throw .receivable(
          .paymentDiffers(reference: payment.reference, amount: known.amount, day: known.day))
      }
      return []
    }
    guard payment.day <= command.today else {
      throw .receivable(.dayInFuture(today: command.today))
    }
    if let opened = state.details?.day, payment.day < opened {
      throw .receivable(.beforeOpening(opened))
    }
    if payment.invoice != 0, state.invoice(payment.invoice) == nil {
      throw .receivable(.unknownInvoice(payment.invoice))
    }
    var next = state
    var events: [Event] = [.paymentReceived(payment)]
    next.evolve(events[0])
    events += next.allocateCredit(command.order)
    events += next.reverseFeesPaidInTime(by: UInt32(next.receivables.payments.count))
    events += next.completePlans(on: command.today)
    return events
  }

  static func takeBack(
    _ command: ReturnPayment, _ state: AccountState
  ) throws(AccountRejection) -> [Event] {
    guard
      let place = state.receivables.payments.firstIndex(where: {
        $0.received.reference == command.reference
      })
    else { throw .receivable(.unknownPayment(command.reference)) }
    if let day = state.receivables.payments[place].returned {
      guard day == command.day else { throw .receivable(.paymentReturned(command.reference, day)) }
      return []
    }
    guard command.day >= state.receivables.payments[place].received.day else {
      throw .invalid(
        field: "day",
        reason: "is \(command.day); the payment came on "
          + "\(state.receivables.payments[place].received.day)")
    }
    guard command.day <= command.today else {
      throw .receivable(.dayInFuture(today: command.today))
    }
    guard !command.reason.isEmpty else {
      throw .invalid(field: "reason", reason: "is empty; say why it was returned")
    }
    let number = UInt32(place) + 1
    var next = state
    var events = next.freeAllocations(ofPayment: number)
    let returned = Event.paymentReturned(
      PaymentReturned(
        payment: number, day: command.day, reason: command.reason,
        amount: state.receivables.payments[place].received.amount))
    next.evolve(returned)
    events.append(returned)
    for fee in state.receivables.lateFees where fee.reversed?.payment == number {
      var again = fee.assessed
      again.isReinstated = true
      next.evolve(.lateFeeAssessed(again))
      events.append(.lateFeeAssessed(again))
    }
    return events + next.allocateCredit(command.order)
  }
}

extension AccountState {
  /// Reverses the fees that would not have been assessed had the payment `number` been known: those of
  /// a run after it was received, on an invoice of which it leaves nothing open. Folds what it gives.
  ///
  /// DOMAIN section 6, "payment dated 16 Mar, posted 19 Mar".
  mutating func reverseFeesPaidInTime(by number: UInt32) -> [Event] {
    guard let place = receivables.place(\.payments, number) else { return [] }
    let received = receivables.payments[place].received.at
    var events: [Event] = []
    for fee in receivables.lateFees
    where fee.reversed == nil && received <= fee.assessed.at
      && openCharges(under: fee) <= .zero
    {
      let event = Event.lateFeeReversed(
        LateFeeReversed(invoice: fee.assessed.invoice, reason: .paidInTime, payment: number))
      evolve(event)
      events.append(event)
    }
    return events
  }

  /// What was open of an invoice's charges when a fee was assessed on it, with the payments received by
  /// then, whenever they became known, and without the credits issued and what was given up since.
  private func openCharges(under fee: Receivables.LateFee) -> Money {
    guard let invoice = invoice(fee.assessed.invoice), !invoice.isCancelled else { return .zero }
    var open = invoice.total - max(.zero, invoice.fees)
    for part in receivables.allocations where part.invoice == invoice.ordinal {
      switch part.source {
      case .payment(let number):
        guard let place = receivables.place(\.payments, number),
          receivables.payments[place].received.at <= fee.assessed.at
        else { continue }
      case .credit(let ordinal):
        guard let credit = self.invoice(ordinal), credit.version <= fee.version else { continue }
      }
      open -= part.amount
    }
    return open
  }

  /// Completes the plan whose instalments are all paid. Folds what it gives.
  mutating func completePlans(on day: Day) -> [Event] {
    var events: [Event] = []
    for (index, plan) in receivables.plans.enumerated()
    where plan.isActive && plan.paid >= plan.total {
      let event = Event.paymentPlanCompleted(
        PaymentPlanCompleted(plan: UInt32(index) + 1, day: day))
      evolve(event)
      events.append(event)
    }
    return events
  }
}
