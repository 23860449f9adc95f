import Billing
public import CivilTime
import EventLog
import EventSourcing
import Foundation
import Interchange
import Money
import Tariffs

/// What is to be rated again, and what becomes of the differences.
public struct RerateRequest: Sendable {
  /// What becomes of the differences.
  public enum Posting: String, Sendable, CaseIterable {
    /// They are said, and nothing is written.
    case nothing
    /// Adjustments, which are lines of each account's next bill.
    case adjustments
    /// Each bill is cancelled and replaced.
    case rebills
  }

  let rules: [String]
  let days: ClosedRange<Day>
  let accounts: Set<String>
  let posting: Posting

  /// Bills whose period's last day is in `days`, of `accounts` or (if there are none) of all, under the
  /// published rules with those of the files in `rules`.
  public init(
    rules: [String], from: Day, through: Day, accounts: [String], posting: Posting
  ) throws {
    guard from <= through else {
      throw Failure("--to \(through) is before --from \(from).", advice: "Exchange them.")
    }
    self.rules = rules
    days = from...through
    self.accounts = Set(accounts)
    self.posting = posting
  }
}

extension Ledger {
  /// Rates the past again under other rules, in account order, on all cores, and says what that moves;
  /// posts the differences if asked to. What was posted before counts, so that doing it again, or going
  /// on after a kill, posts only what is left, and closes the run as if nothing had stopped it.
  ///
  /// - Parameter slice: Accounts in one append; `nil` for the usual number.
  public func rerate(
    _ request: RerateRequest, slice: Int? = nil, progress: @escaping ProgressHandler
  ) throws -> RerateReport {
    for account in request.accounts { _ = try accountStream(account) }
    if request.posting != .nothing {
      let published = try publishRules(in: request.rules)
      guard published.isSatisfied else { throw Failure(published.text) }
    }
    return try RerateRun(of: self, request, slice ?? RerateDesk.slice, progress).run()
  }

  /// The rulebook with the rules of these files, which need not be published.
  fileprivate func rulebook(with paths: [String]) throws -> RulebookState {
    var rulebook = try rulebook()
    let published = rulebook.published.values.compactMap(Rule.init)
    let files = try Self.reading(paths.joined(separator: ", ")) { () throws(FileRefusal) in
      try RuleFiles(paths: paths, published: published)
    }
    guard files.problems.isEmpty else {
      throw Failure(files.problems.map(\.description).joined(separator: "\n"))
    }
    do {
      rulebook.append(
        try Rulebook.decide(.publish(files.rules.map { Event(publishing: $0.rule) }), rulebook))
    } catch {
      throw Failure("\(error).", advice: "\(error.advice).")
    }
    return rulebook
  }
}

/// The past being rated again.
private final class RerateRun {
  private let ledger: Ledger
  private let request: RerateRequest
  private let slice: Int
  private let progress: ProgressHandler
  private var desk: RerateDesk
  private let began = Date()

  init(
    of ledger: Ledger, _ request: RerateRequest, _ slice: Int,
    _ progress: @escaping ProgressHandler
  ) throws {
    self.ledger = ledger
    self.request = request
    self.slice = slice
    self.progress = progress
    desk = try RerateDesk(ledger, request, try ledger.rulebook(with: request.rules))
  }

  func run() throws -> RerateReport {
    var tally = RerateTally()
    let writer = try request.posting == .nothing ? nil : makeWriter()
    let ordinal = writer?.ordinal ?? 0
    var written =
      try writer.flatMap { writer in
        try writer.opening.map { try RerateCounts(ofRun: ordinal, since: $0, in: ledger) }
      } ?? RerateCounts()
    try ledger.forEachAccountRange(
      of: slice, "rating again", progress: progress, where: { [request] in request.touches($0) },
      produce: { [desk] in try desk.make($0, run: ordinal) }
    ) { range, made in
      var made = made
      if let writer {
        if made.run != writer.ordinal { made = try desk.make(range, run: writer.ordinal) }
        while try !writer.append({ _ in made.batch }) {
          // Rules published or a month closed meanwhile: it is rated by what is known now.
          desk = try RerateDesk(ledger, request, try ledger.rulebook(with: request.rules))
          made = try desk.make(range, run: writer.ordinal)
        }
      }
      tally.add(made.tally)
      written.add(made.written)
    }
    try writer?.finish(written.counts)
    return try RerateReport(
      request, tally, ledger, desk, seconds: Date().timeIntervalSince(began))
  }

  private func makeWriter() throws -> RunWriter {
    try RunWriter(
      of: ledger, kind: "rerate",
      parameters: [
        Parameter("rules", "\(desk.rulebook.version)"),
        Parameter("from", "\(request.days.lowerBound)"),
        Parameter("to", "\(request.days.upperBound)"),
        Parameter("as", request.posting.rawValue),
      ])
  }
}

extension RerateRequest {
  /// Whether any account that is meant is in `range`.
  fileprivate func touches(_ range: StreamRange) -> Bool {
    accounts.isEmpty
      || accounts.contains { account in
        (range.from.map { account >= $0 } ?? true) && (range.upTo.map { account < $0 } ?? true)
      }
  }
}

extension Rerated {
  /// Whether it charges more for a period that ended before `limit`, which the policy forbids.
  func isBeyond(_ limit: Day?) -> Bool {
    guard let limit else { return false }
    return difference > .zero && period.end < limit
  }
}

extension Ledger {
  /// The rules as known at every version of their stream.
  func rulesByVersion() throws -> [UInt64: RuleSet] {
    try book.read { snapshot in
      var found: [UInt64: RuleSet] = [:]
      var state = RulebookState()
      try snapshot.forEach(stream: .rules) { _, bytes in
        let entry = try EntryView(bytes)
        try state.apply(entry, bytes)
        found[entry.header.version] = state.rules
        return .proceed
      }
      return found
    }
  }
}
