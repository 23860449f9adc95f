import Billing
import CivilTime
import Metering
import Money
import Tariffs

extension Event {
  /// What happened, in a line; `nil` for what the others imply.
  ///
  /// - Parameter state: The account after the event.
  func sentence(on account: String, _ state: AccountState) -> String? {
    func name(_ ordinal: UInt32) -> String {
      InvoiceIssued.number(account: account, ordinal: ordinal)
    }
    func about(_ ordinal: UInt32) -> String { ordinal == 0 ? "" : ", about \(name(ordinal))" }
    let payments = state.receivables.payments
    func reference(_ number: UInt32) -> String {
      let place = Int(number) - 1
      return payments.indices.contains(place) ? payments[place].received.reference : "\(number)"
    }
    switch self {
    case .paymentReceived(let it):
      return "Payment \(it.reference) of \(it.amount), received on \(it.day)"
    case .paymentReturned(let it):
      return "Payment \(reference(it.payment)) returned on \(it.day): \(it.reason)"
    case .paymentAllocated(let it):
      let source =
        switch it.source {
        case .payment(let number): "payment \(reference(number))"
        case .credit(let ordinal): "credit \(name(ordinal))"
        }
      let fees = it.fees == .zero ? "" : ", \(it.fees) of it late fees"
      return it.sum < .zero
        ? "\(-it.sum) of \(source) taken back from \(name(it.invoice))"
        : "\(it.sum) of \(source) pay \(name(it.invoice))\(fees)"
    case .adjustmentPosted(let it):
      return "Adjustment of \(it.amount), class \(it.revenueClass.name)\(about(it.invoice))"
    case .creditPosted(let it): return "Credit of \(it.amount)\(about(it.invoice))"
    case .invoiceIssued(let it):
      let kind = it.isStatement ? "Statement" : "Invoice"
      return "\(kind) \(name(it.ordinal)) of \(it.total), due on \(it.due)"
    case .writeOffPosted(let it):
      return "\(it.amount + it.fees) of \(name(it.invoice)) written off"
    case .disputeOpened(let it):
      let amount = it.amount == .zero ? "all that is open" : "\(it.amount)"
      return "Dispute of \(name(it.invoice)) opened on \(it.day): \(amount)"
    case .disputeResolved(let it):
      let disputes = state.receivables.disputes
      let place = Int(it.dispute) - 1
      let invoice = disputes.indices.contains(place) ? disputes[place].opened.invoice : 0
      return "Dispute of \(name(invoice)) \(it.outcome.name) on \(it.day)"
    case .paymentPlanStarted(let it):
      return "Payment plan of \(it.instalments.map(\.amount).sum()) from \(it.day)"
    case .paymentPlanBroken(let it): return "Payment plan broken on \(it.day): \(it.reason)"
    case .paymentPlanCompleted(let it): return "Payment plan completed on \(it.day)"
    case .lateFeeAssessed(let it):
      let word = it.isReinstated ? "stands again" : "assessed"
      return "Late fee of \(it.amount) on \(name(it.invoice)) \(word)"
    case .lateFeeReversed(let it): return "Late fee on \(name(it.invoice)) reversed"
    default: return serviceSentence(state)
    }
  }

  /// What happened to the service, its meters, promotions and exemptions.
  private func serviceSentence(_ state: AccountState) -> String? {
    switch self {
    case .serviceStopped(let it): return "Service stops on \(it.day), the first day not served"
    case .accountClosed(let it): return "Account closed on \(it.day)"
    case .ratePlanAssigned(let it): return "Plan \(it.plan) from \(it.from) on"
    case .accountMerged(let it): return "Part of account \(it.into) from \(it.day) on"
    case .accountUnmerged(let it): return "An account of its own again from \(it.day) on"
    case .promotionEnrolled(let it):
      return "Promotion \(it.promotion) from \(it.from) on: \(it.component) waived on "
        + "\(it.bills) bills"
    case .promotionEnded(let it):
      let place = Int(it.promotion) - 1
      let promotions = state.receivables.promotions
      let code = promotions.indices.contains(place) ? promotions[place].enrolled.promotion : ""
      return "Promotion \(code) ended on \(it.day)"
    case .taxExemptionGranted(let it):
      let number = (state.exemptions.lastIndex { $0.granted == it } ?? 0) + 1
      return "Exemption \(number): \(it.words) from \(it.from) on, certificate \(it.certificate)"
    case .taxExemptionEnded(let it):
      let place = Int(it.exemption) - 1
      let known = state.exemptions.indices.contains(place)
      let words = known ? ", \(state.exemptions[place].granted.words)," : ""
      return "Exemption \(it.exemption)\(words) ended on \(it.day), the first day not exempt"
    case .readingCorrected(let it):
      return "Reading of \(state.meters.name(it.register)) at \(it.at) corrected to "
        + "\(state.meters.value(it.value, it.register))"
    case .intervalsCorrected(let it):
      return "Intervals of \(state.meters.name(it.register)) from \(it.block.start) corrected"
    case .readingRecorded(let it):
      return "Reading of \(state.meters.name(it.register)) at \(it.at): "
        + "\(state.meters.value(it.value, it.register))"
    case .meterRemoved(let it):
      let place = Int(it.meter)
      let meter = state.meters.indices.contains(place) ? state.meters[place].id : "\(place)"
      return "Meter \(meter) removed at \(it.at)"
    default: return nil
    }
  }
}

extension TaxExemptionGranted {
  /// What is exempt, as `all taxes of US-ST`.
  var words: String { "\(tax.isEmpty ? "all taxes" : "tax \(tax)") of \(jurisdiction)" }
}

extension String {
  /// The text with its first letter in upper case.
  var sentence: String { prefix(1).uppercased() + dropFirst() }

  /// The text without the full stop at its end, to go on with a sentence of its own.
  var withoutFullStop: String { hasSuffix(".") ? String(dropLast()) : self }
}
