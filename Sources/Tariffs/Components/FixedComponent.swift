public import Money

/// What an amount is for. The numbers are stored, and never reused.
public enum Term: UInt8, Hashable, Sendable, CaseIterable {
  /// A billing month, prorated.
  case month = 1
  /// A day, times the days.
  case day = 2
  /// A year: a twelfth for a billing month.
  case year = 3

  /// The name in files.
  public var name: String { "\(self)" }

  /// The term that files call `name`.
  public init?(name: String) {
    guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }
}

/// An amount a month, day or year.
public struct FixedComponent: Hashable, Sendable {
  /// The price of a term.
  public var price: Price
  /// The term.
  public var term: Term

  /// `price` a `term`.
  public init(price: Price, per term: Term = .month) {
    self.price = price
    self.term = term
  }
}

/// The least that a month, a day or a year costs: a line tops the bill up to it.
///
/// It tests energy, demand, riders and fixed charges before waivers, and percentages of those that
/// are riders or fixed charges themselves; not fees passed through, not taxes. By month or day the
/// top-up is `max(0, minimum - max(0, bill))`. By year it is due once, on the bill of December, and
/// tests the year's bills before their own monthly top-ups.
public struct MinimumComponent: Hashable, Sendable {
  /// The classes whose lines it tests.
  static let counted: [RevenueClass] = [.variableEnergy, .variableDemand, .variableRider, .fixed]

  /// The least of a term.
  public var price: Price
  /// The term.
  public var term: Term

  /// `price` a `term`.
  public init(price: Price, per term: Term = .month) {
    self.price = price
    self.term = term
  }
}

extension FixedComponent: ComponentRule {
  var stepKind: Step.Kind { .fixed }
  var defaultLineType: LineType { .fixedCharge }
  var defaultRevenueClass: RevenueClass { .fixed }

  func fill(_ step: inout Step, _ tables: inout StepTables) {
    step.line = step.line.with(.terms, price: price, term: term)
    step.price = ReadyPrice(price, scale: 0)
    step.term = term
  }

  func problems(_ site: ComponentSite) -> [RuleProblem] { [] }
}

extension MinimumComponent: ComponentRule {
  var stepKind: Step.Kind { .minimum }
  var defaultLineType: LineType { .minimumCharge }
  var defaultRevenueClass: RevenueClass { .minimum }

  func fill(_ step: inout Step, _ tables: inout StepTables) {
    step.line = step.line.with(.topUp, price: price)
    step.term = term
    step.base = ClassMask(Self.counted)
  }

  func problems(_ site: ComponentSite) -> [RuleProblem] {
    price.digits < 0 ? [.init(site.field + ".price", "is negative; a minimum is at least 0")] : []
  }
}
