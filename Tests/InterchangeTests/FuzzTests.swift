import CivilTime
import Foundation
import Money
import Tariffs
import Testing

@testable import Interchange

/// Changes valid input at random and watches what the reader makes of it.
///
/// A crash fails the whole run by itself; what can go wrong silently is judged by `lives`: whether
/// every input was answered, by rows or by a reason that says something.
struct Fuzzer {
  /// How many inputs a test tries; `METERBOOK_FUZZ` asks for more.
  static let count =
    ProcessInfo.processInfo.environment["METERBOOK_FUZZ"].flatMap { Int($0) } ?? 2000

  let seeds: [[UInt8]]
  /// Reads an input; `false` if the answer is no answer.
  let lives: ([UInt8]) throws -> Bool

  /// The inputs, of `count` tried, that got no answer.
  func run(_ count: Int, _ random: inout SeededRandom) throws -> [[UInt8]] {
    var dead: [[UInt8]] = []
    for _ in 0..<count {
      let input = mutated(seeds.randomElement(using: &random)!, &random)
      if try !lives(input) { dead.append(input) }
    }
    return dead
  }

  private func mutated(_ seed: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var bytes = seed
    let special = Array("\",\n\r;:-+.<>&![]{}|>#%'\\0 9eE\t\u{0}".utf8) + [0xEF, 0xBB, 0xFF, 0x80]
    for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
      let at = Int.random(in: 0..<bytes.count, using: &random)
      let end = min(bytes.count, at + Int.random(in: 1...12, using: &random))
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes[at] = special.randomElement(using: &random)!
      case 2: bytes.insert(special.randomElement(using: &random)!, at: at)
      case 3: bytes.removeSubrange(at..<end)
      case 4:
        bytes.insert(contentsOf: Array(bytes[at..<end]), at: Int.random(in: 0...at, using: &random))
      default: bytes.removeSubrange(at...)
      }
    }
    return bytes
  }
}

/// Whether every row was answered: by a value, or by an error with a reason and the row's own text.
private func readingsLive(_ bytes: [UInt8]) -> Bool {
  do {
    var reader = try CSVReader<ReadingRow>(ByteSource(bytes, chunk: 64))
    var last = 1
    while let item = try reader.next() {
      switch item {
      case .row(let row, let line):
        guard line > last, !row.meter.isEmpty else { return false }
        last = line
      case .error(let error):
        guard error.line > last, !error.raw.isEmpty, !error.reason.description.isEmpty else {
          return false
        }
        last = error.line
      }
    }
    return true
  } catch {
    return !error.description.isEmpty
  }
}

/// Whether every row was answered, payments by an amount that can be added up.
private func paymentsLive(_ bytes: [UInt8]) -> Bool {
  do {
    var reader = try CSVReader<PaymentRow>(ByteSource(bytes, chunk: 64))
    while let item = try reader.next() {
      switch item {
      case .row(let row, _):
        guard row.amount > .zero, row.amount <= InterchangeLimits.payment, row.invoice != 0 else {
          return false
        }
      case .error(let error): guard !error.reason.description.isEmpty else { return false }
      }
    }
    return true
  } catch {
    return !error.description.isEmpty
  }
}

private func metersLive(_ bytes: [UInt8]) -> Bool {
  do {
    var reader = try MeterReader(ByteSource(bytes, chunk: 50))
    while let item = try reader.next() {
      if case .meter(let meter) = item, meter.parts.isEmpty { return false }
    }
    return true
  } catch {
    return !error.description.isEmpty
  }
}

private func greenButtonLives(_ bytes: [UInt8]) throws -> Bool {
  do {
    let file = try GreenButtonFile(bytes: bytes)
    var handedOut = 0
    try file.forEachInterval { _ in handedOut += 1 }
    let expected = file.outline.channels.filter { $0.refusal == nil }.map(\.intervals)
    return handedOut == expected.reduce(0, +)
  } catch let refusal as FileRefusal {
    return !refusal.description.isEmpty
  }
}

private func rulesLive(_ bytes: [UInt8]) -> Bool {
  let text = String(decoding: bytes, as: UTF8.self)
  let files = RuleFiles(texts: [("x", text)])
  guard files.problems.isEmpty else {
    return files.problems.allSatisfy { !$0.message.isEmpty && $0.line > 0 && $0.column > 0 }
  }
  // What is accepted is written and read back as the same rules.
  let again = RuleFiles(
    texts: [("again", files.rules.map(\.rule.yaml).joined(separator: "---\n"))])
  return again.problems.isEmpty && again.rules.map(\.rule) == files.rules.map(\.rule)
}

/// Whether every record was read or refused with places, and what is read makes sense.
private func urdbLives(_ bytes: [UInt8]) -> Bool {
  func isWhole(_ structure: URDBRate.Structure) -> Bool {
    let numbers = Set(structure.weekday.joined()).union(structure.weekend.joined())
    guard numbers == Set(structure.periods.map(\.number)) else { return false }
    return structure.periods.allSatisfy { period in
      period.tiers.last?.limit == nil && period.tiers.dropLast().allSatisfy { $0.limit != nil }
    }
  }
  do {
    for record in try URDBFile(bytes, name: "x").records {
      if let rate = record.rate {
        let structures = [rate.energy, rate.demand, rate.flatDemand].compactMap { $0 }
        guard record.problems.isEmpty, structures.allSatisfy(isWhole) else { return false }
        // What is accepted can be published.
        for exports in ExportRule.allCases {
          let tariff = try? rate.tariff(
            plan: "X", version: 1, from: Day(rawValue: 0), exports: exports, source: nil)
          guard tariff?.problems(calendars: []) == [] else { return false }
        }
      } else {
        guard !record.problems.isEmpty else { return false }
      }
      for problem in record.problems where problem.message.isEmpty || problem.line < 1 {
        return false
      }
    }
    return true
  } catch {
    return !error.description.isEmpty
  }
}

