import Money

extension URDBReading {
  /// The amounts in the field `name` and its unit, and in fields of earlier versions.
  func amounts(
    _ name: String, _ unitName: String, _ earlier: [(name: String, span: URDBRate.Span)]
  ) -> [URDBRate.Amount] {
    var found: [URDBRate.Amount] = []
    if let member = member(name), let price = amount(member), price != .zero,
      let span = span(member, unitName)
    {
      found.append(URDBRate.Amount(price: price, span: span))
    }
    for (earlierName, span) in earlier {
      guard let old = member(earlierName), let price = amount(old), price != .zero else {
        continue
      }
      let amount = URDBRate.Amount(price: price, span: span)
      if let same = found.first(where: { $0.span == span }) {
        guard same != amount else { continue }
        problem(old, "is \(price), and \(name) is \(same.price); give one of them")
      } else if !found.isEmpty, earlier.count == 1 {
        problem(old, "is \(price) a month, and \(name) is given for another span; give one of them")
      } else {
        found.append(amount)
      }
    }
    return found
  }

  private func amount(_ member: JSONValue.Member) -> Price? {
    guard let price = price(member.value, member.name) else { return nil }
    guard price >= .zero else {
      problem(member, "\(price) is negative; a fixed or minimum charge is not")
      return nil
    }
    return price
  }

  private func span(_ amount: JSONValue.Member, _ name: String) -> URDBRate.Span? {
    guard let unit = member(name) else {
      problem(amount, "is given without \(name), so nobody knows for how long it is; add it")
      return nil
    }
    let text = unit.value.string?.lowercased().filter { $0 != " " } ?? ""
    if let span = URDBRate.Span(rawValue: text) { return span }
    let all = URDBRate.Span.allCases.map(\.rawValue).joined(separator: ", ")
    problem(unit, "\(unit.value.kind) is none of \(all)")
    return nil
  }

  /// Twelve currency units.
  private static let oneAMonth = Price(digits: 12, decimals: 0)

  /// Refuses a fixed charge a year that is worth less than one currency unit a month.
  ///
  /// A monthly charge under the unit `$/year` is dirt that is seen in files; taken by its unit, a
  /// twelfth of the right amount would be billed and nobody would notice.
  func checkYearly(_ fixed: [URDBRate.Amount]) {
    guard let yearly = fixed.first(where: { $0.span == .year }),
      yearly.price < Self.oneAMonth, let unit = member("fixedchargeunits")
    else { return }
    problem(
      unit,
      "a fixed charge of \(yearly.price) a year is less than 1 a month, which looks like a monthly "
        + "charge with the wrong unit; correct fixedchargeunits to \"$/month\", or give the charge "
        + "of a year")
  }
}
