import CivilTime

/// What is published in the midst of lives, from a day on that may be past.
enum NaivePublication: Int, CaseIterable {
  /// The state's tax is 6 % instead of 5 %, from the midst of a month.
  case tax
  /// Being late costs 7.00 instead of 5.00, after 20 days instead of 15.
  case lateFee
  /// Other prices of the first two tiers of R1, from the midst of a month.
  case tiered
  /// Other prices of R2.
  case timeOfUse

  var from: Day {
    switch self {
    case .tax: Day(iso: "2022-06-10")!
    case .lateFee: Day(iso: "2022-09-01")!
    case .tiered: Day(iso: "2023-02-20")!
    case .timeOfUse: Day(iso: "2023-05-12")!
    }
  }
}

/// The rules as they are known.
struct NaiveRules: Equatable {
  var published: Set<NaivePublication> = []

  func holds(_ publication: NaivePublication, on day: Day) -> Bool {
    published.contains(publication) && day >= publication.from
  }

  /// The days inside a period on which a plan's prices change.
  func changes(of plan: String, _ start: Day, _ end: Day) -> [Day] {
    let change: NaivePublication? =
      switch plan {
      case "R1": .tiered
      case "R2": .timeOfUse
      default: nil
      }
    guard let change, published.contains(change), change.from > start, change.from < end else {
      return []
    }
    return [change.from]
  }

  /// What being late costs, in cents, and after how many days.
  func lateFee(on day: Day) -> (amount: Int, after: Int) {
    holds(.lateFee, on: day) ? (700, 20) : (500, 15)
  }

  /// A tax in tenths of a per cent.
  fileprivate func tax(_ jurisdiction: String, on day: Day) -> Int {
    switch jurisdiction {
    case "US-TX8": 80
    case "US-ST": holds(.tax, on: day) ? 60 : 50
    default: 15
    }
  }

  /// The prices of a plan on a day, in thousandths of a cent: by tier, or by period.
  fileprivate func prices(_ plan: String, on day: Day) -> [Int] {
    switch plan {
    case "R1": holds(.tiered, on: day) ? [10_150, 12_710, 16_725] : [9_850, 12_340, 16_725]
    case "R2": holds(.timeOfUse, on: day) ? [27_500, 9_000] : [26_000, 10_000]
    default: [11_000]
    }
  }
}

/// Some of a bill's days, all at the same prices, and what was used in them.
struct NaiveSegment: Equatable {
  var start: Day
  var end: Day
  /// Watt-hours by register where the plan tells them apart, else under no name.
  var used: [String: Int] = [:]

  var days: Int { end - start }

  /// The days that it has in common with others.
  func overlap(_ from: Day, _ until: Day) -> Int {
    max(0, min(end, until) - max(start, from))
  }
}

/// What the demonstration's plans R1 and R2, and a flat one, charge, worked out in whole numbers.
enum NaiveTariff {
  /// The bill of a period, before and with its taxes; those of exempt jurisdictions come to nothing.
  static func rate(
    _ plan: String, _ jurisdictions: [String], _ segments: [NaiveSegment], isServiceWaived: Bool,
    exempt: Set<String>, _ rules: NaiveRules
  ) -> (rated: [NaiveLine], taxes: [NaiveLine]) {
    let days = segments.map(\.days).sum
    let energy =
      switch plan {
      case "R1": tiers(segments, days, rules)
      case "R2":
        ["on-peak", "off-peak"].enumerated().flatMap { index, register in
          segments.compactMap {
            line($0.used[register] ?? 0, at: rules.prices(plan, on: $0.start)[index])
          }
        }
      default:
        segments.compactMap { line($0.used[""] ?? 0, at: rules.prices(plan, on: $0.start)[0]) }
      }
    // Fixed charges as they would be, and what is waived of each.
    var fixed = [(would: month(plan == "FLAT" ? 1_200 : 1_500, days), isWaived: isServiceWaived)]
    if plan == "R1" {
      fixed.append((month(350, days), false))
      let base = energy.sum + fixed.map { $0.isWaived ? 0 : $0.would }.sum
      fixed.append((rounded(base * 3, by: 100), false))
    }
    // By what they would be, the greatest first; sorting keeps the order of equals.
    fixed.sort { $0.would > $1.would }
    let charges = fixed.map { $0.isWaived ? 0 : $0.would }
    let base = energy.sum + charges.sum
    // A tax on nothing is no line.
    let lastDay = segments[segments.count - 1].end - 1
    let taxes = (base == 0 ? [] : jurisdictions).map { jurisdiction in
      let tax = rounded(base * rules.tax(jurisdiction, on: lastDay), by: 1_000)
      return exempt.contains(jurisdiction)
        ? NaiveLine(type: "TAX", amount: 0, waived: tax) : NaiveLine(type: "TAX", amount: tax)
    }
    return (
      energy.map { NaiveLine(type: "ENERGY_CHARGE", amount: $0) }
        + charges.map { NaiveLine(type: "FIXED_CHARGE", amount: $0) },
      taxes
    )
  }

  private static func line(_ wattHours: Int, at price: Int) -> Int? {
    wattHours == 0 ? nil : rounded(wattHours * price, by: 1_000_000)
  }

  /// 26 to 35 days are a month; others count by the day, a thirtieth each.
  private static func month(_ amount: Int, _ days: Int) -> Int {
    (26...35).contains(days) ? amount : rounded(amount * days, by: 30)
  }

  /// Tier by tier, and in each the segments in turn. Where a tier ends is a month's limit, of which a
  /// segment has its days' share.
  private static func tiers(
    _ segments: [NaiveSegment], _ days: Int, _ rules: NaiveRules
  ) -> [Int] {
    let ends = [500_000, 1_000_000].map {
      NaiveSplit.byDays(month($0, days), segments.map(\.days))
    }
    var rest = segments.map { $0.used[""] ?? 0 }
    return (0..<3).flatMap { tier in
      segments.indices.compactMap { index in
        let begin = tier == 0 ? 0 : ends[tier - 1][index]
        let taken = tier == 2 ? rest[index] : min(rest[index], ends[tier][index] - begin)
        rest[index] -= taken
        return line(taken, at: rules.prices("R1", on: segments[index].start)[tier])
      }
    }
  }

  /// A quotient, half away from zero.
  static func rounded(_ value: Int, by divisor: Int) -> Int {
    value < 0
      ? -((-value * 2 + divisor) / (divisor * 2)) : (value * 2 + divisor) / (divisor * 2)
  }
}

/// Sharing out by hand.
enum NaiveSplit {
  /// A whole in shares that sum to it, in proportion to days: each first what is surely its own, then
  /// one more for those who were cut most, the earlier before the later.
  static func byDays(_ whole: Int, _ days: [Int]) -> [Int] {
    let sum = days.sum
    guard sum > 0 else { return days }
    var shares = days.map { whole * $0 / sum }
    let cut = days.indices.sorted {
      (whole * days[$1] % sum, $0) < (whole * days[$0] % sum, $1)
    }
    for index in cut.prefix(whole - shares.sum) { shares[index] += 1 }
    return shares
  }
}
