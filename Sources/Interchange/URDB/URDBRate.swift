public import CivilTime
public import Money

/// A rate of OpenEI's Utility Rate Database as its record gives it, checked and in one spelling.
///
/// Records come in three spellings (API versions 3 to 6, 7 and 8, and the bulk download) and with
/// dirt; what a rate means is the same in all of them. Prices are `rate + adj`.
public struct URDBRate: Hashable, Sendable {
  /// The record's label, 24 hexadecimal digits; a sample may have none.
  public var label: String?
  /// The utility's name.
  public var utility: String?
  /// The rate's name.
  public var name: String?
  /// The first day it is in force.
  public var start: Day?
  /// The last day it is in force.
  public var end: Day?
  /// How energy delivered to the grid is paid; `nil` where the record does not say.
  public var metering: Metering?
  /// Prices of energy by period.
  public var energy: Structure
  /// Prices of the greatest demand in each period; `nil` where there is none or it is free.
  public var demand: Structure?
  /// Prices of the month's greatest demand: by month, in `weekday[month][0]`.
  public var flatDemand: Structure?
  /// Fixed charges.
  public var fixed: [Amount]
  /// The least that a bill comes to.
  public var minimums: [Amount]
  /// What is odd, or has no part in a bill though it might have meant to.
  public var warnings: [RuleFileProblem]
  /// The fields that say nothing about prices and were not read, in the record's order.
  public var ignored: [String]

  /// How energy delivered to the grid is paid.
  public enum Metering: String, Hashable, Sendable {
    /// Each period's exports reduce its imports.
    case net = "Net Metering"
    /// Each interval's net export is bought at the `sell` price.
    case netBilling = "Net Billing Instantaneous"
    /// Each hour's net export is bought at the `sell` price.
    case netBillingHourly = "Net Billing Hourly"
    /// All generation is bought and all use is sold.
    case buyAllSellAll = "Buy All Sell All"
  }

  /// Prices by period, and the period of every hour.
  public struct Structure: Hashable, Sendable {
    /// The periods that occur in the schedules, by the record's number, ascending.
    public var periods: [Period]
    /// The period's number by month (12) and hour (24) of a working day.
    public var weekday: [[Int]]
    /// The period's number by month (12) and hour (24) of Saturdays and Sundays.
    public var weekend: [[Int]]
  }

  /// The prices of one period.
  public struct Period: Hashable, Sendable {
    /// Its number in the record, from 0.
    public var number: Int
    /// Its tiers; only the last has no limit.
    public var tiers: [Tier]
  }

  /// A price up to a cumulative limit.
  public struct Tier: Hashable, Sendable {
    /// The limit in millionths of its unit; `nil` for what is left.
    public var limit: Int64?
    /// What the limit counts.
    public var unit: Unit
    /// `rate + adj`: a kWh, or a kW and month.
    public var price: Price
    /// What is paid for a kWh delivered to the grid; `nil` where the record does not say.
    public var sell: Price?
  }

  /// What a tier's limit counts.
  public enum Unit: String, Hashable, Sendable, CaseIterable {
    /// kWh a month.
    case kilowattHours = "kWh"
    /// kWh a day, times the days of the month.
    case kilowattHoursDaily = "kWh daily"
    /// kWh for each kW of the month's greatest demand.
    case kilowattHoursPerKilowatt = "kWh/kW"
    /// kWh a day for each kW of the month's greatest demand, times the days of the month.
    case kilowattHoursPerKilowattDaily = "kWh/kW daily"
    /// kW of the month's greatest demand.
    case kilowatts = "kW"
  }

  /// An amount of currency for a span of time.
  public struct Amount: Hashable, Sendable {
    /// How much.
    public var price: Price
    /// For how long.
    public var span: Span
  }

  /// A span of time that amounts are for.
  public enum Span: String, Hashable, Sendable, CaseIterable {
    /// A calendar day.
    case day = "$/day"
    /// A billing month.
    case month = "$/month"
    /// A calendar year.
    case year = "$/year"
  }
}

extension URDBRate {
  /// `Florida Power & Light Co. / RS-1 Residential Service`, as far as the record names itself and as
  /// long as a title may be.
  public var title: String {
    let parts = [utility, name].compactMap { $0 }.filter { !$0.isEmpty }
    let title = parts.isEmpty ? "unnamed rate" : parts.joined(separator: " / ")
    return String(title.prefix(InterchangeLimits.title))
  }
}
