public import Money

/// A price for every kWh that is billed, whatever its tier and period: a surcharge, or below zero a
/// credit.
public struct RiderComponent: Hashable, Sendable {
  /// The price a kWh.
  public var price: Price

  /// `price` a kWh.
  public init(price: Price) { self.price = price }
}

extension RiderComponent: ComponentRule {
  var stepKind: Step.Kind { .rider }
  var defaultLineType: LineType { .rider }
  var defaultRevenueClass: RevenueClass { .variableRider }

  func fill(_ step: inout Step, _ tables: inout StepTables) { step.price = price }

  func problems(_ site: ComponentSite) -> [RuleProblem] { [] }
}
