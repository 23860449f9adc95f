import CivilTime
import Metering
import Money

/// What is wrong with a rule, and where: `field` is a path as `components[1].tiers[0].prices`.
public struct RuleProblem: Hashable, Sendable, CustomStringConvertible {
  /// The path of the field.
  public var field: String
  /// What is wrong, and what to do.
  public var message: String

  /// A problem of a field.
  public init(_ field: String, _ message: String) {
    self.field = field
    self.message = message
  }

  /// `field: message`.
  public var description: String { "\(field): \(message)" }
}

extension TariffVersion {
  /// Everything that keeps this version from being published; none where it makes sense.
  ///
  /// `calendars` are the versions of the calendar that it names, those published with it included.
  public func problems(calendars: [Calendar]) -> [RuleProblem] {
    var found: [RuleProblem] = []
    if plan.isEmpty { found.append(.init("plan", "is empty")) }
    if version == 0 { found.append(.init("version", "is 0; versions count from 1")) }
    if components.isEmpty { found.append(.init("components", "is empty: nothing is charged")) }
    if components.count > Self.maximumCount {
      found.append(.init("components", "has more than \(Self.maximumCount) entries"))
    }
    found += problems(of: periods, "periods", calendars)
    found += problems(of: demandPeriods, "demand_periods", calendars)
    if let calendar, calendars.first.map({ $0.effectiveFrom > effectiveFrom }) ?? true {
      found.append(
        .init("calendar", "'\(calendar)' is not published with effect on \(effectiveFrom)"))
    }
    for (index, component) in components.enumerated() {
      let field = "components[\(index)]"
      if component.code.isEmpty { found.append(.init(field + ".code", "is empty")) }
      if components[..<index].contains(where: { $0.code == component.code }) {
        found.append(.init(field + ".code", "'\(component.code)' is used twice"))
      }
      if component.lineType == .tax {
        found.append(.init(field + ".type", "is TAX; a tax is a rule of its own"))
      }
      if component.months.months.isEmpty {
        found.append(.init(field + ".months", "is empty: it never applies"))
      }
      found += problems(season: component.season, field, calendars)
      found += component.kind.rule.problems(
        ComponentSite(tariff: self, index: index, field: field))
    }
    return found
  }

  private func problems(
    of periods: [TouPeriod], _ name: String, _ calendars: [Calendar]
  ) -> [RuleProblem] {
    var found: [RuleProblem] = []
    if periods.count > Self.maximumCount {
      found.append(.init(name, "has more than \(Self.maximumCount) entries"))
    }
    if !periods.isEmpty, periods.count(where: { $0.windows.isEmpty }) != 1 {
      found.append(.init(name, "need exactly one period without windows, for all other times"))
    }
    for (index, period) in periods.enumerated() {
      let field = "\(name)[\(index)]"
      if period.name.isEmpty { found.append(.init(field + ".name", "is empty")) }
      if periods[..<index].contains(where: { $0.name == period.name }) {
        found.append(.init(field + ".name", "'\(period.name)' is used twice"))
      }
      for (number, window) in period.windows.enumerated() {
        found += problems(of: window, field + ".windows[\(number)]", calendars)
      }
    }
    return found
  }

  /// What is wrong with the season that a window or a component names.
  private func problems(
    season: String?, _ field: String, _ calendars: [Calendar]
  ) -> [RuleProblem] {
    guard let season else { return [] }
    guard calendar != nil else {
      return [.init("calendar", "is missing: \(field) needs its days or seasons")]
    }
    return calendars.compactMap { calendar in
      calendar.seasons.contains { $0.name == season }
        ? nil
        : RuleProblem(
          field + ".season",
          "'\(season)' is no season of calendar '\(calendar.name)' version \(calendar.version)")
    }
  }

  private func problems(of window: TimeWindow, _ field: String, _ calendars: [Calendar])
    -> [RuleProblem]
  {
    var found: [RuleProblem] = []
    if window.startMinute < 0 || window.endMinute > 1440 || window.startMinute >= window.endMinute {
      found.append(
        .init(
          field,
          "begins at or after its end, or lies outside the day; cut one that crosses midnight"
        ))
    }
    if window.days.isEmpty { found.append(.init(field + ".days", "is empty: it never applies")) }
    if window.months.months.isEmpty {
      found.append(.init(field + ".months", "is empty: it never applies"))
    }
    let needsCalendar = window.days.contains { [.workingDay, .restDay, .holiday].contains($0) }
    if calendar == nil, needsCalendar, window.season == nil {
      found.append(.init("calendar", "is missing: \(field) needs its days or seasons"))
    }
    found += problems(season: window.season, field, calendars)
    return found
  }
}

extension Calendar {
  /// Everything that keeps this calendar from being published; none where it makes sense.
  public var problems: [RuleProblem] {
    var found: [RuleProblem] = []
    if name.isEmpty { found.append(.init("name", "is empty")) }
    if version == 0 { found.append(.init("version", "is 0; versions count from 1")) }
    for (index, holiday) in holidays.enumerated()
    where holidays[..<index].contains(where: { $0.day == holiday.day }) {
      found.append(.init("holidays[\(index)]", "\(holiday.day) is there twice"))
    }
    for (index, holiday) in yearlyHolidays.enumerated() {
      if holiday.isNever {
        found.append(
          .init("yearly_holidays[\(index)]", "is on a day that no year has; use 01-01 to 12-31"))
      }
    }
    for (index, season) in seasons.enumerated() {
      if Day(year: 2024, month: Int(season.month), day: Int(season.day)) == nil {
        found.append(.init("seasons[\(index)]", "begins on a day that no year has"))
      }
      if seasons[..<index].contains(where: { $0.month == season.month && $0.day == season.day }) {
        found.append(.init("seasons[\(index)]", "begins on the same day as another"))
      }
    }
    return found
  }
}

extension TaxRule {
  /// Everything that keeps this rule from being published; none where it makes sense.
  public var problems: [RuleProblem] {
    var found: [RuleProblem] = []
    if jurisdiction.isEmpty { found.append(.init("jurisdiction", "is empty")) }
    if code.isEmpty { found.append(.init("code", "is empty")) }
    if rate.rawValue < 0 { found.append(.init("rate", "is negative")) }
    if baseClasses.isEmpty { found.append(.init("base", "is empty: nothing is taxed")) }
    return found
  }
}

extension Policies {
  /// Everything that keeps these policies from being published; none where they make sense.
  public var problems: [RuleProblem] {
    var found: [RuleProblem] = []
    if version == 0 { found.append(.init("version", "is 0; versions count from 1")) }
    if proration.fullMonthMinimum > proration.fullMonthMaximum {
      found.append(.init("proration", "the fewest days of a full month are more than the most"))
    }
    if proration.monthDays == 0 { found.append(.init("proration", "a month has no days")) }
    if plausibility.dailyMaximum <= .zero {
      found.append(.init("plausibility", "the greatest plausible usage is not above zero"))
    }
    found += lateFee?.problems ?? []
    found += estimation?.problems ?? []
    return found + backBilling.problems + PromotionOffer.problems(promotions)
  }
}
