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
  private let classification: ClassificationDesk

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
    classification = ClassificationDesk(rulebook)
  }

  /// Rates the accounts of `range` again, in order.
  func make(_ range: StreamRange, run: UInt64) throws -> RerateSlice {
    var made = RerateSlice(run: run)
    try book.read { snapshot in
      var account: [UInt8] = []
      var fold = AccountFold()
      var issued: [UInt32: IssuedInvoice] = [:]
      var memory = RerateMemory(old: old)
      try snapshot.foldStreams(kind: .account, from: range.from, upTo: range.upTo) { _, bytes in
        let entry = try EntryPlace(bytes)
        if entry.id.count != account.count || !bytes.holds(account, at: entry.id.lowerBound) {
          try rate(account, fold.state, issued, &memory, &made)
          account = entry.id.map { bytes.byte(at: $0) }
          issued.removeAll(keepingCapacity: true)
          fold.begin()
        }
        try fold.apply(entry, bytes)
        try Self.collect(entry, bytes, &issued)
        return .proceed
      }
      try rate(account, fold.state, issued, &memory, &made)
    }
    if !made.batch.isEmpty {
      made.batch.require(.rules, at: rulebook.version)
      made.batch.require(.calendar, at: months.version)
    }
    return made
  }

  /// Takes in the invoices of an entry.
  private static func collect(
    _ entry: EntryPlace, _ bytes: RawSpan, _ issued: inout [UInt32: IssuedInvoice]
  ) throws {
    var cursor = entry.events(in: bytes)
    while let field = try cursor.next(in: bytes) {
      guard try Event.Kind(peeking: bytes, field.range) == .invoiceIssued else { continue }
      let view = try EntryView(bytes)
      guard let day = entry.effectiveDay else { return }
      for each in IssuedInvoice.all(in: try view.decodedEvents(bytes), on: Day(rawValue: day)) {
        issued[each.invoice.ordinal] = each
      }
      return
    }
  }

  private func rate(
    _ id: [UInt8], _ state: AccountState, _ issued: [UInt32: IssuedInvoice],
    _ memory: inout RerateMemory, _ made: inout RerateSlice
  ) throws {
    guard !id.isEmpty, state.details != nil else { return }
    let account = String(decoding: id, as: UTF8.self)
    guard request.accounts.isEmpty || request.accounts.contains(account) else { return }
    let zone = try rulebook.zone(of: state)
    let bills: [Rerated]
    do {
      bills = try Account.rerate(
        issued, state, in: request.days, under: rulebook.rules, zone: zone, &memory)
    } catch {
      made.tally.cannot(error, account)
      return
    }
    let limit = rulebook.backBillingLimit(of: state, today: zone.day(of: now))
    made.tally.add(bills, of: account, state, classification, limit: limit)
    guard request.posting != .nothing else { return }
    try post(bills.filter { !$0.isBeyond(limit) }, account, state, zone, &made)
  }

  private func post(
    _ bills: [Rerated], _ account: String, _ folded: AccountState, _ zone: ZoneRules,
    _ made: inout RerateSlice
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
      for bill in bills where bill.difference != .zero || !bill.differences.isEmpty {
        add(
          try Account.rebill(
            Rebill(
              bill.issued, reason: .ruleChanged, detail: reason, today: today,
              rules: rulebook.rules, rulesVersion: rulebook.version, zone: zone), state
          ).events)
      }
    }
    made.written.add(account: written)
  }
}
