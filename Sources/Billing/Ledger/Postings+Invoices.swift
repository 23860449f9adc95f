import CivilTime
import EventSourcing
import Money
import Tariffs

/// What invoices are posted by, kept from one to the next: most invoices of a run have it in common.
struct PostingMemory: Sendable {
  /// The lines of the invoice that follows.
  var charges: [(index: Int, charge: ChargeView)] = []

  /// The ledger accounts of a tariff's components.
  struct TariffKey: Hashable {
    var tariff: ObjectIdentifier
    var customerClass: CustomerClass
    var classification: Int?
  }
  /// By tariff, customer and classification; the tariff is kept with them, so that none takes its
  /// identity.
  var components: [TariffKey: (tariff: CompiledTariff, ledgers: [String])] = [:]

  /// Who pays which taxes.
  struct TaxKey: Hashable {
    var rules: UInt64
    var jurisdictions: [String]
    var day: Day
    var customerClass: CustomerClass
    var classification: Int?
  }
  var taxes: [TaxKey: [String]] = [:]

  /// Which tariffs a period is under.
  struct SpanKey: Hashable {
    var rules: UInt64
    var plans: [PlanAssignment]
    var period: BillingPeriod
  }
  var spans: [SpanKey: [CompiledTariff]] = [:]

  /// How many of each are kept.
  static let maximumCount = 4096
}

extension Dictionary {
  /// The value under `key`, made and kept if it is missing; all others go first where there are too
  /// many.
  fileprivate mutating func kept(
    _ key: Key, _ make: () throws -> Value
  ) rethrows -> Value {
    if let found = self[key] { return found }
    if count >= PostingMemory.maximumCount { removeAll(keepingCapacity: true) }
    let made = try make()
    self[key] = made
    return made
  }
}

extension Postings {
  /// The classification in a place of the history.
  private func classification(_ place: Int?) -> Classification {
    place.map { history.classifications[$0].classification } ?? .standard
  }

  /// The ledger accounts that no line names, on a day as known at a version of the rules.
  func control(on day: Day, version: UInt64) -> ControlAccounts {
    guard !history.classifications.isEmpty else { return .standard }
    return classification(history.classification(on: day, version: version)).control
  }

  /// Posts the lines that precede an invoice, or (negated) its cancellation.
  ///
  /// - Parameters:
  ///   - sign: -1 of an invoice, 1 of a cancellation: that of the lines' total, when the invoice's is
  ///     added, is zero.
  ///   - issued: The day the invoice was issued, which picks the ledger accounts.
  mutating func post(
    _ invoice: InvoiceIssued, _ sign: Int64, issuedOn issued: Day, in place: Place,
    _ body: (Posting) throws -> Void
  ) throws {
    let day = try place.day()
    let charges = memory.charges
    defer { memory.charges.removeAll(keepingCapacity: true) }
    let lines = charges.reduce(Money.zero) { $0 + $1.charge.amount }
    let total = sign < 0 ? invoice.total : -invoice.total
    guard lines == total else { throw place.problem(.unbalanced(total: total, lines: lines)) }
    let chosen = history.classification(on: issued, version: invoice.rules)
    var posting = Posting(
      ledger: classification(chosen).control.receivables, account: place.account,
      invoice: invoice.ordinal, amount: total, day: day,
      event: sign < 0 ? .invoiceIssued : .invoiceCancelled, address: place.address)
    if total != .zero { try body(posting) }
    var tariffs: [CompiledTariff]?
    for (index, charge) in charges where charge.amount != .zero {
      posting.address.index = index
      let line = Place(place.header, posting.address)
      if charge.tax == 0, charge.type == 0, tariffs == nil {
        tariffs = try self.tariffs(of: invoice, line)
      }
      posting.ledger = try ledger(of: charge, invoice, tariffs ?? [], chosen, line)
      posting.amount = -charge.amount
      try body(posting)
    }
  }

  /// The tariffs of the segments of an invoice's period.
  private mutating func tariffs(
    of invoice: InvoiceIssued, _ line: Place
  ) throws -> [CompiledTariff] {
    let history = history
    let key = PostingMemory.SpanKey(
      rules: invoice.rules, plans: invoice.plans, period: invoice.period)
    return try memory.spans.kept(key) {
      do throws(UsageProblem) {
        return try history.rules(invoice.rules).spans(of: invoice.period, plans: key.plans)
          .map(\.tariff)
      } catch {
        throw line.problem(.noTariff(error))
      }
    }
  }

  private mutating func ledger(
    of charge: ChargeView, _ invoice: InvoiceIssued, _ tariffs: [CompiledTariff], _ chosen: Int?,
    _ line: Place
  ) throws(PostingProblem) -> String {
    if charge.tax != 0 {
      let ledgers = taxLedgers(invoice, chosen)
      guard charge.tax <= ledgers.count else { throw line.problem(.noTax) }
      return ledgers[Int(charge.tax) - 1]
    }
    if charge.type != 0 {
      guard let type = LineType(rawValue: UInt8(clamping: charge.type)),
        let revenueClass = RevenueClass(rawValue: UInt8(clamping: charge.revenueClass))
      else { throw line.problem(.noClass) }
      return classification(chosen).account(
        code: "", lineType: type, revenueClass: revenueClass, customerClass: invoice.customerClass)
    }
    guard charge.segment < tariffs.count else { throw line.problem(.noComponent) }
    let ledgers = componentLedgers(tariffs[Int(charge.segment)], invoice.customerClass, chosen)
    guard charge.component < ledgers.count else { throw line.problem(.noComponent) }
    return ledgers[Int(charge.component)]
  }

  private mutating func componentLedgers(
    _ tariff: CompiledTariff, _ customerClass: CustomerClass, _ chosen: Int?
  ) -> [String] {
    let key = PostingMemory.TariffKey(
      tariff: ObjectIdentifier(tariff), customerClass: customerClass, classification: chosen)
    let classification = classification(chosen)
    return memory.components.kept(key) {
      let ledgers = tariff.version.components.map {
        classification.account(
          code: $0.code, lineType: $0.lineType, revenueClass: $0.revenueClass,
          customerClass: customerClass)
      }
      return (tariff, ledgers)
    }.ledgers
  }

  private mutating func taxLedgers(_ invoice: InvoiceIssued, _ chosen: Int?) -> [String] {
    let day = invoice.period.lastDay
    let key = PostingMemory.TaxKey(
      rules: invoice.rules, jurisdictions: invoice.jurisdictions, day: day,
      customerClass: invoice.customerClass, classification: chosen)
    let classification = classification(chosen)
    let history = history
    return memory.taxes.kept(key) {
      history.rules(invoice.rules).taxes(of: invoice.jurisdictions, on: day).map {
        classification.account(
          code: "\($0.jurisdiction)/\($0.code)", lineType: .tax, revenueClass: .passThrough,
          customerClass: invoice.customerClass)
      }
    }
  }
}
