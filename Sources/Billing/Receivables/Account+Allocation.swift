import CivilTime
import EventSourcing
import Money
import Tariffs

extension AccountState {
  /// Sets what is a credit balance against what is open: the customer's instruction first, then by due
  /// date and invoice number, in the published order; disputed amounts are passed over; within an
  /// invoice late fees last. Folds what it gives.
  ///
  /// - Parameter first: The ordinal of the replacement that freed money goes to before anything else;
  ///   0 for none.
  mutating func allocateCredit(_ order: AllocationOrder, first: UInt32 = 0) -> [Event] {
    guard receivables.isUsed else { return [] }
    var events: [Event] = []
    for source in creditSources() {
      for ordinal in targets(order, instructed: first != 0 ? first : source.invoice) {
        let (amount, fees) = payable(ordinal)
        let left = self.left(of: source.source)
        let charges = min(left, amount)
        let late = min(left - charges, fees)
        guard charges + late > .zero else { continue }
        let part = PaymentAllocated(source.source, to: ordinal, amount: charges, fees: late)
        evolve(.paymentAllocated(part))
        events.append(.paymentAllocated(part))
      }
    }
    return events
  }

  /// Takes back what is set against the invoice `ordinal`. Folds what it gives.
  mutating func freeAllocations(ofInvoice ordinal: UInt32) -> [Event] {
    free { $0.invoice == ordinal || $0.source == .credit(ordinal) }
  }

  /// Takes back what a payment pays. Folds what it gives.
  mutating func freeAllocations(ofPayment number: UInt32) -> [Event] {
    free { $0.source == .payment(number) }
  }

  private mutating func free(_ isMeant: (PaymentAllocated) -> Bool) -> [Event] {
    var events: [Event] = []
    for part in receivables.allocations where isMeant(part) {
      evolve(.paymentAllocated(part.reversed))
      events.append(.paymentAllocated(part.reversed))
    }
    return events
  }

  /// Payments with something left, by when they were received; then invoices that are credits.
  private func creditSources() -> [(source: PaymentAllocated.Source, invoice: UInt32)] {
    let payments = receivables.payments.indices
      .filter { receivables.payments[$0].unallocated > .zero }
      .sorted {
        (receivables.payments[$0].received.at, $0) < (receivables.payments[$1].received.at, $1)
      }
    let credits = invoices.filter { $0.openCharges < .zero }
    return payments.map {
      (.payment(UInt32($0) + 1), receivables.payments[$0].received.invoice)
    } + credits.map { (.credit($0.ordinal), 0) }
  }

  private func left(of source: PaymentAllocated.Source) -> Money {
    switch source {
    case .payment(let number):
      receivables.place(\.payments, number).map { receivables.payments[$0].unallocated } ?? .zero
    case .credit(let ordinal): invoice(ordinal).map { max(.zero, -$0.openCharges) } ?? .zero
    }
  }

  /// The open invoices in the order in which they are paid; an instruction to pay a cancelled one
  /// means its replacement.
  private func targets(_ order: AllocationOrder, instructed: UInt32) -> [UInt32] {
    let meant = standing(instructed)
    return invoices.filter { $0.openCharges > .zero || $0.openFees > .zero }
      .sorted {
        if ($0.ordinal == meant) != ($1.ordinal == meant) { return $0.ordinal == meant }
        return switch order {
        case .oldestDueFirst: ($0.due, $0.ordinal) < ($1.due, $1.ordinal)
        case .newestDueFirst: ($0.due, $0.ordinal) > ($1.due, $1.ordinal)
        }
      }
      .map(\.ordinal)
  }

  /// The invoice that stands for `ordinal` after cancellations.
  func standing(_ ordinal: UInt32) -> UInt32 {
    var ordinal = ordinal
    while let replacement = invoice(ordinal)?.replacedBy, replacement != 0 {
      ordinal = replacement
    }
    return ordinal
  }

  /// What may be paid of an invoice: of charges and taxes, and of late fees.
  private func payable(_ ordinal: UInt32) -> (amount: Money, fees: Money) {
    guard let invoice = invoice(ordinal) else { return (.zero, .zero) }
    var amount = max(.zero, invoice.openCharges)
    for dispute in receivables.disputes
    where dispute.resolved == nil && dispute.opened.invoice == ordinal {
      if dispute.opened.amount == .zero { return (.zero, .zero) }
      amount = max(.zero, amount - dispute.opened.amount)
    }
    return (amount, max(.zero, invoice.openFees))
  }
}
