import Billing
import CivilTime
import EventSourcing
import Metering
import Money
import Receivables
import Tariffs

/// The events of an account with what each changed, and which of them another supersedes.
struct AccountTrail {
  /// What a later event can put another in place of, or take back.
  private enum Subject: Hashable {
    case reading(RegisterNumber, Instant)
    case intervals(RegisterNumber, Instant)
    case invoice(UInt32)
    case payment(UInt32)
    case lateFee(UInt32)
  }

  /// Every event.
  private(set) var rows: [HistoryReport.Row] = []
  private let asOf: Day?
  /// Whether each row counts on its own: its day has come, and it is no negated line, which counts only
  /// beside the line that it negates.
  private var counts: [Bool] = []
  /// The rows of the lines that no invoice, or cancellation, has followed yet.
  private var lines: [Int] = []
  private var labels: ChargeLabels
  private var balance: AccountBalance
  private var payments: UInt32 = 0
  /// The rows that say what is so of a subject.
  private var said: [Subject: [Int]] = [:]
  /// What each reading is, as of the last event.
  private var values: [Subject: Int64] = [:]

  /// The trail of an account.
  ///
  /// - Parameter day: Events of later days supersede nothing and change no balance; `nil` for all.
  init(_ account: String, asOf day: Day?, in ledger: Ledger) {
    asOf = day
    labels = ChargeLabels(of: account, in: ledger)
    balance = AccountBalance(asOf: day)
  }

  /// The rows that count: of a day, those whose day has come and that nothing supersedes; otherwise all.
  var counting: [HistoryReport.Row] {
    guard asOf != nil else { return rows }
    return zip(rows, counts).filter { $0.1 && $0.0.supersededBy == nil }.map(\.0)
  }

  /// How the account stands after the events so far.
  var standing: HistoryReport.Standing {
    HistoryReport.Standing(
      plan: asOf.map { labels.state.plan(on: $0) } ?? labels.state.plans.last?.plan,
      open: balance.open.description, credit: balance.credit.description,
      balance: (balance.open - balance.credit).description)
  }

  /// Adds the next entry of the account.
  mutating func add(
    _ entry: EntryView, _ bytes: RawSpan, at position: Position, _ opening: RunOpenings.Opening
  ) throws {
    let header = entry.header
    let events = try entry.decodedEvents(bytes)
    let before = labels.state
    let names = try labels.next(entry, bytes, events, at: position)
    for (index, event) in events.enumerated() {
      let address = EventAddress(position, index)
      let day =
        event.day(of: labels.zone(of: labels.state))
        ?? header.effectiveDay.map { Day(rawValue: $0) }
      let isDue = asOf.map { last in day.map { $0 <= last } ?? true } ?? true
      let changes = isDue ? change(event, on: day, before) : []
      supersede(event, by: address, isDue: isDue)
      rows.append(
        HistoryReport.Row(
          address: address.description, version: header.version,
          recordedAt: header.recordedAt.iso, effective: day?.description,
          original: header.originalDay.map { Day(rawValue: $0).description }, actor: opening.actor,
          reason: opening.reason, run: header.run == 0 ? nil : header.run,
          source: opening.source, event: event.kind.name,
          facts: Facts.of(
            event, line: names[index], meters: labels.state.meters, address: labels.address),
          changes: changes))
      counts.append(isDue)
    }
  }

