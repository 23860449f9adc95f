public import CivilTime
import Money
import Tariffs

extension AccountState {
  /// Folds an event of the account's receivables; says whether it is one.
  mutating func evolveReceivables(_ event: Event) {
    receivables.isUsed = true
    switch event {
    case .paymentReceived(let it): receive(it)
    case .paymentAllocated(let it): allocate(it)
    case .paymentReturned(let it): takeBack(it)
    case .adjustmentPosted(let it):
      receivables.items.append(
        .init(
          type: .adjustment, amount: it.amount, revenueClass: it.revenueClass, about: it.invoice,
          reason: it.reason, rules: it.rules))
    case .creditPosted(let it):
      receivables.items.append(
        .init(
          type: .credit, amount: -it.amount, revenueClass: .credit, about: it.invoice,
          reason: it.reason))
    case .disputeOpened(let it): receivables.disputes.append(.init(opened: it))
    case .disputeResolved(let it): receivables.change(\.disputes, it.dispute) { $0.resolved = it }
    case .paymentPlanStarted(let it): receivables.plans.append(.init(started: it))
    case .paymentPlanBroken(let it): receivables.change(\.plans, it.plan) { $0.broken = it.day }
    case .paymentPlanCompleted(let it):
      receivables.change(\.plans, it.plan) { $0.completed = it.day }
    case .lateFeeAssessed(let it): assess(it)
    case .lateFeeSkipped(let it):
      receivables.skips.removeAll { $0.invoice == it.invoice }
      receivables.skips.append(it)
      if it.reason == .grace { receivables.graces.append(it) }
    case .lateFeeReversed(let it): reverse(it)
    case .writeOffPosted(let it):
      guard let place = place(ofInvoice: it.invoice) else { break }
      invoices[place].writtenOff += it.amount
      invoices[place].writtenOffFees += it.fees
    case .invoiceCancelled(let it): cancel(it)
    case .promotionEnrolled(let it): receivables.promotions.append(.init(enrolled: it))
    case .promotionEnded(let it):
      receivables.change(\.promotions, it.promotion) { $0.ended = it.day }
    case .notificationRequested(let it): receivables.notifications.append(.init(requested: it))
    case .notificationSent(let it):
      receivables.change(\.notifications, it.notification) { $0.isSent = true }
    case .notificationFailed(let it):
      receivables.change(\.notifications, it.notification) { $0.attempts = it.attempts }
    case .accountMerged(let it): receivables.mergedInto = it.into
    case .accountUnmerged: receivables.mergedInto = nil
    default: break
    }
  }

  private mutating func receive(_ it: PaymentReceived) {
    var payment = Receivables.Payment(received: it)
    if let plan = receivables.plans.lastIndex(where: \.isActive) {
      receivables.plans[plan].paid += it.amount
      payment.plan = UInt32(plan) + 1
    }
    receivables.payments.append(payment)
  }

  private mutating func takeBack(_ it: PaymentReturned) {
    guard let place = receivables.place(\.payments, it.payment) else { return }
    receivables.payments[place].returned = it.day
    let payment = receivables.payments[place]
    receivables.change(\.plans, payment.plan) { plan in
      if plan.isActive { plan.paid -= payment.received.amount }
    }
  }

  private mutating func allocate(_ it: PaymentAllocated) {
    guard let place = place(ofInvoice: it.invoice) else { return }
    invoices[place].paid += it.amount
    invoices[place].paidFees += it.fees
    switch it.source {
    case .payment(let number):
      receivables.change(\.payments, number) { $0.allocated += it.sum }
    case .credit(let ordinal):
      if let place = self.place(ofInvoice: ordinal) { invoices[place].paid -= it.sum }
    }
    let same = receivables.allocations.firstIndex {
      $0.source == it.source && $0.invoice == it.invoice
    }
    guard let same else { return receivables.allocations.append(it) }
    receivables.allocations[same].amount += it.amount
    receivables.allocations[same].fees += it.fees
    let rest = receivables.allocations[same]
    if rest.amount == .zero, rest.fees == .zero { receivables.allocations.remove(at: same) }
  }

