import CivilTime

/// Meters, what they showed, and what was used.
extension NaiveAccount {
  /// A meter: what each register showed, by day.
  struct Meter {
    var installed: Day
    var removed: Day?
    var readings: [String: [Day: Int]]
    /// The value before its correction, of readings that were corrected.
    var corrected: [String: [Day: Int]] = [:]

    /// A meter that shows so much when it is installed.
    init(installed: Day, _ starts: [String: Int]) {
      self.installed = installed
      readings = starts.mapValues { [installed: $0] }
    }

    /// Whether a period may end on a day, for all that this meter has to say.
    fileprivate func closes(on day: Day) -> Bool {
      if installed >= day { return true }
      if let removed, removed <= day { return true }
      return readings.values.allSatisfy { $0[day] != nil }
    }
  }

  private var dailyMaximum: Int { terms.customerClass == "commercial" ? 5_000 : 500 }

  /// Whether a register may have counted so much between two days.
  private func isPlausible(_ from: Int, _ start: Day, _ to: Int, _ end: Day) -> Bool {
    let seconds = NaiveClock.midnight(end) - NaiveClock.midnight(start)
    // For every day begun: the night on which the clock is put back begins another.
    return Self.counted(from, to) <= dailyMaximum * max(1, (seconds + 86_399) / 86_400)
  }

  /// A dial of five digits begins again at zero.
  private static func counted(_ from: Int, _ to: Int) -> Int {
    to < from ? to - from + 100_000 : to - from
  }

  // MARK: Readings

  /// What becomes of a row of a file of readings: what is wrong with it, if anything, or whether it is
  /// new.
  mutating func read(
    _ meter: Int, _ register: String, _ day: Day, _ value: Int, at moment: Int
  ) -> (wrongs: Set<String>, isNew: Bool) {
    // A meter that was removed, or never was, serves nobody.
    guard meter < meters.count, meters[meter].removed == nil else {
      return (["unknown-meter"], false)
    }
    var wrongs = take(meter, register, day, value)
    if wrongs.isDuplicate, closed == nil, mergedInto == nil { return ([], false) }
    if closed != nil { wrongs.codes.insert("account-closed") }
    if mergedInto != nil { wrongs.codes.insert("merged") }
    if NaiveClock.midnight(day) > moment { wrongs.codes.insert("in-future") }
    if wrongs.codes.isEmpty { meters[meter].readings[register]?[day] = value }
    return (wrongs.codes, wrongs.codes.isEmpty)
  }

  /// What is wrong with a reading for all that its register knows, and whether it is known.
  private func take(
    _ meter: Int, _ register: String, _ day: Day, _ value: Int
  ) -> (codes: Set<String>, isDuplicate: Bool) {
    guard let known = meters[meter].readings[register], let last = known.keys.max() else {
      return (["unknown-register"], false)
    }
    var wrongs: Set<String> = []
    if day < meters[meter].installed { wrongs.insert("before-installation") }
    if value < 0 || value > 99_999 { wrongs.insert("off-the-dial") }
    if day <= last {
      guard let same = known[day] else { return (wrongs.union(["out-of-order"]), false) }
      guard same != value, meters[meter].corrected[register]?[day] != value else {
        return (wrongs, wrongs.isEmpty)
      }
      return (wrongs.union(["conflict"]), false)
    }
    if wrongs.isEmpty, !isPlausible(known[last] ?? 0, last, value, day) {
      wrongs.insert("implausible")
    }
    return (wrongs, false)
  }

  mutating func correct(
    _ meter: Int, _ register: String, _ day: Day, _ value: Int, _ reason: String,
    isVouchedFor: Bool
  ) -> Expected {
    guard meter < meters.count else {
      return .refused([Wrong("unknown-meter", "serves no account")])
    }
    var wrongs: Set<Wrong> = []
    if reason.isEmpty { wrongs.insert(Wrong("invalid", "say why")) }
    if value > 99_999 { wrongs.insert(Wrong("off-the-dial", "more than 5 digits")) }
    let known = meters[meter].readings[register] ?? [:]
    guard let recorded = known[day] else {
      return .refused(wrongs.union([Wrong("no-such-reading", "there is no reading of")]))
    }
    if wrongs.isEmpty, recorded == value { return .nothing }
    if meters[meter].corrected[register]?[day] != nil {
      wrongs.insert(Wrong("corrected-before", "was corrected before"))
    }
    let days = known.sorted { $0.key < $1.key }
    let before = days.last { $0.key < day }
    let after = days.first { $0.key > day }
    let isPlausible =
      before.map { self.isPlausible($0.value, $0.key, value, day) } ?? true
      && after.map { self.isPlausible(value, day, $0.value, $0.key) } ?? true
    if !isPlausible, !isVouchedFor {
      wrongs.insert(Wrong("implausible", "that are plausible"))
    }
    guard wrongs.isEmpty else { return .refused(wrongs) }
    meters[meter].corrected[register, default: [:]][day] = recorded
    meters[meter].readings[register]?[day] = value
    return .added
  }

