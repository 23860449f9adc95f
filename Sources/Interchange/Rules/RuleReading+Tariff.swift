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
    let list = fields.required("components")?.list("components")
    let components = (list ?? []).map { component($0, periods ?? []) }
    guard let plan, let version, let from, let periods else { return nil }
    var tariff = TariffVersion(
      plan: plan, version: UInt32(version), effectiveFrom: from, title: title ?? "",
      calendar: calendar, periods: periods, components: [])
    guard list != nil, !components.contains(where: { $0 == nil }) else {
      keep(partial: tariff, fields.field)
      return nil
    }
    tariff.components = components.compactMap { $0 }
    return tariff
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
    fields.refuseUnknown()
    guard let hours else { return nil }
    return TimeWindow(
      season: season, days: days ?? [.everyDay], startMinute: hours.0, endMinute: hours.1)
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

  private func component(_ field: RuleField, _ periods: [TouPeriod]) -> Component? {
    guard let fields = RuleMapping(field) else { return nil }
    let code = fields.required("code")?.identifier()
    let title = fields.optional("title")?.title()
    let lineTypes = LineType.allCases.filter { $0 != .tax }
    let lineType = fields.optional("line_type")?.word(of: lineTypes.map(\.name))
    let revenueClass = fields.optional("revenue_class")?.word(
      of: RevenueClass.allCases.map(\.name))
    guard let type = fields.required("type")?.word(of: ["energy", "fixed", "percentage"]) else {
      return nil
    }
    let kind: ComponentKind? =
      switch type {
      case 0: energy(fields, periods).map(ComponentKind.energy)
      case 1:
        fields.required("price")?.price().map { .fixed(FixedComponent(price: $0)) }
      default: percentage(fields).map(ComponentKind.percentage)
      }
    fields.refuseUnknown()
    guard let code, let kind else { return nil }
    return Component(
      code: code, title: title ?? "", kind: kind, lineType: lineType.map { lineTypes[$0] },
      revenueClass: revenueClass.map { RevenueClass.allCases[$0] })
  }

  private func percentage(_ fields: RuleMapping) -> PercentageComponent? {
    let rate = fields.required("rate")?.rate()
    let base = fields.optional("base")?.words(of: RevenueClass.allCases, named: \.name)
    let components = fields.optional("base_components")?.list("codes")?.map { $0.identifier() }
    guard let rate, components?.contains(nil) != true else { return nil }
    return PercentageComponent(
      rate: rate, baseClasses: base ?? PercentageComponent.defaultBase,
      baseComponents: components?.compactMap { $0 } ?? [])
  }
}

extension RuleReading {
  private func energy(_ fields: RuleMapping, _ periods: [TouPeriod]) -> EnergyComponent? {
    let basis = fields.optional("basis")?.word(of: EnergyComponent.LimitBasis.allCases.map(\.name))
    let tiers = fields.optional("tiers")
    let single = prices(fields, periods, isRequired: tiers == nil)
    guard let tiers else {
      return single.map { EnergyComponent(tiers: [EnergyComponent.Tier(prices: $0)]) }
    }
    if single != nil {
      tiers.problem("a component has either tiers or one price; move the price into the tiers")
    }
    guard let list = tiers.list("tiers"), !list.isEmpty else {
      tiers.problem("has no tier; give at least one, the last without up_to")
      return nil
    }
    let read = list.map { tier($0, periods) }
    guard !read.contains(where: { $0 == nil }) else { return nil }
    return EnergyComponent(
      basis: basis.map { EnergyComponent.LimitBasis.allCases[$0] } ?? .month,
      tiers: read.compactMap { $0 })
  }

  private func tier(_ field: RuleField, _ periods: [TouPeriod]) -> EnergyComponent.Tier? {
    guard let fields = RuleMapping(field) else { return nil }
    let limitField = fields.optional("up_to")
    let limit = limitField?.energy()
    let prices = prices(fields, periods, isRequired: true)
    fields.refuseUnknown()
    guard let prices, limitField == nil || limit != nil else { return nil }
    return EnergyComponent.Tier(limit: limit, prices: prices)
  }

  /// `price`, or `prices` by period in the tariff's order.
  private func prices(
    _ fields: RuleMapping, _ periods: [TouPeriod], isRequired: Bool
  ) -> [Price]? {
    let one = fields.optional("price")
    guard let many = fields.optional("prices") else {
      if one == nil, isRequired { fields.field.problem("has neither price nor prices; give one") }
      return one?.price().map { [$0] }
    }
    if one != nil { many.problem("is given beside price; give one of them") }
    guard let byPeriod = RuleMapping(many) else { return nil }
    guard !periods.isEmpty else {
      many.problem("needs the tariff's periods; give periods, or one price")
      return nil
    }
    let prices = periods.map { byPeriod.required($0.name)?.price() }
    byPeriod.refuseUnknown()
    guard !prices.contains(nil) else { return nil }
    return prices.compactMap { $0 }
  }
}
