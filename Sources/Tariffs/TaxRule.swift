public import CivilTime
public import Money

/// Who levies a tax. The numbers are stored, never reused, and give the order on an invoice.
public enum JurisdictionLevel: UInt8, Hashable, Comparable, Sendable, CaseIterable {
  /// A state.
  case state = 1
  /// A county.
  case county = 2
  /// A city.
  case city = 3

  /// The name in files.
  public var name: String { "\(self)" }

  /// The level that files call `name`.
  public init?(name: String) {
    guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  /// State, county, city.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A tax of a jurisdiction from a day on; later rules of the same jurisdiction and code replace it.
///
/// Rounded once on the invoice, never per line. A rate of zero ends the tax.
public struct TaxRule: Hashable, Sendable {
  /// What a tax counts unless its rule says otherwise: everything but late fees, services and
  /// credits; the franchise fee is included, other taxes never are.
  public static let defaultBase: [RevenueClass] =
    PercentageComponent.defaultBase + [.passThrough]

  /// The jurisdiction's code, as accounts name it.
  public var jurisdiction: String
  /// What the jurisdiction is.
  public var level: JurisdictionLevel
  /// The tax's code within the jurisdiction, as `sales`.
  public var code: String
  /// What the customer reads.
  public var title: String
  /// The rate.
  public var rate: Rate
  /// The first day it applies: a bill takes the rule of its period's last day.
  public var effectiveFrom: Day
  /// The classes whose lines it counts; never a tax line.
  public var baseClasses: [RevenueClass]

  /// A tax.
  public init(
    jurisdiction: String, level: JurisdictionLevel, code: String, title: String = "", rate: Rate,
    effectiveFrom: Day, baseClasses: [RevenueClass] = Self.defaultBase
  ) {
    self.jurisdiction = jurisdiction
    self.level = level
    self.code = code
    self.title = title
    self.rate = rate
    self.effectiveFrom = effectiveFrom
    self.baseClasses = baseClasses
  }
}