private func loadLives(_ bytes: [UInt8]) -> Bool {
  var warnings: [String] = []
  do {
    let load = try Load(ByteSource(bytes, chunk: 64), clock: .unsaid, warnings: &warnings)
    let days: Int = load.endDay - load.firstDay
    return load.values.count * load.minutes == days * 1440
  } catch {
    return !error.description.isEmpty
  }
}

@Suite struct `Input changed at random` {
  private static let readings = Array(
    """
    meter,time,value,register,quality,method
    M-77,2026-02-15,00268,,,
    M-77,2026-02-15T07:30:00-06:00,268.500,1,customer,customer
    "M-77",2026-02-15T07:30Z,-.5,"1",estimated,computed\r
    M-78,2026-02-16 07:30,1,1,actual,remote
    """.utf8)

  private static let payments = Array(
    """
    account,amount,received,reference,currency,invoice,method
    1000000001,120.96,2026-03-16,P-1,USD,1000000001-0007,lockbox
    A-1,.5,2026-03-16T10:00-06:00,P-2,,A-1-12345,
    """.utf8)

  private static let meters = Array(
    """
    meter,account,register,unit,dials,installed_at,start_reading,interval_minutes
    M-77,1,on,kWh,5,2026-01-15,99412,
    M-77,1,off,kWh,5,2026-01-15,0,
    M-78,1,e,Wh,,2026-01-15T00:00Z,,15
    """.utf8)

  @Test func `never breaks the reading of CSV`() throws {
    var random = SeededRandom.fresh()
    #expect(
      try Fuzzer(seeds: [Self.readings], lives: readingsLive).run(Fuzzer.count, &random) == [])
    #expect(
      try Fuzzer(seeds: [Self.payments], lives: paymentsLive).run(Fuzzer.count, &random) == [])
    #expect(try Fuzzer(seeds: [Self.meters], lives: metersLive).run(Fuzzer.count, &random) == [])
  }

  @Test func `never breaks the reading of Green Button files`() throws {
    var random = SeededRandom.fresh()
    let path = fixture("greenbutton/two-points.xml")
    let whole = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    let fuzzer = Fuzzer(seeds: [whole, GreenButtonSample().bytes], lives: greenButtonLives)
    #expect(try fuzzer.run(Fuzzer.count, &random) == [])
  }

  @Test func `never breaks the reading of rules`() throws {
    var random = SeededRandom.fresh()
    let samples = [calendarSample, tariffSample, timeOfUseSample, taxSample, policySample]
    let all = Array(samples.joined(separator: "\n---\n").utf8)
    let fuzzer = Fuzzer(seeds: samples.map { Array($0.utf8) } + [all], lives: rulesLive)
    let dead = try fuzzer.run(Fuzzer.count, &random)
    #expect(dead.map { String(decoding: $0, as: UTF8.self) } == [], "\(random.note)")
  }

  @Test func `never breaks the reading of URDB records`() throws {
    var random = SeededRandom.fresh()
    let bare = URDBSample().with("fixedchargefirstmeter", "9")
      .with("fixedchargeunits", "\"$/month\"").with("flatdemandstructure", "[[{\"rate\": 4}]]")
    let small = bare.with("energyweekdayschedule", nil).with("energyweekendschedule", nil)
      .with("energyratestructure", "[[{\"max\": 5e2, \"rate\": 0.1}, {\"rate\": 1, \"sell\": 0}]]")
    let fuzzer = Fuzzer(
      seeds: [bare.bytes, small.bytes, Array("[\(small.text)]".utf8)], lives: urdbLives)
    let dead = try fuzzer.run(Fuzzer.count, &random)
    #expect(dead.map { String(decoding: $0, as: UTF8.self) } == [], "\(random.note)")
  }

  @Test func `never breaks the reading of loads`() throws {
    var random = SeededRandom.fresh()
    let days = (1...28).flatMap { day in
      (0..<24).map { "2018-02-\(day < 10 ? "0" : "")\(day)T\($0 < 10 ? "0" : "")\($0):00,0.5" }
    }
    let seed = Array((["start_local,kwh"] + days).joined(separator: "\n").utf8)
    let dead = try Fuzzer(seeds: [seed], lives: loadLives).run(Fuzzer.count / 4, &random)
    #expect(dead.map { String(decoding: $0, as: UTF8.self) } == [], "\(random.note)")
  }

  @Test func `finds a reader that forgets its errors`() throws {
    // The canary: a reader that drops wrong rows must be found out.
    func forgetful(_ bytes: [UInt8]) -> Bool {
      guard var reader = try? CSVReader<ReadingRow>(ByteSource(bytes)) else { return true }
      var answered = 0
      while let item = try? reader.next() {
        if case .row = item { answered += 1 }
      }
      return answered >= 3
    }
    var random = SeededRandom.fresh()
    #expect(
      try !Fuzzer(seeds: [Self.readings], lives: forgetful).run(Fuzzer.count, &random).isEmpty)
  }

  @Test func `nested without end is refused`() {
    for text in [
      String(repeating: "[", count: 100_000), String(repeating: "- ", count: 100_000),
      "kind: " + String(repeating: "{a: ", count: 50_000),
    ] {
      #expect(!RuleFiles(texts: [("x", text)]).problems.isEmpty)
    }
  }
}
