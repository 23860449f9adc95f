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
  /// The version of the accounting calendar's stream that it was decided on.
  let calendar: UInt64
  var batch = Batch()
  var tally = BillTally()
}

/// Decides slices of a bill run: pure but for reading the book.
struct SliceMaker: Sendable {
  private let book: Book
  private let snapshots: AccountSnapshots
  private let through: Day
  private let rulebook: RulebookState
  private let months: CalendarState
  private let now: Instant
  /// The review items of accounts that could not be billed: a bill settles its own.
  private let items: Set<String>

  /// The version of the rules' stream that slices are decided on.
  var rules: UInt64 { rulebook.version }
  /// The version of the accounting calendar's stream that slices are decided on.
  var calendar: UInt64 { months.version }

  init(_ ledger: Ledger, through: Day) throws {
    book = ledger.book
    snapshots = ledger.snapshots
    self.through = through
    rulebook = try ledger.rulebook()
    months = try ledger.calendar()
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
    var slice = BillSlice(run: run, rules: rules, calendar: calendar)
    try book.read { snapshot in
      var desk = Desk()
      try snapshots.forEachAccount(in: range, snapshot) { account, fold in
        try bill(account, &fold, &slice, &desk, snapshot)
      }
    }
    if !slice.batch.isEmpty {
      slice.batch.require(.rules, at: rules)
      slice.batch.require(.calendar, at: calendar)
    }
    return slice
  }

  /// What the accounts of a slice have in common.
  private struct Desk {
    var order: Order?
    var memory = BillMemory()
  }

  /// What the bills of accounts of one zone have in common. A class, so that none of it is copied for
  /// each account.
  private final class Order: Sendable {
    let zone: String
    let command: BillAccount
    /// What the entries of bills say, but for stream and version.
    let header: EntryHeader

    init(_ zone: String, _ command: BillAccount, run: UInt64, _ months: CalendarState) {
      self.zone = zone
      self.command = command
      var header = RunWriter.header(StreamID(.account, ""), version: 0, run: run)
      header.count(on: command.issued, posts: true, months)
      self.header = header
    }
  }

  /// Issues the bills that are due, one an entry, until none is or one cannot be made.
  private func bill(
    _ account: String, _ fold: inout AccountFold, _ slice: inout BillSlice, _ desk: inout Desk,
    _ snapshot: borrowing Snapshot
  ) throws {
    guard fold.state.isOpen, let zone = fold.state.details?.zone else { return }
    if desk.order?.zone != zone {
      let rules = try rulebook.zone(of: fold.state)
      desk.order = Order(
        zone,
        BillAccount(
          through: through, issued: rules.day(of: now), rules: rulebook.rules,
          rulesVersion: self.rules, zone: rules), run: slice.run, months)
    }
    guard let order = desk.order else { return }
    let stream = StreamID(.account, account)
    while true {
      do {
        while try Account.bill(order.command, fold.state, &desk.memory) {
          var header = order.header
          header.stream = stream
          header.version = fold.state.version + 1
          slice.batch.add(header) { desk.memory.encodeBill(into: &$0) }
          slice.tally.add(desk.memory.bill.rated, waiting: desk.memory.bill.waiting)
          fold.append(desk.memory.bill)
          try settle(account, desk.memory.bill.invoice.period.start, &slice, snapshot)
        }
        return
      } catch let obstacle as BillingObstacle {
        do throws(BillingObstacle) {
          let estimates = try Account.estimate(for: obstacle, order.command, fold.state)
          add(estimates, on: order.command.issued, to: stream, &fold, &slice)
        } catch {
          slice.tally.cannot(error)
          try reject(error, account, &slice, snapshot)
          return
        }
      }
    }
  }

  /// Adds the readings that a bill run estimates, as an entry of their own.
  private func add(
    _ estimates: [Event], on day: Day, to stream: StreamID, _ fold: inout AccountFold,
    _ slice: inout BillSlice
  ) {
    var header = RunWriter.header(stream, version: fold.state.version + 1, run: slice.run)
    header.effectiveDay = day.rawValue
    slice.batch.add(header) { writer in
      for event in estimates { event.encodeField(into: &writer) }
    }
    slice.tally.estimated += estimates.count
    fold.append(estimates)
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
