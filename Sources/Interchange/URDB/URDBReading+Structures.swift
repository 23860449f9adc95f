import Money

extension URDBReading {
  /// Prices by period, and the schedules that say which period an hour is in.
  func structure(
    _ name: String, _ weekdayName: String, _ weekendName: String, isEnergy: Bool
  ) -> URDBRate.Structure? {
    guard let member = member(name), let lists = periods(member) else { return nil }
    guard !lists.isEmpty else {
      if isEnergy { problem(member, "has no period; without prices no energy is rated") }
      return nil
    }
    let before = problems.count
    let weekday = schedule(weekdayName, of: lists.count, structure: member.name)
    let weekend = schedule(weekendName, of: lists.count, structure: member.name)
    guard problems.count == before, let weekday, let weekend else { return nil }
    return finish(member, lists, weekday, weekend, isEnergy: isEnergy)
  }

  /// Prices of the month's greatest demand: one period a month.
  func flatDemand() -> URDBRate.Structure? {
    guard let member = member("flatdemandstructure"), let lists = periods(member), !lists.isEmpty
    else { return nil }
    var months = [Int](repeating: 0, count: 12)
    if let field = self.member("flatdemandmonths") {
      let what = "12 whole numbers, one a month"
      guard let row = row(field.value, field.name, 12, what, of: lists.count, member.name) else {
        return nil
      }
      months = row
    } else {
      guard alone(lists.count, "flatdemandmonths", member.name) else { return nil }
    }
    let schedule = months.map { [Int](repeating: $0, count: 24) }
    return finish(member, lists, schedule, schedule, isEnergy: false)
  }

  /// The tiers of each period: lists, or in the bulk download objects with one list.
  private func periods(_ member: JSONValue.Member) -> [JSONValue]? {
    guard let elements = member.value.elements else {
      problem(member, "\(member.value.kind) is not a list of periods, each a list of tiers")
      return nil
    }
    guard elements.count <= InterchangeLimits.urdbPeriods else {
      problem(
        member, "has \(elements.count) periods; the limit is \(InterchangeLimits.urdbPeriods)")
      return nil
    }
    return elements.map { element in
      element.members?.first { $0.name.lowercased().hasSuffix("tiers") }?.value ?? element
    }
  }

  private func finish(
    _ member: JSONValue.Member, _ lists: [JSONValue], _ weekday: [[Int]], _ weekend: [[Int]],
    isEnergy: Bool
  ) -> URDBRate.Structure? {
    let used = Set(weekday.joined()).union(weekend.joined())
    var periods: [URDBRate.Period] = []
    for (number, list) in lists.enumerated() {
      let path = "\(clipped(member.name))[\(number)]"
      guard used.contains(number) else {
        ignore("\(path) (no hour is in it)")
        continue
      }
      guard let tiers = tiers(list, path, isEnergy: isEnergy) else { continue }
      periods.append(URDBRate.Period(number: number, tiers: tiers))
    }
    guard periods.count == used.count else { return nil }
    return URDBRate.Structure(periods: periods, weekday: weekday, weekend: weekend)
  }

  // MARK: Schedules

  private func alone(_ count: Int, _ name: String, _ structure: String) -> Bool {
    guard count == 1 else {
      problem(
        nil, name,
        "is missing; \(structure) has \(count) periods, and nothing says which hours they are")
      return false
    }
    warn(nil, name, "is missing; the one period is taken for all hours")
    return true
  }

  private func schedule(_ name: String, of count: Int, structure: String) -> [[Int]]? {
    guard let member = member(name) else {
      guard alone(count, name, structure) else { return nil }
      return [[Int]](repeating: [Int](repeating: 0, count: 24), count: 12)
    }
    let what = "12 months of 24 hours, each the number of a period"
    guard let months = member.value.elements, months.count == 12 else {
      let found = member.value.elements.map { "a list of \($0.count)" } ?? member.value.kind
      problem(member, "is \(found) where a schedule has \(what)")
      return nil
    }
    var rows: [[Int]] = []
    for (month, value) in months.enumerated() {
      let path = "\(clipped(member.name))[\(month)]"
      guard let row = row(value, path, 24, what, of: count, structure) else { return nil }
      rows.append(row)
    }
    return rows
  }

  /// `length` numbers of periods.
  private func row(
    _ value: JSONValue, _ path: String, _ length: Int, _ what: String, of count: Int,
    _ structure: String
  ) -> [Int]? {
    guard let elements = value.elements, elements.count == length else {
      let found = value.elements.map { "a list of \($0.count)" } ?? value.kind
      problem(value, path, "is \(found) where there should be \(what)")
      return nil
    }
    var numbers: [Int] = []
    for (index, element) in elements.enumerated() {
      let place = "\(path)[\(index)]"
      guard let text = number(element, place) else { return nil }
      guard let number = try? DecimalText.parse(text, scale: 0) else {
        problem(element, place, "\(clipped(text)) is not the number of a period, a whole number")
        return nil
      }
      guard (0..<Int64(count)).contains(number) else {
        problem(
          element, place,
          "names period \(number), and \(structure) has \(count), numbered from 0; add the period "
            + "or correct the schedule")
        return nil
      }
      numbers.append(Int(number))
    }
    return numbers
  }
}
