import CivilTime

/// What the demonstration's plans R1 and R2 charge, worked out in whole numbers.
enum NaiveTariff {
  /// The bill of a period, before and with its taxes; those of exempt jurisdictions come to nothing.
  static func rate(
    _ terms: NaiveAccount.Terms, _ used: [String: Int], days: Int, isServiceWaived: Bool,
    exempt: Set<String>
  ) -> (rated: [NaiveLine], taxes: [NaiveLine]) {
    let energy =
      terms.plan == "R1"
      ? tiers(used.values.reduce(0, +) * 1_000, days)
      : [("on-peak", 26_000), ("off-peak", 10_000)].compactMap { register, price in
        let kWh = used[register] ?? 0
        return kWh == 0 ? nil : rounded(kWh * 1_000 * price, by: 1_000_000)
      }
    // Fixed charges as they would be, and what is waived of each.
    var fixed = [(would: month(1_500, days), isWaived: isServiceWaived)]
    if terms.plan == "R1" {
      fixed.append((month(350, days), false))
      let base = energy.sum + fixed.map { $0.isWaived ? 0 : $0.would }.sum
      fixed.append((rounded(base * 3, by: 100), false))
    }
    // By what they would be, the greatest first; sorting keeps the order of equals.
    fixed.sort { $0.would > $1.would }
    let charges = fixed.map { $0.isWaived ? 0 : $0.would }
    let base = energy.sum + charges.sum
    let taxes = terms.jurisdictions.map { jurisdiction in
      if exempt.contains(jurisdiction) { return 0 }
      return switch jurisdiction {
      case "US-TX8": rounded(base * 80, by: 1_000)
      case "US-ST": rounded(base * 50, by: 1_000)
      default: rounded(base * 15, by: 1_000)
      }
    }
    return (
      energy.map { NaiveLine(type: "ENERGY_CHARGE", amount: $0) }
        + charges.map { NaiveLine(type: "FIXED_CHARGE", amount: $0) },
      taxes.map { NaiveLine(type: "TAX", amount: $0) }
    )
  }

  /// 26 to 35 days are a month; others count by the day, a thirtieth each.
  private static func month(_ amount: Int, _ days: Int) -> Int {
    (26...35).contains(days) ? amount : rounded(amount * days, by: 30)
  }

  private static func tiers(_ wattHours: Int, _ days: Int) -> [Int] {
    var rest = wattHours
    return [(500_000, 9_850), (500_000, 12_340), (Int.max, 16_725)].enumerated().compactMap {
      index, tier in
      let limit =
        index == 2
        ? rest
        : month(500_000 * (index + 1), days) - month(500_000 * index, days)
      let taken = min(rest, limit)
      rest -= taken
      return taken == 0 ? nil : rounded(taken * tier.1, by: 1_000_000)
    }
  }

  /// A quotient, half away from zero.
  private static func rounded(_ value: Int, by divisor: Int) -> Int {
    value < 0
      ? -((-value * 2 + divisor) / (divisor * 2)) : (value * 2 + divisor) / (divisor * 2)
  }
}

/// Local time in the accounts' zone, worked out by hand.
enum NaiveClock {
  /// The seconds since 1970 of the beginning of a day.
  static func midnight(_ day: Day) -> Int { instant(day, 0) }

  /// The moment at `seconds` after midnight by the clock on the wall.
  static func instant(_ day: Day, _ seconds: Int) -> Int {
    let naive = Int(day.rawValue) * 86_400 + seconds
    // Nothing here is asked within the hours in which the clock is put forward or back.
    return naive - offset(naive + 21_600)
  }

  /// The local date of a moment.
  static func day(_ moment: Int) -> Day {
    let local = moment + offset(moment)
    return Day(rawValue: Int32((local - (local % 86_400 + 86_400) % 86_400) / 86_400))
  }

  /// As ISO 8601 in UTC.
  static func iso(_ moment: Int) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let seconds = moment % 86_400
    return "\(Day(rawValue: Int32(moment / 86_400)))T\(two(seconds / 3600)):"
      + "\(two(seconds / 60 % 60)):\(two(seconds % 60))Z"
  }

  /// Chicago: six hours behind UTC, five from the second Sunday of March, 2:00, to the first Sunday
  /// of November, 2:00.
  private static func offset(_ moment: Int) -> Int {
    let year = Day(rawValue: Int32(moment / 86_400)).parts.year
    guard let march = Day(year: year, month: 3, day: 8),
      let november = Day(year: year, month: 11, day: 1)
    else { return 0 }
    let begins = sunday(from: march) * 86_400 + 8 * 3_600
    let ends = sunday(from: november) * 86_400 + 7 * 3_600
    return moment >= begins && moment < ends ? -18_000 : -21_600
  }

  /// The first Sunday from a day on, in days since 1970; 4 January 1970 was one.
  private static func sunday(from day: Day) -> Int {
    var number = Int(day.rawValue)
    while (number - 3) % 7 != 0 { number += 1 }
    return number
  }
}
