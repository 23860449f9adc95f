import Tariffs

/// Codes of one rule that must be in another: not asked while a tariff cannot be read whole.
extension RuleChecks {
  /// Promotions that waive what no plan charges.
  func waivers(_ policies: Policies, _ loaded: LoadedRule) -> [RuleFileProblem] {
    guard partialTariffs.isEmpty else { return [] }
    let known = components
    return policies.promotions.enumerated().compactMap { index, offer in
      guard known[offer.waives] == nil else { return nil }
      return problem(
        loaded, "promotions[\(index)].waives",
        "no plan has a component '\(clipped(offer.waives))'; correct the code, or publish the tariff "
          + "with it or before")
    }
  }

  /// Lines of a classification that are for nothing: of a code that does not exist, or of a class that
  /// nothing of this code has.
  func codes(_ classification: Classification, _ loaded: LoadedRule) -> [RuleFileProblem] {
    guard partialTariffs.isEmpty else { return [] }
    var known = components
    for case .tax(let tax) in published + rules.map(\.rule) {
      known["\(tax.jurisdiction)/\(tax.code)", default: []].insert(.passThrough)
    }
    return classification.lines.enumerated().compactMap { index, line in
      let code = line.code
      guard code != Classification.anyCode, LineType(name: code) == nil else { return nil }
      guard let classes = known[code] else {
        return problem(
          loaded, "lines[\(index)].code",
          "'\(clipped(code))' is no component of a plan, no JURISDICTION/CODE of a tax and no line "
            + "type; correct the code, or publish the tariff or tax with it or before")
      }
      guard let own = line.revenueClass, !classes.contains(own) else { return nil }
      return problem(
        loaded, "lines[\(index)].revenue_class",
        "nothing called '\(clipped(code))' is \(own.name); leave it out, or write "
          + classes.map(\.name).sorted().joined(separator: " or "))
    }
  }

  /// The codes of the components of every tariff, in the book and in the set, with their classes.
  private var components: [String: Set<RevenueClass>] {
    var found: [String: Set<RevenueClass>] = [:]
    for case .tariff(let tariff) in published + rules.map(\.rule) {
      for component in tariff.components {
        found[component.code, default: []].insert(component.revenueClass)
      }
    }
    return found
  }
}
