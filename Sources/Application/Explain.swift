import Billing
import CivilTime
import Documents
import EventLog
import Metering
import Money
import Tariffs

/// Why an invoice, or a line of it, is what it is.
public struct ExplanationReport: Report {
  let explanation: Explanation

  /// The explanation.
  public var text: String { explanation.text }

  /// The explanation itself.
  public func encode(to encoder: any Encoder) throws { try explanation.encode(to: encoder) }
}

extension Ledger {
  /// Explains an invoice, or one of its lines (from 1), down to the readings' addresses.
  public func explain(_ number: String, line: Int?) throws -> ExplanationReport {
    let builder = InvoiceBuilder(
      stored: try storedInvoice(number), issuer: book.identity.name,
      isSimulated: book.identity.isSimulated)
    let document = builder.document
    let count = document.lines.count
    if let line, !(1...count).contains(line) {
      throw Failure(
        "Invoice \(number) has no line \(line).", advice: "Its lines are 1 to \(count).")
    }
    let shown = line.map { [$0 - 1] } ?? Array(0..<count)
    return ExplanationReport(
      explanation: Explanation(
        of: document,
        lines: shown.map { Explanation.Line(line: builder.line($0), facts: builder.facts($0)) }))
  }
}

extension InvoiceBuilder {
  /// What line `index` (from 0) follows from, in the order of the calculation.
  func facts(_ index: Int) -> [Explanation.Fact] {
    let derivation = stored.derivation
    guard !derivation.charges[index].isFromWaiting else { return waitingFacts(index) }
    let line = derivation.rated.lines[ratedLine(index)]
    let facts = derivation.rated.explain(ratedLine(index), derivation.input)
    var result = [Explanation.Fact("type", "\(line.type.name), class \(line.revenueClass.name)")]
    if line.type == .tax {
      let title = facts.title.isEmpty ? "" : ", \(facts.title)"
      result.append(.init("rule", "tax \(facts.code) of \(facts.jurisdiction)\(title)"))
    } else {
      result.append(
        .init("rule", "plan \(facts.plan), version \(facts.version), component \(facts.code)"))
      if let source = derivation.input.segments[Int(line.segment)].tariff.version.source {
        result.append(
          .init(
            "source", "\(source.format) \(source.label), SHA-256 \(source.hash.hex.prefix(16))"))
      }
      result.append(.init("days", "\(facts.days), \(facts.days.days) days"))
    }
    switch line.basis {
    case .energy(let energy, let price): result += energyFacts(facts, energy, price)
    case .demand(let power, let price, let part):
      result += demandFacts(facts, power, price, part)
    case .terms(let part, let term, let price):
      if term != .day, !facts.monthFactor.isOne || !facts.spanFactor.isOne {
        result += prorationFacts(facts)
      }
      let name = term == .day ? "days" : "part of a \(term.name)"
      result.append(
        .init(name, part.denominator == 1 ? "\(part.numerator)" : part.description))
      result.append(.init("price", "\(price) a \(term.name)"))
    case .topUp(let minimum, let counted):
      result += countedFacts(facts)
      result.append(.init("minimum", minimum.description))
      result.append(.init("charges it tests", counted.description))
    case .share(let base, let rate):
      result += countedFacts(facts)
      result.append(.init(line.type == .tax ? "taxable amount" : "base", base.description))
      result.append(.init("rate", rate.percentage))
    }
    result.append(.init("exact product", facts.product.description))
    let exact = line.amount + line.waived
    result.append(.init("rounded", "\(exact) (\(facts.rounding.name), once)"))
    let charge = derivation.charges[index]
    if charge.isExempt {
      result.append(.init("exempt", "\(charge.waived) by certificate \(charge.waivedBy)"))
    } else if line.waived != .zero {
      let promotion =
        derivation.input.waiver(of: line).map { " by promotion \($0.promotion)" } ?? ""
      result.append(.init("waived", line.waived.description + promotion))
    }
    result.append(.init("amount", line.amount.description))
    result.append(.init("event", address(ofLine: index)))
    return result
  }

