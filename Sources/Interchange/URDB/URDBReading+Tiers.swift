import Money

extension URDBReading {
  /// A limit from which on a number means "without limit", in millionths: ten billion kWh or kW.
  private static let infinity: Int64 = 10_000_000_000_000_000

  /// The tiers of a period; `nil` with problems.
  func tiers(_ list: JSONValue, _ path: String, isEnergy: Bool) -> [URDBRate.Tier]? {
    guard let elements = list.elements, !elements.isEmpty else {
      problem(list, path, "has no tier, and hours are in this period; give it a price")
      return nil
    }
    guard elements.count <= InterchangeLimits.urdbTiers else {
      problem(
        list, path, "has \(elements.count) tiers; the limit is \(InterchangeLimits.urdbTiers)")
      return nil
    }
    var tiers: [URDBRate.Tier] = []
    var highest: [URDBRate.Unit: Int64] = [:]
    let before = problems.count
    for (index, element) in elements.enumerated() {
      let place = "\(path)[\(index)]"
      guard let tier = tier(element, place, isEnergy: isEnergy) else { continue }
      let isLast = index == elements.count - 1
      if let limit = tier.limit {
        if limit == 0, !isLast {
          warn(element, place, "the tier ends where it begins, at 0, and is not used")
          continue
        }
        if let below = highest[tier.unit], limit <= below, below < Self.infinity {
          problem(
            element["max"], place + ".max",
            "\(shown(limit)) is not above the tier before, \(shown(below)); limits are cumulative")
        }
        highest[tier.unit] = limit
      } else if !isLast {
        problem(
          element, place,
          "a tier before the last has no max, so that the next never begins; give it")
      }
      tiers.append(tier)
    }
    guard problems.count == before else { return nil }
    return opened(tiers, list, path)
  }

  /// Ends the tiers with the one that has no limit.
  private func opened(
    _ tiers: [URDBRate.Tier], _ list: JSONValue, _ path: String
  ) -> [URDBRate.Tier] {
    var tiers = tiers
    if let endless = tiers.firstIndex(where: { ($0.limit ?? 0) >= Self.infinity }),
      endless < tiers.count - 1
    {
      warn(list, path, "tier \(endless) has no end; the tiers after it are not used")
      tiers.removeSubrange((endless + 1)...)
    }
    let last = tiers.count - 1
    if let limit = tiers[last].limit {
      if limit < Self.infinity {
        warn(
          list, "\(path)[\(last)].max",
          "the last tier ends at \(shown(limit)) \(tiers[last].unit.rawValue); it is taken to go on"
        )
      }
      tiers[last].limit = nil
    }
    return tiers
  }

  private func shown(_ millionths: Int64) -> String {
    DecimalText.format(Int128(millionths), scale: 6)
  }

  private func tier(_ value: JSONValue, _ path: String, isEnergy: Bool) -> URDBRate.Tier? {
    guard let members = value.members else {
      problem(value, path, "\(value.kind) is not a tier; write { \"rate\": 0.1 }")
      return nil
    }
    func field(_ name: String) -> JSONValue? {
      guard let value = members.first(where: { $0.name.lowercased() == name })?.value,
        value.content != .null
      else { return nil }
      return value
    }
    for member in members
    where !["rate", "adj", "max", "unit", "sell"].contains(member.name.lowercased()) {
      warn(
        member.value, "\(path).\(clipped(member.name))", "the field is not known and is not used")
    }
    let unit = unit(field("unit"), path, isEnergy: isEnergy)
    if isEnergy, field("unit") == nil, field("max") != nil {
      warn(value, path, "has no unit; its max is taken for kWh a month")
    }
    let rate = field("rate").flatMap { price($0, path + ".rate") }
    let adjustment = field("adj").flatMap { price($0, path + ".adj") }
    let sell = isEnergy ? field("sell").flatMap { price($0, path + ".sell") } : nil
    let limit = field("max").flatMap { self.limit($0, path + ".max") }
    if field("rate") == nil {
      guard field("adj") != nil else {
        problem(value, path, "has no rate; write \"rate\": 0 if it is free")
        return nil
      }
      warn(value, path, "has no rate; its adj alone is the price")
    }
    guard let unit, field("rate") == nil || rate != nil, field("adj") == nil || adjustment != nil,
      field("sell") == nil || !isEnergy || sell != nil, field("max") == nil || limit != nil
    else { return nil }
    guard let sum = Price.sum(rate ?? .zero, adjustment ?? .zero) else {
      problem(value, path, "rate + adj has more digits than a price holds; write fewer decimals")
      return nil
    }
    return URDBRate.Tier(limit: limit, unit: unit, price: sum, sell: sell)
  }

  private func unit(
    _ value: JSONValue?, _ path: String, isEnergy: Bool
  ) -> URDBRate.Unit? {
    let usual: URDBRate.Unit = isEnergy ? .kilowattHours : .kilowatts
    guard let value else { return usual }
    let known = URDBRate.Unit.allCases.filter { ($0 == .kilowatts) != isEnergy }
    let text = value.string?.lowercased().split(separator: " ").joined(separator: " ")
    if let unit = known.first(where: { $0.rawValue.lowercased() == text }) { return unit }
    problem(
      value, path + ".unit",
      "\(value.kind) is none of the units \(known.map(\.rawValue).joined(separator: ", "))")
    return nil
  }

  /// A limit in millionths; what is beyond all use is `infinity`.
  private func limit(_ value: JSONValue, _ field: String) -> Int64? {
    guard let text = number(value, field) else { return nil }
    do {
      let limit = try DecimalText.parse(text, scale: 6)
      guard limit >= 0 else {
        problem(value, field, "\(clipped(text)) is negative; a limit is cumulative and above zero")
        return nil
      }
      return min(limit, Self.infinity)
    } catch .outOfRange where !text.hasPrefix("-") {
      return Self.infinity
    } catch {
      problem(value, field, "\(clipped(text)) \(error)")
      return nil
    }
  }
}
