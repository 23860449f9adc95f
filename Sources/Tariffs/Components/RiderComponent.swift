import Metering
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

  func fill(_ step: inout Step, _ tables: inout StepTables) {
    step.line = step.line.with(.energy, price: price)
    step.price = ReadyPrice(price, scale: Energy.scale)
  }

  func problems(_ site: ComponentSite) -> [RuleProblem] { [] }
}
