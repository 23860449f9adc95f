import CivilTime
import Tariffs

/// Checks a set of rules together: each by itself, against the others, and against the book.
struct RuleChecks {
  let rules: [LoadedRule]
  /// Tariffs of which only the periods and the calendar are known.
  let partialTariffs: [LoadedRule]
  let published: [Rule]

  func problems() -> [RuleFileProblem] {
    var found: [RuleFileProblem] = []
    for (index, loaded) in rules.enumerated() {
      found += ownProblems(loaded)
      found += repetition(loaded, before: index)
    }
    for loaded in partialTariffs {
      found += ownProblems(loaded).filter {
        $0.field.hasPrefix("periods") || $0.field.hasPrefix("demand_periods")
          || $0.field == "calendar"
      }
    }
    return found
  }

  func problem(_ loaded: LoadedRule, _ field: String, _ message: String) -> RuleFileProblem {
    let place = loaded.place(of: field)
    return RuleFileProblem(
      file: loaded.file, line: place.line, column: place.column, field: field, message: message)
  }

  /// What is wrong with a rule by its own terms and the calendar it names.
  private func ownProblems(_ loaded: LoadedRule) -> [RuleFileProblem] {
    switch loaded.rule {
    case .tariff(let tariff):
      let calendars = calendars(named: tariff.calendar)
      return tariff.problems(calendars: calendars).map { named($0, loaded) }
        + TariffOverlaps(tariff: tariff, calendars: calendars).problems.map {
          problem(loaded, $0.field, $0.message)
        }
    case .tax(let tax): return tax.problems.map { named($0, loaded) } + levels(tax, loaded)
    case .calendar(let calendar): return calendar.problems.map { named($0, loaded) }
    case .policies(let policies):
      return policies.problems.map { named($0, loaded) } + waivers(policies, loaded)
    case .classification(let it):
      return it.problems.map { named($0, loaded) } + codes(it, loaded)
    }
  }

  /// A problem of the type's, under the names that fields have in files.
  private func named(_ own: RuleProblem, _ loaded: LoadedRule) -> RuleFileProblem {
    let field = own.field.replacing(".limit", with: ".up_to")
    let full = loaded.places[field] == nil ? String(field) : field
    return problem(loaded, full, own.message)
  }

  /// The versions of a calendar, in the book and in the set, by their first day.
  private func calendars(named name: String?) -> [Calendar] {
    guard let name else { return [] }
    var found: [UInt32: Calendar] = [:]
    for rule in published + rules.map(\.rule) {
      if case .calendar(let calendar) = rule, calendar.name == name {
        found[calendar.version] = calendar
      }
    }
    return found.values.sorted {
      ($0.effectiveFrom, $0.version) < ($1.effectiveFrom, $1.version)
    }
  }

  /// The same rule twice in the set, or other content than the book has.
  private func repetition(_ loaded: LoadedRule, before index: Int) -> [RuleFileProblem] {
    let identity = loaded.rule.identity
    if let earlier = rules[..<index].first(where: { $0.rule.identity == identity }) {
      return [
        problem(
          loaded, "",
          "\(identity) is already given at \(earlier.file):\(earlier.line); give it once")
      ]
    }
    guard let old = published.first(where: { $0.identity == identity }), old != loaded.rule else {
      return []
    }
    let changes = Rule.differences(old: old, new: loaded.rule)
    return [
      problem(
        loaded, "",
        "\(identity) is published and never changes; give the change a new version. It differs in "
          + changes.map(\.description).joined(separator: "; "))
    ]
  }

  /// A jurisdiction that is a state here and a city there.
  private func levels(_ tax: TaxRule, _ loaded: LoadedRule) -> [RuleFileProblem] {
    for case .tax(let other) in published + rules.map(\.rule)
    where other.jurisdiction == tax.jurisdiction && other.level < tax.level {
      return [
        problem(
          loaded, "level",
          "\(tax.jurisdiction) is a \(tax.level.name) here and a \(other.level.name) in another "
            + "tax; a jurisdiction has one level")
      ]
    }
    return []
  }
}

/// Finds moments that windows of two time-of-use periods both claim.
struct TariffOverlaps {
  let tariff: TariffVersion
  let calendars: [Calendar]

  private struct Claim {
    var period: Int
    var field: String
    var window: TimeWindow
  }

  var problems: [RuleProblem] {
    problems(tariff.periods, "periods") + problems(tariff.demandPeriods, "demand_periods")
  }

  private func problems(_ periods: [TouPeriod], _ name: String) -> [RuleProblem] {
    var claims: [Claim] = []
    for (index, period) in periods.enumerated() {
      for (number, window) in period.windows.enumerated() {
        claims.append(
          Claim(period: index, field: "\(name)[\(index)].windows[\(number)]", window: window))
      }
    }
    var found: [RuleProblem] = []
    for (index, later) in claims.enumerated() {
      guard
        let earlier = claims[..<index].first(where: {
          $0.period != later.period && overlap($0.window, later.window)
        })
      else { continue }
      found.append(
        RuleProblem(
          later.field,
          "overlaps \(earlier.field) of period \(periods[earlier.period].name); give each "
            + "hour to one period"))
    }
    return found
  }

  private func overlap(_ one: TimeWindow, _ other: TimeWindow) -> Bool {
    guard one.startMinute < other.endMinute, other.startMinute < one.endMinute else { return false }
    if let season = one.season, let second = other.season, season != second { return false }
    guard one.months.meets(other.months) else { return false }
    let weekends = calendars.isEmpty ? [[]] : calendars.map(\.weekendDays)
    for weekend in weekends {
      for weekday in Weekday.allCases {
        for isHoliday in tariff.calendar == nil ? [false] : [false, true] {
          let isRest = isHoliday || weekend.contains(weekday)
          func holds(_ window: TimeWindow) -> Bool {
            window.days.contains { includes($0, weekday, isRest, isHoliday) }
          }
          if holds(one), holds(other) { return true }
        }
      }
    }
    return false
  }

  private func includes(
    _ days: DayClass, _ weekday: Weekday, _ isRest: Bool, _ isHoliday: Bool
  ) -> Bool {
    switch days {
    case .everyDay: true
    case .workingDay: !isRest
    case .restDay: isRest
    case .holiday: isHoliday
    default: days.name == weekday.name
    }
  }
}
