import CivilTime
import Foundation
import Metering
import Money
import Tariffs

extension ExactCases {
  struct Rules: Decodable {
    var tariffs: [Tariff]
    var taxes: [Tax]
    var calendars: [CalendarVersion]
    var policies: [Policy]

    struct Tariff: Decodable {
      var plan: String
      var version: UInt32
      var from: Int32
      var calendar: String?
      var periods: [Period]
      var components: [Entry]
    }

    struct Period: Decodable {
      var name: String
      var windows: [Window]
    }

    struct Window: Decodable {
      var days: [String]
      var season: String?
      var start: Int16
      var end: Int16
    }

    struct Entry: Decodable {
      var code: String
      var kind: String
      var title: String
      var type: String
      var `class`: String
      var basis: String?
      var limits: [Int64]?
      var prices: [[Int64]]?
      var price: Int64?
      var rate: Int64?
      var base: [String]?
      var baseComponents: [String]?
    }

    struct Tax: Decodable {
      var jurisdiction: String
      var level: String
      var code: String
      var from: Int32
      var rate: Int64
      var base: [String]
    }

    struct CalendarVersion: Decodable {
      struct Start: Decodable {
        var month: UInt8
        var day: UInt8
        var name: String
      }

      var name: String
      var version: UInt32
      var from: Int32
      var weekend: [String]
      var holidays: [Int32]
      var seasons: [Start]
    }

    struct Policy: Decodable {
      var version: UInt32
      var from: Int32
      var rounding: String
      var fullMonth: [UInt8]
      var monthDays: UInt8
    }
  }
}

extension ExactCases.Rules {
  func ruleSet() -> RuleSet {
    var rules = RuleSet()
    for calendar in calendars {
      rules.publish(
        Calendar(
          name: calendar.name, version: calendar.version,
          effectiveFrom: Day(rawValue: calendar.from),
          weekendDays: calendar.weekend.map { Weekday(name: $0)! },
          holidays: calendar.holidays.map { Holiday(day: Day(rawValue: $0)) },
          seasons: calendar.seasons.map { Season(name: $0.name, month: $0.month, day: $0.day) }))
    }
    for tariff in tariffs {
      rules.publish(
        TariffVersion(
          plan: tariff.plan, version: tariff.version, effectiveFrom: Day(rawValue: tariff.from),
          calendar: tariff.calendar, periods: tariff.periods.map(\.period),
          components: tariff.components.map(\.component)))
    }
    for tax in taxes {
      rules.publish(
        TaxRule(
          jurisdiction: tax.jurisdiction, level: JurisdictionLevel(name: tax.level)!,
          code: tax.code, rate: Rate(rawValue: tax.rate), effectiveFrom: Day(rawValue: tax.from),
          baseClasses: tax.base.map { RevenueClass(name: $0)! }))
    }
    for policy in policies {
      rules.publish(
        Policies(
          version: policy.version, effectiveFrom: Day(rawValue: policy.from),
          rounding: Rounding(name: policy.rounding)!,
          proration: Proration(
            fullMonthMinimum: policy.fullMonth[0], fullMonthMaximum: policy.fullMonth[1],
            monthDays: policy.monthDays)))
    }
    return rules
  }
}

extension ExactCases.Rules.Period {
  var period: TouPeriod {
    TouPeriod(
      name: name,
      windows: windows.map {
        TimeWindow(
          season: $0.season, days: $0.days.map { DayClass(name: $0)! }, startMinute: $0.start,
          endMinute: $0.end)
      })
  }
}

extension ExactCases.Rules.Entry {
  var component: Component {
    Component(
      code: code, title: title, kind: componentKind, lineType: LineType(name: type)!,
      revenueClass: RevenueClass(name: self.class)!)
  }

  private var componentKind: ComponentKind {
    switch kind {
    case "energy":
      .energy(
        EnergyComponent(
          basis: .init(name: basis!)!,
          tiers: prices!.enumerated().map { index, prices in
            EnergyTier(
              limit: index < limits!.count ? Energy(wattHours: limits![index]) : nil,
              prices: prices.map { Price(digits: $0, decimals: 12) })
          }))
    case "fixed": .fixed(FixedComponent(price: Price(digits: price!, decimals: 12)))
    default:
      .percentage(
        PercentageComponent(
          rate: Rate(rawValue: rate!), baseClasses: base!.map { RevenueClass(name: $0)! },
          baseComponents: baseComponents!))
    }
  }
}