  private mutating func assess(_ it: LateFeeAssessed) {
    receivables.items.append(
      .init(
        type: .lateFee, amount: it.amount, revenueClass: .lateFee, about: it.invoice, reason: ""))
    receivables.lateFees.append(
      .init(assessed: it, item: receivables.items.count - 1, version: version))
    receivables.skips.removeAll { $0.invoice == it.invoice }
  }

  private mutating func reverse(_ it: LateFeeReversed) {
    let standing = receivables.lateFees.lastIndex {
      $0.assessed.invoice == it.invoice && $0.reversed == nil
    }
    guard let standing else { return }
    receivables.lateFees[standing].reversed = it
    let item = receivables.lateFees[standing].item
    if receivables.items[item].invoice == 0 {
      receivables.items[item].isVoid = true
    } else {
      receivables.items.append(
        .init(
          type: .credit, amount: -receivables.items[item].amount, revenueClass: .lateFee,
          about: it.invoice, reason: it.detail))
    }
  }

  /// Whatever waits is on the invoice that was issued; promotions count it.
  mutating func bill(_ invoice: inout Invoice) {
    for index in receivables.items.indices where receivables.items[index].isWaiting {
      receivables.items[index].invoice = invoice.ordinal
      if receivables.items[index].revenueClass == .lateFee {
        invoice.fees += receivables.items[index].amount
      }
    }
    if let replaced = place(ofInvoice: invoice.replaces) {
      invoices[replaced].replacedBy = invoice.ordinal
    }
    guard !invoice.isStatement else { return }
    for index in receivables.promotions.indices {
      let slot = receivables.promotions[index].bills.firstIndex(of: invoice.replaces)
      if let slot {
        receivables.promotions[index].bills[slot] = invoice.ordinal
      } else if invoice.replaces == 0, receivables.promotions[index].takes(invoice.period) {
        receivables.promotions[index].bills.append(invoice.ordinal)
      }
    }
  }

  private mutating func cancel(_ it: InvoiceCancelled) {
    guard let place = place(ofInvoice: it.invoice.ordinal) else { return }
    let isLast = lastBillPlace == place
    invoices[place].isCancelled = true
    for index in receivables.items.indices
    where receivables.items[index].invoice == it.invoice.ordinal {
      receivables.items[index].invoice = 0
    }
    guard isLast else { return }
    bank = lastBill?.bank ?? []
    for meter in meters.indices {
      for register in meters[meter].registers.indices {
        meters[meter].registers[register].unbill(it.invoice.readings)
      }
    }
  }
}

extension Receivables {
  /// The place of the `number`th of a list.
  func place<Element>(_ list: KeyPath<Self, [Element]>, _ number: UInt32) -> Int? {
    number > 0 && Int(number) <= self[keyPath: list].count ? Int(number) - 1 : nil
  }

  fileprivate mutating func change<Element>(
    _ list: WritableKeyPath<Self, [Element]>, _ number: UInt32, _ body: (inout Element) -> Void
  ) {
    if let place = place(list, number) { body(&self[keyPath: list][place]) }
  }
}

extension Receivables.Promotion {
  /// Whether a bill of `period`, which replaces none, has its component waived.
  public func takes(_ period: BillingPeriod) -> Bool {
    ended == nil && bills.count < Int(enrolled.bills) && period.end > enrolled.from
  }
}

extension AccountState.Register {
  /// Goes back to the first of the readings that a cancelled bill used.
  fileprivate mutating func unbill(_ used: [EventReference]) {
    if let first = readings.firstIndex(where: { reading in
      used.contains { reading.isRecorded(at: $0) }
    }) {
      billed = min(billed, first)
    }
  }
}
