import CivilTime
import Foundation
import Testing

@testable import Application

/// Random requests to a book on disk, by way of the use cases, beside a model with pencil and paper
/// (`NaiveAccount`), which foretells every outcome: what is refused and why, every balance, every
/// invoice to the cent, every line that waits, every row of the late-fee table.
///
/// Four accounts of four classes and places, by dials: readings, bills, payments, returns, adjustments,
/// credits, write-offs, disputes, payment plans, late fees, corrections, bills made again, exchanges of
/// meters, changes of plan, promotions, merges and ends; and rules published in the midst of it, from a
/// day on that may be past. Estimates, intervals and demand are not played here.
///
/// `METERBOOK_LIFE_COMMANDS` sets how many (100,000 in the long form, which takes half an hour of a
/// processor). The seed is printed; `METERBOOK_SEED` gives another, and of a failure the one that plays
/// its life first. What fails is made shorter by leaving steps out for as long as it still fails, and
/// printed.
@Suite struct `A book beside a naive model` {
  static func setting(_ name: String, _ usual: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? usual
  }

  /// Steps of one life at most.
  static let life = 400

  @Test func `has the same balances, the same invoices and the same refusals`() throws {
    let seed = UInt64(Self.setting("METERBOOK_SEED", 20_261_137))
    let commands = Self.setting("METERBOOK_LIFE_COMMANDS", 1_000)
    print("life beside a book: seed \(seed), \(commands) commands")
    var tally = LifeTally()
    var index: UInt64 = 0
    let began = Date()
    while tally.commands < commands {
      let own = seed &+ index
      let most = min(Self.life, commands - tally.commands)
      if let failure = try Life.live(seed: own, steps: most, &tally) {
        let short = try Life.shrink(failure)
        Issue.record(
          """
          METERBOOK_SEED=\(own) plays it again: \(short.problem)
          \(short.steps.map { "  \($0)" }.joined(separator: "\n"))
          """)
        return
      }
      index += 1
      if index % 25 == 0 {
        print("  \(tally.commands) commands, \(Int(Date().timeIntervalSince(began))) s")
      }
    }
    let seconds = Date().timeIntervalSince(began)
    print("life beside a book: \(tally.commands) commands in \(index) lives, \(Int(seconds)) s")
    print("  \(tally.text)")
    // A generator that stopped producing something would prove nothing about it.
    if commands >= 1_000 {
      #expect(tally.added.count >= 14, "\(tally.added)")
      #expect(tally.refused.count >= 25, "\(tally.refused)")
      #expect(tally.feeRows.isSuperset(of: 1...8), "\(tally.feeRows)")
    }
  }
}

/// What was played.
struct LifeTally {
  var commands = 0
  /// Requests that added something, by kind.
  var added: [String: Int] = [:]
  /// Refusals, by kind and code.
  var refused: [String: Int] = [:]
  var repeated = 0
  /// Rows of the late-fee table that were the first to match.
  var feeRows: Set<Int> = []

  var text: String {
    func list(_ counts: [String: Int]) -> String {
      counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
    return "\(repeated) asked again; added: \(list(added)); refused: \(list(refused)); "
      + "late-fee rows \(feeRows.sorted())"
  }
}

/// One life: a model and a book.
struct Life {
  /// Steps that end in a difference between the two.
  struct Failed {
    var steps: [LifeStep]
    var problem: String
  }

  private var model = NaiveWorld()
  private let real: RealWorld
  /// Invoices that were compared line by line, by account.
  private var seen: [Int]

  private init() throws {
    real = try RealWorld(model)
    seen = model.accounts.map { _ in 0 }
  }

  /// Lives `steps` random steps; the first difference, if any.
  static func live(seed: UInt64, steps: Int, _ tally: inout LifeTally) throws -> Failed? {
    var life = try Life()
    var random = RandomLife(seed: seed)
    var played: [LifeStep] = []
    while played.count < steps, !random.isOver {
      let (step, isAgain) = random.next(life.model)
      played.append(step)
      tally.commands += 1
      tally.repeated += isAgain ? 1 : 0
      let isLast = played.count == steps || random.isOver
      if let problem = try life.play(step, isAgain: isAgain, isCheckpoint: isLast, &tally) {
        return Failed(steps: played, problem: problem)
      }
    }
    return nil
  }

