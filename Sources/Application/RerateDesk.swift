import Billing
import CivilTime
import EventLog
import EventSourcing
import Money
import Tariffs

/// What a slice of accounts came to.
struct RerateSlice: Sendable {
  let run: UInt64
  var batch = Batch()
  var tally = RerateTally()
  var written = RerateCounts()
}

/// Rates slices of accounts again: pure but for reading the book.
struct RerateDesk: Sendable {
  /// Accounts in one append.
  static let slice = 2_048

  let book: Book
  let request: RerateRequest
  let rulebook: RulebookState
  private let months: CalendarState
  private let now: Instant
  private let approver: String
  private let reason: String
  /// The rules by the version of their stream, for every version that published something.
  private let old: [UInt64: RuleSet]

  init(_ ledger: Ledger, _ request: RerateRequest, _ rulebook: RulebookState) throws {
    book = ledger.book
    self.request = request
    self.rulebook = rulebook
    months = try ledger.calendar()
    let authority = request.posting == .nothing ? nil : try ledger.authority()
    now = try (authority == nil ? ledger.book.head().lastRecordedAt : ledger.now()).instant
    approver = authority?.actor ?? ""
    reason = authority.map { $0.reason.isEmpty ? "rated again" : $0.reason } ?? ""
    old = try ledger.rulesByVersion()
  }

  /// Rates the accounts of `range` again, in order.
  func make(_ range: StreamRange, run: UInt64) throws -> RerateSlice {
    var made = RerateSlice(run: run)
    try book.read { snapshot in
      var account: [UInt8] = []
      var fold = AccountFold()
      var papers = Papers(old, request.days)
      try snapshot.foldStreams(kind: .account, from: range.from, upTo: range.upTo) { _, bytes in
        let entry = try EntryPlace(bytes)
        if entry.id.count != account.count || !bytes.holds(account, at: entry.id.lowerBound) {
          try rate(account, &fold, &papers, &made, snapshot)
          account.removeAll(keepingCapacity: true)
          for place in entry.id { account.append(bytes.byte(at: place)) }
          papers.memory.billed.begin()
          fold.begin()
        }
        try fold.apply(entry, bytes)
        try papers.memory.billed.take(entry, bytes)
        return .proceed
      }
      try rate(account, &fold, &papers, &made, snapshot)
      made.tally.add(papers.shelf, papers.memory, rulebook)
    }
    if !made.batch.isEmpty {
      made.batch.require(.rules, at: rulebook.version)
      made.batch.require(.calendar, at: months.version)
    }
    return made
  }

  /// What the accounts of a slice have in common.
  private struct Papers {
    var memory: RerateMemory
    var shelf = RerateShelf()
    /// The zone of the account before.
    var zone: (name: String, rules: ZoneRules, today: Day)?
    /// How far back accounts may be charged more on the zone's day.
    var backBilling: BackBilling?

    init(_ old: [UInt64: RuleSet], _ days: ClosedRange<Day>) {
      memory = RerateMemory(old: old, in: days)
    }

    /// The day before which a period must not end for an account to be charged more; `nil` for none.
    func limit(of details: AccountOpened) -> Day? {
      guard let zone,
        let days = backBilling?
          .days(for: details.customerClass, jurisdictions: details.jurisdictions)
      else { return nil }
      return zone.today - days
    }
  }

  private func rate(
    _ id: [UInt8], _ fold: inout AccountFold, _ papers: inout Papers, _ made: inout RerateSlice,
    _ snapshot: borrowing Snapshot
  ) throws {
    guard !id.isEmpty, let details = fold.state.details else { return }
    let account = String(decoding: id, as: UTF8.self)
    guard request.accounts.isEmpty || request.accounts.contains(account) else { return }
    if papers.zone?.name != details.zone {
      let rules = try rulebook.zone(of: fold.state)
      let today = rules.day(of: now)
      papers.zone = (details.zone, rules, today)
      papers.backBilling = rulebook.rules.policies(on: today)?.backBilling
    }
    guard let zone = papers.zone else { return }
    do {
      try fold.rerate(under: rulebook.rules, zone: zone.rules, &papers.memory)
    } catch {
      made.tally.cannot(error, account)
      return
    }
    let limit = papers.limit(of: details)
    made.tally.add(papers.memory, of: account, limit: limit, &papers.shelf)
    guard request.posting != .nothing else { return }
    let bills = papers.memory.bills.filter { $0.isMoved && !$0.isBeyond(limit) }
    guard !bills.isEmpty else { return }
    try post(bills, account, fold.state, zone.rules, &made, snapshot)
  }

  /// Writes what becomes of an account's bills that move.
  private func post(
    _ bills: [Rerated], _ account: String, _ folded: AccountState, _ zone: ZoneRules,
    _ made: inout RerateSlice, _ snapshot: borrowing Snapshot
  ) throws {
    let today = zone.day(of: now)
    var state = folded
    var written: [Event] = []
    func add(_ events: [Event]) {
      guard !events.isEmpty else { return }
      var header = RunWriter.header(
        StreamID(.account, account), version: state.version + 1, run: made.run)
      header.count(on: today, posting: events, months)
      made.batch.add(header) { writer in
        for event in events { event.encodeField(into: &writer) }
      }
      state.append(events)
      written += events
    }
    switch request.posting {
    case .nothing: break
    case .adjustments:
      add(
        Account.adjustments(
          for: bills, state, reason: reason, approver: approver,
          statement: IssueStatement(
            issued: today, rulesVersion: rulebook.version,
            order: rulebook.rules.policies(on: today)?.allocation ?? .oldestDueFirst)))
    case .rebills:
      let stored = try AccountInvoices(of: StreamID(.account, account), in: snapshot)
      for bill in bills {
        guard let issued = stored.issued[bill.ordinal] else { continue }
        add(
          try Account.rebill(
            Rebill(
              issued, reason: .ruleChanged, detail: reason, today: today,
              rules: rulebook.rules, rulesVersion: rulebook.version, zone: zone), state
          ).events)
      }
    }
    made.written.add(account: written)
  }
}
