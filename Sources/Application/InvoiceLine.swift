import Documents
import Metering
import Money
import Tariffs

extension InvoiceDocument.Line {
  /// Line `index`, from 0, of `bill`, which was rated from `input`.
  init(_ index: Int, of bill: RatedBill, _ input: RatingInput, address: String) {
    let rated = bill.lines[index]
    let facts = bill.explain(index, input)
    var line = InvoiceDocument.Line(
      line: index + 1, address: address, type: rated.type.name,
      revenueClass: rated.revenueClass.name, label: Self.label(facts, input),
      amount: rated.amount.description)
    switch rated.basis {
    case .energy(let energy, let price):
      line.quantity = energy.kilowattHours
      line.unit = "kWh"
      line.price = price.description
    case .demand(let power, let price, let part):
      line.quantity = power.kilowatts
      line.unit = part.isOne ? "kW" : "kW x \(part)"
      line.price = price.description
    case .terms(let part, let term, let price):
      line.quantity = part.denominator == 1 ? "\(part.numerator)" : part.description
      line.unit = term == .day && part != .one ? "days" : term.name
      line.price = price.description
    case .topUp(let minimum, _): line.price = "up to \(minimum)"
    case .share(let base, let rate):
      line.price = "\(rate.percentage)"
      line.base = base.description
    }
    if rated.waived != .zero {
      line.waived = rated.waived.description
      line.waivedBy = input.waiver(of: rated)?.promotion
    }
    if facts.days != input.period { line.span = InvoiceDocument.Period(facts.days) }
    self = line
  }

  private static func label(_ facts: LineExplanation, _ input: RatingInput) -> String {
    var label = facts.title.isEmpty ? facts.code : facts.title
    if let period = facts.touPeriod { label += ", \(period)" }
    switch (facts.tierBegins, facts.tierEnds) {
    case (nil, nil): break
    case (nil, let end?): label += ", first \(end.applied)"
    case (let begin?, nil): label += ", over \(begin.applied)"
    case (let begin?, let end?): label += ", \(begin.applied.amount) to \(end.applied)"
    }
    if facts.days != input.period { label += ", \(facts.days)" }
    return label
  }
}