  private func energyFacts(
    _ facts: LineExplanation, _ energy: Energy, _ price: Price
  ) -> [Explanation.Fact] {
    var result: [Explanation.Fact] = []
    let split = facts.isSplit ? ", split by days from one measurement" : ", as measured"
    let word = energy < .zero ? "delivered" : "usage"
    result.append(.init(word, "\(facts.segmentUsage)\(split)"))
    if facts.bankApplied != .zero {
      result.append(.init("from the bank", "\(facts.bankApplied), not billed"))
    }
    if let period = facts.touPeriod { result.append(.init("time of use", period)) }
    let limits = [("from", facts.tierBegins), ("up to", facts.tierEnds)]
    if limits.contains(where: { $0.1 != nil }) {
      if !facts.monthFactor.isOne || !facts.spanFactor.isOne { result += prorationFacts(facts) }
      if facts.filling != .pooled {
        result.append(
          .init(
            "tiers are filled",
            facts.filling == .separate ? "by each period's energy" : "interval by interval"))
      }
      result += limits.flatMap { limitFacts($0.0, $0.1, facts) }
    }
    result.append(.init("quantity", energy.description))
    result.append(.init("price", "\(price) a kWh"))
    return result
  }

  private func limitFacts(
    _ word: String, _ limit: LineExplanation.Limit?, _ facts: LineExplanation
  ) -> [Explanation.Fact] {
    guard let limit else { return [] }
    switch limit.basis {
    case .month:
      return [
        .init(
          "tier \(word)",
          limit.published == limit.applied
            ? "\(limit.applied)" : "\(limit.applied), prorated from \(limit.published)")
      ]
    case .day:
      return [.init("tier \(word)", "\(limit.applied): \(limit.published) a day")]
    case .peak:
      let peak = facts.peak.map { "\($0.power)" } ?? "the peak"
      return [.init("tier \(word)", "\(limit.applied): \(limit.published) for each kW of \(peak)")]
    case .peakDay:
      let peak = facts.peak.map { "\($0.power)" } ?? "the peak"
      return [
        .init("tier \(word)", "\(limit.applied): \(limit.published) a day for each kW of \(peak)")
      ]
    }
  }

  private func demandFacts(
    _ facts: LineExplanation, _ power: Power, _ price: Price, _ part: Fraction
  ) -> [Explanation.Fact] {
    var result: [Explanation.Fact] = []
    if let period = facts.touPeriod { result.append(.init("time of use", period)) }
    if let peak = facts.peak {
      let at = peak.at.map { " in the interval from \(stored.zone.local($0))" } ?? ""
      result.append(.init("peak", "\(peak.power)\(at)"))
    }
    if let ratchet = facts.ratchet {
      result.append(
        .init(
          "ratchet",
          "\(ratchet.rule.rate.percentage) of \(ratchet.peak), the greatest peak of the last "
            + "\(ratchet.rule.bills) bills: at least \(ratchet.least)"))
    }
    for case (let word, let limit?) in [("from", facts.tierBegins), ("up to", facts.tierEnds)] {
      result.append(.init("tier \(word)", "\(limit.applied)"))
    }
    if !part.isOne { result.append(.init("part of the days", part.description)) }
    result.append(.init("quantity", power.description))
    result.append(.init("price", "\(price) a kW"))
    return result
  }

  private func countedFacts(_ facts: LineExplanation) -> [Explanation.Fact] {
    let derivation = stored.derivation
    return facts.counted.map { counted in
      .init(
        "counts line \(counted.line + 1)",
        "\(counted.amount), \(derivation.rated.explain(counted.line, derivation.input).title)")
    }
  }

  private func prorationFacts(_ facts: LineExplanation) -> [Explanation.Fact] {
    var result = [
      Explanation.Fact(
        "proration",
        "\(stored.invoice.period.days) days are \(facts.monthFactor) of a month")
    ]
    if !facts.spanFactor.isOne {
      result.append(.init("", "of which these days are \(facts.spanFactor)"))
    }
    return result
  }
}
