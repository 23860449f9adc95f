import Metering
import Money
import Tariffs

extension RuleReading {
  /// The words for the kinds of component.
  private static let types = [
    "energy", "demand", "fixed", "rider", "percentage", "minimum", "net-metering", "net-billing",
  ]

  func component(
    _ field: RuleField, _ periods: [TouPeriod], _ demandPeriods: [TouPeriod]
  ) -> Component? {
    guard let fields = RuleMapping(field) else { return nil }
    let code = fields.required("code")?.identifier()
    let title = fields.optional("title")?.title()
    let lineTypes = LineType.allCases.filter { $0 != .tax }
    let lineType = fields.optional("line_type")?.word(of: lineTypes.map(\.name))
    let revenueClass = fields.optional("revenue_class")?.word(
      of: RevenueClass.allCases.map(\.name))
    let months = months(fields)
    let season = fields.optional("season")?.identifier()
    guard let type = fields.required("type")?.word(of: Self.types) else { return nil }
    let kind = kind(Self.types[type], fields, periods, demandPeriods)
    fields.refuseUnknown()
    guard let code, let kind else { return nil }
    return Component(
      code: code, title: title ?? "", kind: kind, lineType: lineType.map { lineTypes[$0] },
      revenueClass: revenueClass.map { RevenueClass.allCases[$0] }, months: months,
      season: season)
  }

  private func kind(
    _ type: String, _ fields: RuleMapping, _ periods: [TouPeriod], _ demandPeriods: [TouPeriod]
  ) -> ComponentKind? {
    switch type {
    case "energy":
      return energy(fields, periods, filling: .pooled).map {
        .energy(EnergyComponent(ladders: $0.ladders, filling: $0.filling))
      }
    case "demand": return demand(fields, demandPeriods).map(ComponentKind.demand)
    case "fixed":
      return priceAndTerm(fields).map { .fixed(FixedComponent(price: $0.0, per: $0.1)) }
    case "rider":
      return fields.required("price")?.price().map { .rider(RiderComponent(price: $0)) }
    case "percentage": return percentage(fields).map(ComponentKind.percentage)
    case "minimum":
      return priceAndTerm(fields).map { .minimum(MinimumComponent(price: $0.0, per: $0.1)) }
    case "net-metering": return netMetering(fields).map(ComponentKind.netMetering)
    default:
      return energy(fields, periods, filling: .byInterval).map {
        .netBilling(NetBillingComponent(ladders: $0.ladders, filling: $0.filling))
      }
    }
  }

  private func priceAndTerm(_ fields: RuleMapping) -> (Price, Term)? {
    let term = fields.optional("per")?.word(of: Term.allCases.map(\.name))
    guard let price = fields.required("price")?.price() else { return nil }
    return (price, term.map { Term.allCases[$0] } ?? .month)
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

  private func netMetering(_ fields: RuleMapping) -> NetMeteringComponent? {
    var carry = NetMeteringComponent.Carry.samePeriod
    if let hours = fields.optional("carry_hours")?.list("hours") {
      carry = .hours(hours.compactMap { $0.whole(0...23).map(UInt8.init) })
    }
    let yearEnd = fields.optional("year_end")?.whole(1...12)
    let settlement = fields.optional("settlement")?.price()
    return NetMeteringComponent(
      carry: carry, yearEnd: yearEnd.map(UInt8.init), settlement: settlement)
  }
}

extension RuleReading {
  private func demand(
    _ fields: RuleMapping, _ periods: [TouPeriod]
  ) -> DemandComponent? {
    let ratchet = fields.optional("ratchet").flatMap(ratchet)
    let given = ["price", "tiers", "by_period"].filter { fields.optional($0) != nil }
    guard given.count == 1 else {
      fields.field.problem("needs one of price, tiers and by_period")
      return nil
    }
    guard let byPeriod = fields.optional("by_period") else {
      return tiers(fields).map { DemandComponent(flat: $0, ratchet: ratchet) }
    }
    guard let each = RuleMapping(byPeriod) else { return nil }
    let names = periods.isEmpty ? ["all"] : periods.map(\.name)
    let ladders = names.map { name -> DemandComponent.Ladder? in
      guard let field = each.required(name) else { return nil }
      if field.isScalar {
        return field.price().map { DemandComponent.Ladder(tiers: [.init(price: $0)]) }
      }
      return tiers(field).map { DemandComponent.Ladder(tiers: $0) }
    }
    each.refuseUnknown()
    guard !ladders.contains(where: { $0 == nil }) else { return nil }
    var demand = DemandComponent(byPeriod: ladders.compactMap { $0 })
    demand.ratchet = ratchet
    return demand
  }