  /// Plays given steps; the first difference, with the steps up to it.
  private static func replay(_ steps: [LifeStep]) throws -> Failed? {
    var life = try Life()
    var tally = LifeTally()
    for (index, step) in steps.enumerated() {
      let problem = try life.play(
        step, isAgain: false, isCheckpoint: index == steps.count - 1, &tally)
      if let problem { return Failed(steps: Array(steps[...index]), problem: problem) }
    }
    return nil
  }

  /// Leaves out what the failure does not need, a half at a time, then a quarter, and so on, for a
  /// minute at most.
  static func shrink(_ failed: Failed) throws -> Failed {
    var best = failed
    // What happened to other accounts matters seldom.
    if let account = best.steps.last?.command.account {
      let own = best.steps.filter { $0.command.account ?? account == account }
      best = try replay(own) ?? best
    }
    var size = max(1, best.steps.count / 2)
    let end = Date() + 60
    while true {
      var start = 0
      while start < best.steps.count - 1, Date() < end {
        var fewer = best.steps
        fewer.removeSubrange(start..<min(start + size, best.steps.count - 1))
        if fewer.count < best.steps.count, let again = try replay(fewer) {
          best = again
        } else {
          start += size
        }
      }
      guard size > 1, Date() < end else { return best }
      size /= 2
    }
  }

  /// Plays a step on both sides; what differs, if anything does.
  private mutating func play(
    _ step: LifeStep, isAgain: Bool, isCheckpoint: Bool, _ tally: inout LifeTally
  ) throws -> String? {
    let expected = model.play(step)
    let actual = try real.play(step)
    if let problem = compare(step, expected, actual) { return "\(step): \(problem)" }
    if isAgain, actual.adds { return "\(step): asked again, something was added" }
    let kind = step.command.name
    if actual.adds { tally.added[kind, default: 0] += 1 }
    if actual.refusal != nil, let wrong = expected.wrongs.map(\.code).min() {
      tally.refused["\(kind) \(wrong)", default: 0] += 1
    }
    if case .lateFees = step.command {
      tally.feeRows.formUnion((1...8).filter { expected.facts["row \($0)"] ?? "0" != "0" })
    }
    let touched = step.command.account.map { [$0] } ?? Array(model.accounts.indices)
    for account in touched {
      if let problem = try real.difference(account, model.accounts[account], &seen[account]) {
        return "\(step): \(problem)"
      }
    }
    guard isCheckpoint || tally.commands % 40 == 0 else { return nil }
    return try real.difference(model.accounts, isEnd: isCheckpoint).map { "\(step): \($0)" }
  }

  private func compare(_ step: LifeStep, _ expected: Expected, _ actual: Actual) -> String? {
    switch (actual.refusal, expected.wrongs.isEmpty) {
    case (nil, false): return "it is obeyed, but \(expected.wrongs) is wrong with it"
    case (let refusal?, true): return "it is refused, and nothing is wrong with it: \(refusal)"
    case (let refusal?, false):
      let isTrue = expected.wrongs.contains {
        $0.words.isEmpty || isImport(step) ? refusal.contains($0.code) : refusal.contains($0.words)
      }
      if !isTrue { return "it is refused with '\(refusal)', expected \(expected.wrongs)" }
    case (nil, true): break
    }
    if actual.adds != expected.adds {
      return actual.adds ? "something is added, nothing expected" : "nothing is added"
    }
    for (name, value) in expected.facts where actual.refusal == nil || isImport(step) {
      let found = actual.facts[name] ?? "-"
      if found != value { return "\(name) is \(found), expected \(value)" }
    }
    return nil
  }

  private func isImport(_ step: LifeStep) -> Bool {
    switch step.command {
    case .readings: true
    case .pay(_, _, _, _, _, let byFile): byFile
    default: false
    }
  }
}
