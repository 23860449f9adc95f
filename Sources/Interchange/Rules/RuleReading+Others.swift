import CivilTime
import Tariffs

extension RuleReading {
  func tax(_ fields: RuleMapping) -> TaxRule? {
    let jurisdiction = fields.required("jurisdiction")?.identifier()
    let level = fields.required("level")?.word(of: JurisdictionLevel.allCases.map(\.name))
    let code = fields.required("code")?.identifier()
    let from = fields.required("from")?.day()
    let title = fields.optional("title")?.title()
    let rate = fields.required("rate")?.rate()
    let base = fields.optional("base")?.words(of: RevenueClass.allCases, named: \.name)
    guard let jurisdiction, let level, let code, let from, let rate else { return nil }
    return TaxRule(
      jurisdiction: jurisdiction, level: JurisdictionLevel.allCases[level], code: code,
      title: title ?? "", rate: rate, effectiveFrom: from,
      baseClasses: base ?? TaxRule.defaultBase)
  }

  func calendar(_ fields: RuleMapping) -> Calendar? {
    let name = fields.required("calendar")?.identifier()
    let version = fields.required("version")?.whole(1...1_000_000)
    let from = fields.required("from")?.day()
    let weekend = fields.required("weekend")?.words(of: Weekday.allCases, named: \.name)
    let list = fields.optional("holidays")?.list("dates") ?? []
    let holidays = list.filter { !$0.has("every") }.compactMap(holiday)
    let yearly = list.filter { $0.has("every") }.compactMap(yearlyHoliday)
    let seasons = fields.optional("seasons")?.list("seasons")?.map(season)
    guard let name, let version, let from, let weekend else { return nil }
    return Calendar(
      name: name, version: UInt32(version), effectiveFrom: from, weekendDays: weekend,
      holidays: holidays, yearlyHolidays: yearly, seasons: seasons?.compactMap { $0 } ?? [])
  }

  /// `{ every: 07-04 }`, or `{ every: thursday, month: 11, nth: 4 }`.
  private func yearlyHoliday(_ field: RuleField) -> YearlyHoliday? {
    guard let fields = RuleMapping(field), let every = fields.required("every") else { return nil }
    let name = fields.optional("name")?.title()
    let observed = fields.optional("observed")?.word(
      of: YearlyHoliday.Observance.allCases.map(\.name))
    var rule: YearlyHoliday.Rule?
    if let weekday = every.text("a day of the year or a weekday").flatMap(Weekday.init(name:)) {
      let month = fields.required("month")?.whole(1...12)
      let nth = fields.required("nth")?.word(of: ["1", "2", "3", "4", "last"])
      if let month, let nth {
        rule = .weekday(month: UInt8(month), weekday, nth: UInt8(nth + 1))
      }
    } else {
      rule = dayOfYear(every).map { .date(month: $0.0, day: $0.1) }
    }
    fields.refuseUnknown()
    return rule.map {
      YearlyHoliday(
        $0, observed: observed.map { YearlyHoliday.Observance.allCases[$0] } ?? .sameDay,
        name: name ?? "")
    }
  }

  /// A date, or a date and a name.
  private func holiday(_ field: RuleField) -> Holiday? {
    if field.isScalar { return field.day().map { Holiday(day: $0) } }
    guard let fields = RuleMapping(field) else { return nil }
    let day = fields.required("date")?.day()
    let name = fields.optional("name")?.title()
    fields.refuseUnknown()
    return day.map { Holiday(day: $0, name: name ?? "") }
  }

  private func season(_ field: RuleField) -> Season? {
    guard let fields = RuleMapping(field) else { return nil }
    let name = fields.required("name")?.identifier()
    let from = fields.required("from").flatMap(dayOfYear)
    fields.refuseUnknown()
    guard let name, let from else { return nil }
    return Season(name: name, month: from.0, day: from.1)
  }

  /// `MM-DD`, a day that some year has.
  private func dayOfYear(_ field: RuleField) -> (UInt8, UInt8)? {
    let expected = "a day of the year; write an existing one as 06-01"
    guard let text = field.text(expected) else { return nil }
    guard let day = Day(iso: "2024-" + text) else {
      field.problem("\"\(clipped(text))\" is not \(expected)")
      return nil
    }
    return (UInt8(day.parts.month), UInt8(day.parts.day))
  }
}