  private func ratchet(_ field: RuleField) -> DemandComponent.Ratchet? {
    guard let fields = RuleMapping(field) else { return nil }
    let rate = fields.required("rate")?.rate()
    let bills = fields.optional("bills")?.whole(1...DemandComponent.Ratchet.maximumBills)
    fields.refuseUnknown()
    return rate.map { DemandComponent.Ratchet(rate: $0, bills: UInt8(bills ?? 11)) }
  }

  /// `price`, or `tiers`.
  private func tiers(_ fields: RuleMapping) -> [DemandComponent.Tier]? {
    if let price = fields.optional("price") { return price.price().map { [.init(price: $0)] } }
    return fields.optional("tiers").flatMap(tiers)
  }

  private func tiers(_ field: RuleField) -> [DemandComponent.Tier]? {
    guard let list = field.list("tiers"), !list.isEmpty else {
      field.problem("has no tier; give at least one, the last without up_to")
      return nil
    }
    let read = list.map { each -> DemandComponent.Tier? in
      guard let tier = RuleMapping(each) else { return nil }
      let limitField = tier.optional("up_to")
      let limit = limitField?.power()
      let price = tier.required("price")?.price()
      tier.refuseUnknown()
      guard let price, limitField == nil || limit != nil else { return nil }
      return .init(limit: limit, price: price)
    }
    return read.contains { $0 == nil } ? nil : read.compactMap { $0 }
  }
}

extension RuleReading {
  private typealias Ladders = (ladders: [EnergyLadder], filling: TierFilling)

  private func energy(
    _ fields: RuleMapping, _ periods: [TouPeriod], filling usual: TierFilling
  ) -> Ladders? {
    let basis = fields.optional("basis")?.word(of: EnergyTier.LimitBasis.allCases.map(\.name))
    let common = basis.map { EnergyTier.LimitBasis.allCases[$0] } ?? .month
    let word = fields.optional("filling")?.word(of: TierFilling.allCases.map(\.name))
    let filling = word.map { TierFilling.allCases[$0] } ?? usual
    let tiers = fields.optional("tiers")
    let ladders = fields.optional("ladders")
    let single = prices(fields, periods, isRequired: tiers == nil && ladders == nil)
    if let ladders {
      if single != nil || tiers != nil {
        ladders.problem("is given beside tiers or a price; a component has one of them")
      }
      return self.ladders(ladders, periods, common).map { ($0, filling) }
    }
    guard let tiers else {
      return single.map { ([EnergyLadder(tiers: [EnergyTier(prices: $0)])], filling) }
    }
    if single != nil {
      tiers.problem("a component has either tiers or one price; move the price into the tiers")
    }
    return self.tiers(tiers, periods, common).map { ([EnergyLadder(tiers: $0)], filling) }
  }

  /// A ladder for each period, by its name.
  private func ladders(
    _ field: RuleField, _ periods: [TouPeriod], _ basis: EnergyTier.LimitBasis
  ) -> [EnergyLadder]? {
    guard !periods.isEmpty else {
      field.problem("needs the tariff's periods; give periods, or tiers")
      return nil
    }
    guard let fields = RuleMapping(field) else { return nil }
    let ladders = periods.map { period in
      fields.required(period.name).flatMap { tiers($0, [], basis) }
        .map { EnergyLadder(tiers: $0) }
    }
    fields.refuseUnknown()
    return ladders.contains { $0 == nil } ? nil : ladders.compactMap { $0 }
  }

  private func tiers(
    _ field: RuleField, _ periods: [TouPeriod], _ basis: EnergyTier.LimitBasis
  ) -> [EnergyTier]? {
    guard let list = field.list("tiers"), !list.isEmpty else {
      field.problem("has no tier; give at least one, the last without up_to")
      return nil
    }
    let read = list.map { tier($0, periods, basis) }
    return read.contains { $0 == nil } ? nil : read.compactMap { $0 }
  }

  private func tier(
    _ field: RuleField, _ periods: [TouPeriod], _ common: EnergyTier.LimitBasis
  ) -> EnergyTier? {
    guard let fields = RuleMapping(field) else { return nil }
    let limitField = fields.optional("up_to")
    let limit = limitField?.energy()
    let basis = fields.optional("basis")?.word(of: EnergyTier.LimitBasis.allCases.map(\.name))
    let prices = prices(fields, periods, isRequired: true)
    fields.refuseUnknown()
    guard let prices, limitField == nil || limit != nil else { return nil }
    return EnergyTier(
      limit: limit, basis: basis.map { EnergyTier.LimitBasis.allCases[$0] } ?? common,
      prices: prices)
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
