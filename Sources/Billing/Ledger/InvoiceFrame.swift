public import CivilTime
import Money
public import Tariffs

/// Where the lines of an invoice rest: what they have in common with those of all invoices of the same
/// plans, period, customer class and jurisdictions, under the same rules.
public final class InvoiceFrame: Sendable {
  /// What is said of a line.
  public struct Rest: Hashable, Sendable {
    /// The ledger account.
    public var ledger: String
    /// The class that reports show it in.
    public var revenueClass: RevenueClass
    /// Of a tax, whose it is.
    public var jurisdiction: String?
    /// Whether its quantity is energy, or power, that no other line of the segment counts already.
    public var quantity: Quantity = .none
  }

  /// What a line's quantity counts as.
  public enum Quantity: Hashable, Sendable {
    /// Nothing.
    case none
    /// Energy billed.
    case energy
    /// Power billed.
    case power
  }

  /// The plan of each segment.
  public let plans: [String]
  /// By segment, then by component.
  public let components: [[Rest]]
  /// By the tax's number, from 0.
  public let taxes: [Rest]
  private let classification: Classification
  private let customerClass: CustomerClass

  init(
    _ tariffs: [CompiledTariff], taxes: [TaxRule], _ classification: Classification,
    _ customerClass: CustomerClass
  ) {
    self.classification = classification
    self.customerClass = customerClass
    plans = tariffs.map(\.version.plan)
    components = tariffs.map { tariff in
      var counted: Set<Quantity> = []
      return tariff.version.components.map { component in
        let rest = classification.rest(
          code: component.code, lineType: component.lineType,
          revenueClass: component.revenueClass, customerClass: customerClass)
        let quantity = component.kind.quantity
        let isFirst = quantity != .none && counted.insert(quantity).inserted
        return Rest(
          ledger: rest.ledger, revenueClass: rest.revenueClass,
          quantity: isFirst ? quantity : .none)
      }
    }
    self.taxes = taxes.map { tax in
      let rest = classification.rest(
        code: "\(tax.jurisdiction)/\(tax.code)", lineType: .tax, revenueClass: .passThrough,
        customerClass: customerClass)
      return Rest(
        ledger: rest.ledger, revenueClass: rest.revenueClass, jurisdiction: tax.jurisdiction)
    }
  }

  /// Where a line rests that neither component nor tax implies.
  public func rest(_ type: LineType, _ revenueClass: RevenueClass) -> Rest {
    let rest = classification.rest(
      code: "", lineType: type, revenueClass: revenueClass, customerClass: customerClass)
    return Rest(ledger: rest.ledger, revenueClass: rest.revenueClass)
  }

  /// Where a line of such an invoice rests.
  public func rest(of charge: ChargeView) throws(PostingProblem.Reason) -> Rest {
    if charge.tax != 0 {
      guard charge.tax <= taxes.count else { throw .noTax }
      return taxes[Int(charge.tax) - 1]
    }
    if charge.type != 0 {
      guard let type = LineType(rawValue: UInt8(clamping: charge.type)),
        let revenueClass = RevenueClass(rawValue: UInt8(clamping: charge.revenueClass))
      else { throw .noClass }
      return rest(type, revenueClass)
    }
    guard charge.segment < components.count,
      charge.component < components[Int(charge.segment)].count
    else { throw .noComponent }
    return components[Int(charge.segment)][Int(charge.component)]
  }
}

extension ComponentKind {
  fileprivate var quantity: InvoiceFrame.Quantity {
    switch self {
    case .energy: .energy
    case .demand: .power
    default: .none
    }
  }
}

/// The frames of invoices, made once each.
public struct InvoiceFrames: Sendable {
  private struct Key: Hashable {
    var rules: UInt64
    var plans: [PlanAssignment]
    var period: BillingPeriod
    var jurisdictions: [String]
    var customerClass: CustomerClass
    var classification: Int?
  }

  /// How many are kept.
  private static let maximumCount = 4096

  let history: RulesHistory
  private var frames: [Key: InvoiceFrame] = [:]

  /// None made yet.
  public init(_ history: RulesHistory) { self.history = history }

  /// The frame of an invoice.
  ///
  /// - Parameters:
  ///   - issued: The day the invoice was issued, which picks the classification.
  ///   - version: The version of the rules' stream whose classifications count.
  public mutating func frame(
    of invoice: InvoiceIssued, issued: Day, version: UInt64
  ) throws(PostingProblem.Reason) -> InvoiceFrame {
    let key = Key(
      rules: invoice.rules, plans: invoice.plans, period: invoice.period,
      jurisdictions: invoice.jurisdictions, customerClass: invoice.customerClass,
      classification: history.classification(on: issued, version: version))
    if let found = frames[key] { return found }
    if frames.count >= Self.maximumCount { frames.removeAll(keepingCapacity: true) }
    let rules = history.rules(invoice.rules)
    let tariffs: [CompiledTariff]
    do {
      tariffs = try rules.spans(of: invoice.period, plans: key.plans).map(\.tariff)
    } catch {
      // A statement bills no energy and may be of an account that has no plan.
      guard invoice.isStatement else { throw .noTariff(error) }
      tariffs = []
    }
    let frame = InvoiceFrame(
      tariffs, taxes: rules.taxes(of: invoice.jurisdictions, on: invoice.period.lastDay),
      history.classification(at: key.classification), invoice.customerClass)
    frames[key] = frame
    return frame
  }
}
