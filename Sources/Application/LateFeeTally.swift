import Billing
import EventLog
import EventSourcing
import Money

/// What a late-fee run found and wrote.
struct LateFeeTally: Sendable {
  /// How many invoices each row of the decision table was the first to match, by row from 1; row 8
  /// without those whose cap leaves nothing.
  private(set) var rows = [Int](repeating: 0, count: 9)
  /// How many invoices the cap leaves no fee.
  private(set) var capped = 0
  /// The fees of row 8.
  private(set) var amount = Money.zero
  /// Reasons that were recorded because they are new.
  private(set) var skips = 0
  /// Plans that were found broken.
  private(set) var broken = 0
  /// Statements issued where no bill follows.
  private(set) var statements = 0

  /// How many fees.
  var assessed: Int { rows[8] }
  /// How many invoices were decided on.
  var invoices: Int { rows.reduce(0, +) + capped }

  /// Counts a decision.
  mutating func add(_ decision: LateFeeDecision) {
    switch decision {
    case .assess(let fee):
      rows[8] += 1
      amount += fee.amount
    case .skip(let skip) where skip.reason == .cappedToNothing: capped += 1
    case .skip(let skip): rows[Int(skip.reason.rawValue)] += 1
    }
  }

  /// Counts what is written besides the fees.
  mutating func add(_ events: [Event]) {
    for event in events {
      switch event {
      case .lateFeeSkipped: skips += 1
      case .paymentPlanBroken: broken += 1
      case .invoiceIssued: statements += 1
      default: break
      }
    }
  }

  mutating func add(_ other: LateFeeTally) {
    for row in rows.indices { rows[row] += other.rows[row] }
    capped += other.capped
    amount += other.amount
    skips += other.skips
    broken += other.broken
    statements += other.statements
  }

  /// What closes the run in the book: what it wrote. What it merely found is for its report.
  var counts: [Count] {
    [
      Count("fees", Int64(assessed)), Count("amount", amount.cents), Count("skips", Int64(skips)),
      Count("plans broken", Int64(broken)), Count("statements", Int64(statements)),
    ]
  }

  /// What the part of a run that is in the book came to: the fees it assessed are fees of the run,
  /// and no longer a reason to skip.
  init(ofRun run: UInt64, since opening: Position, in ledger: Ledger) throws {
    self.init()
    var events: [Event] = []
    try ledger.book.read { snapshot in
      try snapshot.forEach(from: opening) { _, bytes in
        let entry = try EntryView(bytes)
        guard entry.header.run == run, entry.header.stream.kind == .account else { return .proceed }
        events += try entry.decodedEvents(bytes)
        return .proceed
      }
    }
    add(events)
    for case .lateFeeAssessed(let fee) in events {
      add(.assess(fee))
      rows[1] -= 1
    }
  }

  init() {}
}

/// What a row of the decision table says.
enum LateFeeRow {
  /// The rows in words, from 1.
  static let titles = [
    "", "a fee was assessed before", "nothing open, cancelled or written off", "not late enough",
    "on a payment plan", "in dispute", "paid something in the grace before the run",
    "forbidden for class or jurisdiction", "assessed",
  ]
}
