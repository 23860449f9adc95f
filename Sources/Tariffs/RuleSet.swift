public import CivilTime
import Money

/// The rules in force, looked up by day: what the rulebook folds into.
///
/// It takes what is published as it comes: whether a rule makes sense is judged before it is
/// published, by `problems`.
public struct RuleSet: Sendable {
  /// The compiled versions of each plan, by their first day.
  private var compiled: [String: [CompiledTariff]] = [:]
  /// The versions of each calendar, by their first day.
  public private(set) var calendars: [String: [Calendar]] = [:]
  /// The rules of all taxes, by level, jurisdiction, code, then first day.
  public private(set) var taxes: [TaxRule] = []
  /// The policies, by their first day.
  public private(set) var policies: [Policies] = []

  /// No rules.
  public init() {}

  /// The codes of all plans, in order.
  public var plans: [String] { compiled.keys.sorted() }

  /// The versions of `plan`, by their first day.
  public func versions(of plan: String) -> [CompiledTariff] { compiled[plan] ?? [] }

  /// The version of `plan` in force on `day`, or `nil` before its first.
  ///
  /// Of two versions with the same first day the higher number counts.
  public func tariff(_ plan: String, on day: Day) -> CompiledTariff? {
    compiled[plan]?.last { $0.version.effectiveFrom <= day }
  }

  /// Version `number` of `plan`, or `nil`.
  public func tariff(_ plan: String, version number: UInt32) -> CompiledTariff? {
    compiled[plan]?.first { $0.version.version == number }
  }

  /// The calendar `name` in force on `day`, or `nil` before its first version.
  public func calendar(_ name: String, on day: Day) -> Calendar? {
    calendars[name]?.last { $0.effectiveFrom <= day }
  }

  /// The policies in force on `day`, or `nil` before the first.
  public func policies(on day: Day) -> Policies? {
    policies.last { $0.effectiveFrom <= day }
  }

  /// How many days either side of the cycle date a closing reading may lie, by the policies in force
  /// on `day`, or what a book begins with: without a copy of them.
  public func cycleWindowDays(on day: Day) -> UInt8 {
    let policies = policies.span
    for index in policies.indices.reversed() where policies[index].effectiveFrom <= day {
      return policies[index].cycleWindowDays
    }
    return Policies.usualCycleWindowDays
  }

  /// The taxes of `jurisdictions` in force on `day`, by level, jurisdiction and code; a rule of rate
  /// zero is none.
  public func taxes(of jurisdictions: [String], on day: Day) -> [TaxRule] {
    var found: [TaxRule] = []
    for rule in taxes where rule.effectiveFrom <= day && jurisdictions.contains(rule.jurisdiction) {
      if let last = found.last, last.key == rule.key { found.removeLast() }
      found.append(rule)
    }
    return found.filter { $0.rate.rawValue != 0 }
  }
}

extension RuleSet {
  /// Adds a tariff version, in place of one of the same number.
  public mutating func publish(_ version: TariffVersion) {
    let calendars = version.calendar.flatMap { self.calendars[$0] } ?? []
    var versions = compiled[version.plan] ?? []
    versions.removeAll { $0.version.version == version.version }
    versions.append(CompiledTariff(version, calendars: calendars))
    versions.sort {
      ($0.version.effectiveFrom, $0.version.version)
        < ($1.version.effectiveFrom, $1.version.version)
    }
    compiled[version.plan] = versions
  }

  /// Adds a calendar version, in place of one of the same number; the tariffs that use it follow.
  public mutating func publish(_ calendar: Calendar) {
    var versions = calendars[calendar.name] ?? []
    versions.removeAll { $0.version == calendar.version }
    versions.append(calendar)
    versions.sort { ($0.effectiveFrom, $0.version) < ($1.effectiveFrom, $1.version) }
    calendars[calendar.name] = versions
    for (plan, tariffs) in compiled {
      compiled[plan] = tariffs.map {
        guard $0.version.calendar == calendar.name else { return $0 }
        return CompiledTariff($0.version, calendars: versions)
      }
    }
  }

  /// Adds a tax rule, in place of one of the same tax and first day.
  public mutating func publish(_ rule: TaxRule) {
    taxes.removeAll { $0.key == rule.key && $0.effectiveFrom == rule.effectiveFrom }
    taxes.append(rule)
    taxes.sort {
      $0.key == $1.key ? $0.effectiveFrom < $1.effectiveFrom : $0.key < $1.key
    }
  }

  /// Adds policies, in place of those of the same number.
  public mutating func publish(_ published: Policies) {
    policies.removeAll { $0.version == published.version }
    policies.append(published)
    policies.sort { ($0.effectiveFrom, $0.version) < ($1.effectiveFrom, $1.version) }
  }
}

extension TaxRule {
  /// What makes two rules versions of one tax, and the order on an invoice.
  struct Key: Comparable {
    var level: JurisdictionLevel
    var jurisdiction: String
    var code: String

    static func < (left: Self, right: Self) -> Bool {
      (left.level, left.jurisdiction, left.code) < (right.level, right.jurisdiction, right.code)
    }
  }

  var key: Key { Key(level: level, jurisdiction: jurisdiction, code: code) }
}
