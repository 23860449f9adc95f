import Billing
import CivilTime
import EventLog
import EventSourcing
import Tariffs

/// What a slice of a bill run's accounts came to, decided and encoded.
struct BillSlice: Sendable {
  /// The run whose ordinal the entries carry.
  let run: UInt64
  /// The version of the rules' stream that it was decided on.
  let rules: UInt64
  var batch = Batch()
  var tally = BillTally()
}

/// Decides slices of a bill run: pure but for reading the book.
struct SliceMaker: Sendable {
  private let book: Book
  private let through: Day
  private let rulebook: RulebookState
  private let now: Instant
  /// The review items of accounts that could not be billed: a bill settles its own.
  private let items: Set<String>

  /// The version of the rules' stream that slices are decided on.
  var rules: UInt64 { rulebook.version }

  init(_ ledger: Ledger, through: Day) throws {
    book = ledger.book
    self.through = through
    rulebook = try ledger.rulebook()
    now = try ledger.now().instant
    items = try book.read { snapshot in
      var items: Set<String> = []
      try snapshot.forEachStream(
        kind: .review, from: Identifiers.billingPrefix, upTo: Identifiers.billingEnd
      ) { stream, _ in
        items.insert(stream.id)
        return .proceed
      }
      return items
    }
  }

  /// Bills the accounts of `range`, in order.
  func make(_ range: StreamRange, _ run: UInt64) throws -> BillSlice {
    var slice = BillSlice(run: run, rules: rules)
    try book.read { snapshot in
      var account: [UInt8] = []
      var state = AccountState()
      var memory = FoldMemory()
      var desk = Desk()
      try snapshot.foldStreams(kind: .account, from: range.from, upTo: range.upTo) { _, bytes in
        let entry = try EntryPlace(bytes)
        if entry.id.count != account.count || !bytes.holds(account, at: entry.id.lowerBound) {
          try bill(account, &state, &slice, &desk, snapshot)
          account = bytes.array(in: entry.id)
          state.reset()
        }
        try state.apply(entry, bytes, &memory)
        return .proceed
      }
      try bill(account, &state, &slice, &desk, snapshot)
    }
    if !slice.batch.isEmpty { slice.batch.require(.rules, at: rules) }
    return slice
  }

  /// What the accounts of a slice have in common.
  private struct Desk {
    var zone = ""
    var command: BillAccount?
    var memory = BillMemory()
  }

  /// Issues the bills that are due, one an entry, until none is or one cannot be made.
  private func bill(
    _ id: [UInt8], _ state: inout AccountState, _ slice: inout BillSlice, _ desk: inout Desk,
    _ snapshot: borrowing Snapshot
  ) throws {
    guard state.isOpen, let zone = state.details?.zone else { return }
    if desk.command == nil || desk.zone != zone {
      let rules = try rulebook.zone(of: state)
      desk.zone = zone
      desk.command = BillAccount(
        through: through, issued: rules.day(of: now), rules: rulebook.rules,
        rulesVersion: self.rules, zone: rules)
    }
    guard let command = desk.command else { return }
    let account = String(decoding: id, as: UTF8.self)
    let stream = StreamID(.account, account)
    while true {
      switch Account.bill(command, state, &desk.memory) {
      case .notDue:
        return
      case .issue(let bill):
        var header = RunWriter.header(stream, version: state.version + 1, run: slice.run)
        header.effectiveDay = bill.issued.rawValue
        slice.batch.add(header) { bill.encode(into: &$0) }
        slice.tally.add(bill.rated)
        state.append(bill)
        try settle(account, bill.invoice.period.start, &slice, snapshot)
      case .cannot(let obstacle):
        slice.tally.cannot(obstacle)
        try reject(obstacle, account, &slice, snapshot)
        return
      }
    }
  }

  /// Puts an account that cannot be billed into the review queue, unless it waits there already.
  private func reject(
    _ obstacle: BillingObstacle, _ account: String, _ slice: inout BillSlice,
    _ snapshot: borrowing Snapshot
  ) throws {
    let item = Identifiers.billingItem(account: account, start: obstacle.period.start)
    let stream = StreamID(.review, item)
    let state = try ReviewState(of: stream, in: snapshot)
    let rejected = InputRejected(
      kind: .bill, code: obstacle.code, detail: "\(obstacle); \(obstacle.advice)",
      account: account, start: obstacle.period.start, end: obstacle.period.end)
    try add(.reject(rejected), to: stream, state, &slice)
  }

  /// Settles the review item of a period that is billed now.
  private func settle(
    _ account: String, _ start: Day, _ slice: inout BillSlice, _ snapshot: borrowing Snapshot
  ) throws {
    guard !items.isEmpty else { return }
    let item = Identifiers.billingItem(account: account, start: start)
    guard items.contains(item) else { return }
    let stream = StreamID(.review, item)
    let state = try ReviewState(of: stream, in: snapshot)
    guard state.resolved == nil else { return }
    try add(
      .resolve(InputResolved(how: .superseded, reason: "the period is billed")), to: stream, state,
      &slice)
  }

  private func add(
    _ command: ReviewCommand, to stream: StreamID, _ state: ReviewState, _ slice: inout BillSlice
  ) throws {
    for event in try Review.decide(command, state) {
      slice.batch.add(RunWriter.header(stream, version: state.version + 1, run: slice.run)) {
        event.encodeField(into: &$0)
      }
    }
  }
}
