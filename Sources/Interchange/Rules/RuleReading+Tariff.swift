import Metering
import Money
import Tariffs

extension RuleReading {
  func tariff(_ fields: RuleMapping) -> TariffVersion? {
    let plan = fields.required("plan")?.identifier()
    let version = fields.required("version")?.whole(1...1_000_000)
    let from = fields.required("from")?.day()
    let title = fields.optional("title")?.title()
    let calendar = fields.optional("calendar")?.identifier()
    let periods = fields.optional("periods").map(periods) ?? []
    let demand = fields.optional("demand_periods").map(self.periods) ?? []
    let basis = fields.optional("season_basis")?.word(of: SeasonBasis.allCases.map(\.name))
    let source = fields.optional("source").flatMap(source)
    let list = fields.required("components")?.list("components")
    let components = (list ?? []).map { component($0, periods ?? [], demand ?? []) }
    guard let plan, let version, let from, let periods, let demand else { return nil }
    var tariff = TariffVersion(
      plan: plan, version: UInt32(version), effectiveFrom: from, title: title ?? "",
      calendar: calendar, periods: periods, demandPeriods: demand,
      seasonBasis: basis.map { SeasonBasis.allCases[$0] } ?? .day, source: source,
      components: [])
    guard list != nil, !components.contains(where: { $0 == nil }) else {
      keep(partial: tariff, fields.field)
      return nil
    }
    tariff.components = components.compactMap { $0 }
    return tariff
  }

  private func source(_ field: RuleField) -> TariffSource? {
    guard let fields = RuleMapping(field) else { return nil }
    let format = fields.required("format")?.identifier()
    let label = fields.required("label")?.title()
    let hash = fields.required("sha256")?.hash()
    fields.refuseUnknown()
    guard let format, let label, let hash else { return nil }
    return TariffSource(format: format, label: label, hash: hash)
  }

  /// The periods; `nil` where one is wrong.
  private func periods(_ field: RuleField) -> [TouPeriod]? {
    let periods = field.list("periods")?.map(period)
    guard let periods, !periods.contains(where: { $0 == nil }) else { return nil }
    return periods.compactMap { $0 }
  }

  private func period(_ field: RuleField) -> TouPeriod? {
    guard let fields = RuleMapping(field) else { return nil }
    let name = fields.required("name")?.identifier()
    let windows = fields.optional("windows")?.list("windows")?.map(window)
    fields.refuseUnknown()
    guard let name, windows?.contains(where: { $0 == nil }) != true else { return nil }
    return TouPeriod(name: name, windows: windows?.compactMap { $0 } ?? [])
  }

  private func window(_ field: RuleField) -> TimeWindow? {
    guard let fields = RuleMapping(field) else { return nil }
    let hours = fields.required("hours").flatMap(hours)
    let days = fields.optional("days")?.words(of: DayClass.allCases, named: \.name)
    let season = fields.optional("season")?.identifier()
    let months = months(fields)
    fields.refuseUnknown()
    guard let hours else { return nil }
    return TimeWindow(
      season: season, months: months, days: days ?? [.everyDay], startMinute: hours.0,
      endMinute: hours.1)
  }

  /// `months`, a list of numbers; all of them where the field is absent.
  func months(_ fields: RuleMapping) -> MonthSet {
    guard let field = fields.optional("months") else { return .all }
    guard let list = field.list("months") else { return .all }
    if list.isEmpty { field.problem("has no month; leave it out for the whole year") }
    var months = MonthSet([])
    for each in list {
      guard let month = each.whole(1...12) else { continue }
      if months.contains(month) { each.problem("\(month) is given twice") }
      months.rawValue |= MonthSet([month]).rawValue
    }
    return months
  }

  /// `17:00-22:00`, in minutes of the day.
  private func hours(_ field: RuleField) -> (Int16, Int16)? {
    let expected = "a span of hours as 17:00-22:00, within one day"
    guard let text = field.text(expected) else { return nil }
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let start = Self.minute(parts[0]), let end = Self.minute(parts[1]),
      start < end
    else {
      field.problem(
        "\"\(clipped(text))\" is not \(expected); cut one that crosses midnight in two")
      return nil
    }
    return (start, end)
  }

  private static func minute(_ text: Substring) -> Int16? {
    let bytes = Array(text.utf8)
    guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"),
      let hour = try? FieldText.whole(Array(bytes[..<2]).span, 0...24),
      let minute = try? FieldText.whole(Array(bytes[3...]).span, 0...59),
      hour * 60 + minute <= 1440
    else { return nil }
    return Int16(hour * 60 + minute)
  }
}