  /// What the event changes; folds it.
  private mutating func change(
    _ event: Event, on day: Day?, _ before: AccountState
  ) -> [HistoryReport.Change] {
    var changes: [HistoryReport.Change] = []
    func add(_ name: String, _ one: some Equatable, _ other: some Equatable) {
      let (before, after) = ("\(one)", "\(other)")
      guard before != after else { return }
      changes.append(HistoryReport.Change(name: name, before: before, after: after))
    }
    if let movement = Movement(event, day: day ?? Day(rawValue: 0)) {
      let old = balance
      balance.take(movement)
      for ordinal in balance.invoices.keys.sorted() {
        add(
          "open of invoice \(ordinal)", old.invoices[ordinal]?.open ?? .zero,
          balance.invoices[ordinal]?.open ?? .zero)
      }
      add("credit balance", old.credit, balance.credit)
      add("balance", old.open - old.credit, balance.open - balance.credit)
    }
    switch event {
    case .readingRecorded(let it): values[.reading(it.register, it.at)] = it.value
    case .readingCorrected(let it):
      let subject = Subject.reading(it.register, it.at)
      let meters = labels.state.meters
      if let old = values[subject] {
        add("reading", meters.value(old, it.register), meters.value(it.value, it.register))
      }
      values[subject] = it.value
    case .ratePlanAssigned(let it): add("plan", before.plan(on: it.from) ?? "none", it.plan)
    default: break
    }
    return changes
  }

  /// Marks the rows that the event takes the place of, if its day has come.
  private mutating func supersede(_ event: Event, by address: EventAddress, isDue: Bool) {
    var old: Subject?
    var new: Subject?
    switch event {
    case .chargeRecorded: lines.append(rows.count)
    case .readingRecorded(let it): new = .reading(it.register, it.at)
    case .readingCorrected(let it):
      old = .reading(it.register, it.at)
      new = old
    case .intervalsRecorded(let it): new = .intervals(it.register, it.block.start)
    case .intervalsCorrected(let it):
      old = .intervals(it.register, it.block.start)
      new = old
    case .invoiceIssued(let it):
      new = .invoice(it.ordinal)
      said[.invoice(it.ordinal)] = lines
      lines = []
    case .invoiceCancelled(let it):
      old = .invoice(it.invoice.ordinal)
      for row in lines { counts[row] = false }
      lines = []
    case .paymentReceived:
      payments += 1
      new = .payment(payments)
    case .paymentReturned(let it): old = .payment(it.payment)
    case .lateFeeAssessed(let it): new = .lateFee(it.invoice)
    case .lateFeeReversed(let it): old = .lateFee(it.invoice)
    default: break
    }
    guard isDue else { return }
    if let old {
      for row in said.removeValue(forKey: old) ?? [] {
        rows[row].supersededBy = address.description
      }
    }
    if let new { said[new, default: []].append(rows.count) }
  }
}

extension Event {
  /// The day from which the event itself says that it counts; `nil` where its entry does.
  fileprivate func day(of zone: ZoneRules?) -> Day? {
    switch self {
    case .accountOpened(let it): it.day
    case .serviceStarted(let it): it.day
    case .serviceStopped(let it): it.day
    case .ratePlanAssigned(let it): it.from
    case .meterInstalled(let it): zone?.day(of: it.at)
    case .meterRemoved(let it): zone?.day(of: it.at)
    case .readingRecorded(let it): zone?.day(of: it.at)
    case .readingCorrected(let it): zone?.day(of: it.at)
    case .readingQuestioned(let it): zone?.day(of: it.at)
    case .readingAccepted(let it): zone?.day(of: it.at)
    case .intervalsRecorded(let it): zone?.day(of: it.block.start)
    case .intervalsCorrected(let it): zone?.day(of: it.block.start)
    case .promotionEnrolled(let it): it.from
    case .taxExemptionGranted(let it): it.from
    case .taxExemptionEnded(let it): it.day
    default: nil
    }
  }
}

extension [AccountState.Meter] {
  /// A reading in the register's own decimals.
  func value(_ value: Int64, _ register: RegisterNumber) -> String {
    let decimals = self.register(register).map { Int($0.spec.decimals) } ?? 0
    return DecimalText.format(Int128(value), scale: decimals, minimumDecimals: decimals)
  }

  /// As `M-1 on-peak`.
  func name(_ register: RegisterNumber) -> String {
    guard let found = self.register(register) else { return "\(register)" }
    return "\(self[Int(register.meter)].id) \(found.spec.name)"
  }

  private func register(_ number: RegisterNumber) -> AccountState.Register? {
    guard Int(number.meter) < count else { return nil }
    let registers = self[Int(number.meter)].registers
    return Int(number.register) < registers.count ? registers[Int(number.register)] : nil
  }
}