  /// One meter in another's place.
  mutating func exchange(
    _ meter: Int, _ day: Day, finals: [String: Int], starts: [String: Int]
  ) -> Expected {
    guard meter < meters.count else {
      return .refused([Wrong("unknown-meter", "serves no account")])
    }
    var wrongs: Set<Wrong> = []
    if closed != nil { wrongs.insert(Wrong("account-closed", "account was closed")) }
    if mergedInto != nil { wrongs.insert(Wrong("merged", "is part of")) }
    if let removed = meters[meter].removed {
      if wrongs.isEmpty, removed == day { return .nothing }
      wrongs.insert(Wrong("meter-removed", "was removed at"))
      return .refused(wrongs)
    }
    if day <= meters[meter].installed {
      wrongs.insert(Wrong("before-installation", "was installed at"))
    }
    let words = [
      "before-installation": "was installed at", "off-the-dial": "more than 5 digits",
      "out-of-order": "a later reading is recorded", "conflict": "is recorded for",
      "implausible": "that are plausible",
    ]
    for (register, value) in finals {
      for code in take(meter, register, day, value).codes {
        wrongs.insert(Wrong(code, words[code] ?? code))
      }
    }
    guard wrongs.isEmpty else { return .refused(wrongs) }
    for (register, value) in finals where meters[meter].readings[register]?[day] == nil {
      meters[meter].readings[register]?[day] = value
    }
    meters[meter].removed = day
    meters.append(Meter(installed: day, starts))
    return .added
  }

  // MARK: Plans

  func plan(on day: Day) -> String { ratePlans.last { $0.from <= day }?.plan ?? terms.plan }

  mutating func assign(_ plan: String, from day: Day) -> Expected {
    var wrongs: Set<Wrong> = []
    if !["R1", "R2", "FLAT"].contains(plan) { wrongs.insert(Wrong("no-plan", "There is no plan")) }
    if closed != nil { wrongs.insert(Wrong("account-closed", "account was closed")) }
    if mergedInto != nil { wrongs.insert(Wrong("merged", "is part of")) }
    if let same = ratePlans.last(where: { $0.from == day }) {
      if wrongs.isEmpty, same.plan == plan { return .nothing }
      wrongs.insert(Wrong("plan-assigned", "is assigned from"))
    }
    if let billed = bills.last?.end, day < billed {
      wrongs.insert(Wrong("already-billed", "is billed up to"))
    }
    guard wrongs.isEmpty else { return .refused(wrongs) }
    ratePlans.append((day, plan))
    ratePlans.sort { $0.from < $1.from }
    return .added
  }

  // MARK: What was used

  /// Whether a period may end on a day: something was read, and nothing that should be was not.
  func isClosing(_ day: Day) -> Bool {
    meters.contains { $0.readings.values.contains { $0[day] != nil } }
      && meters.allSatisfy { $0.closes(on: day) }
  }

  /// The days of a period by what they are charged at, with what was used in them: what lies between two
  /// readings is shared out by days.
  func segments(_ start: Day, _ end: Day) -> [NaiveSegment] {
    let plan = plan(on: start)
    let changes = rules.changes(of: plan, start, end)
    let bounds = [start] + changes + [end]
    var segments = zip(bounds, bounds.dropFirst()).map { NaiveSegment(start: $0, end: $1) }
    for meter in meters where meter.installed < end {
      for (register, known) in meter.readings {
        let days = known.keys.filter { $0 >= start && $0 <= end }.sorted()
        guard let first = days.first, let last = days.last, first < last else { continue }
        let read = days.filter { $0 == first || $0 == last || changes.contains($0) }
        for (from, until) in zip(read, read.dropFirst()) {
          let used = 1_000 * Self.counted(known[from] ?? 0, known[until] ?? 0)
          let shares = NaiveSplit.byDays(used, segments.map { $0.overlap(from, until) })
          for index in segments.indices {
            segments[index].used[plan == "R2" ? register : "", default: 0] += shares[index]
          }
        }
      }
    }
    return segments
  }
}
