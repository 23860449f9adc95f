public import Money

/// A share of other lines, as a franchise fee.
///
/// Its base is the sum of the rounded lines, after waivers, of the components that are of one of the
/// base classes and no percentage themselves, and of those named by code. It is never part of its
/// own base.
public struct PercentageComponent: Hashable, Sendable {
  /// The classes a franchise fee counts: energy, demand, riders, fixed, minimum.
  public static let defaultBase: [RevenueClass] = [
    .variableEnergy, .variableDemand, .variableRider, .fixed, .minimum,
  ]

  /// The share.
  public var rate: Rate
  /// The classes whose lines it counts.
  public var baseClasses: [RevenueClass]
  /// Components counted besides, by code; a percentage among them must come earlier in the tariff.
  public var baseComponents: [String]

  /// `rate` of the base.
  public init(
    rate: Rate, baseClasses: [RevenueClass] = Self.defaultBase, baseComponents: [String] = []
  ) {
    self.rate = rate
    self.baseClasses = baseClasses
    self.baseComponents = baseComponents
  }
}

extension PercentageComponent: ComponentRule {
  var stepKind: Step.Kind { .percentage }
  var defaultLineType: LineType { .fixedCharge }
  var defaultRevenueClass: RevenueClass { .passThrough }

  func fill(_ step: inout Step, _ tables: inout StepTables) {
    step.line = step.line.with(.share)
    step.rate = rate
    step.base = ClassMask(baseClasses)
    step.countsByName = !baseComponents.isEmpty
    step.isBeforeMinimum =
      MinimumComponent.counted.contains(step.line.revenueClass) && !baseClasses.contains(.minimum)
      && baseComponents.allSatisfy { code in
        tables.version.components.contains {
          if $0.code != code { return false }
          switch $0.kind {
          case .minimum: return false
          case .percentage: return tables.isBeforeMinimum(code)
          default: return true
          }
        }
      }
  }

  func problems(_ site: ComponentSite) -> [RuleProblem] {
    var found: [RuleProblem] = []
    if baseClasses.isEmpty, baseComponents.isEmpty {
      found.append(.init(site.field + ".base", "is empty"))
    }
    for code in baseComponents {
      guard let place = site.tariff.components.firstIndex(where: { $0.code == code }) else {
        found.append(.init(site.field + ".base", "'\(code)' is no component of this tariff"))
        continue
      }
      if case .percentage = site.tariff.components[place].kind, place >= site.index {
        found.append(
          .init(
            site.field + ".base",
            "'\(code)' is a percentage too and must come earlier: no circles"))
      }
    }
    return found
  }
}
