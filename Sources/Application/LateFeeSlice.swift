import Billing
import CivilTime
import EventLog
import EventSourcing
import Money
import Tariffs

/// What a slice of a late-fee run's accounts came to, decided and encoded.
struct LateFeeSlice: Sendable {
  /// The run whose ordinal the entries carry.
  let run: UInt64
  /// The version of the rules' stream that it was decided on.
  let rules: UInt64
  /// The version of the accounting calendar's stream that it was decided on.
  let calendar: UInt64
  var batch = Batch()
  var tally = LateFeeTally()
  /// The fees, by account and invoice.
  var fees: [Fee] = []

  /// A fee of an account.
  struct Fee: Sendable {
    let account: String
    let fee: LateFeeAssessed
  }
}

/// Decides slices of a late-fee run: pure but for reading the book.
struct LateFeeMaker: Sendable {
  private let book: Book
  private let snapshots: AccountSnapshots
  private let rulebook: RulebookState
  /// Which months of accounting are closed.
  let months: CalendarState
  private let at: Instant

  /// The version of the rules' stream that slices are decided on.
  var rules: UInt64 { rulebook.version }

  init(_ ledger: Ledger, at: Instant) throws {
    book = ledger.book
    snapshots = ledger.snapshots
    rulebook = try ledger.rulebook()
    months = try ledger.calendar()
    self.at = at
  }

  /// Decides on the accounts of `range`, in order.
  func make(_ range: StreamRange, _ run: UInt64) throws -> LateFeeSlice {
    var slice = LateFeeSlice(run: run, rules: rules, calendar: months.version)
    try book.read { snapshot in
      try snapshots.forEachAccount(in: range, snapshot) { account, fold in
        try decide(account, fold.state, &slice)
      }
    }
    if !slice.batch.isEmpty {
      slice.batch.require(.rules, at: rules)
      slice.batch.require(.calendar, at: months.version)
    }
    return slice
  }

  /// What a run at the present moment asks of an account.
  func command(for state: AccountState) throws -> AssessLateFees {
    let moment = try AccountMoment(state, rulebook, at: at)
    let terms = moment.policies.lateFee(
      for: state.details?.customerClass ?? .residential,
      jurisdictions: state.details?.jurisdictions ?? [])
    return AssessLateFees(
      at: at, today: moment.today, terms: terms, rulesVersion: rules,
      order: moment.policies.allocation)
  }

  private func decide(
    _ account: String, _ state: AccountState, _ slice: inout LateFeeSlice
  ) throws {
    guard !state.invoices.isEmpty else { return }
    let command = try command(for: state)
    for decision in Account.lateFees(command, state) {
      slice.tally.add(decision)
      if case .assess(let fee) = decision {
        slice.fees.append(LateFeeSlice.Fee(account: account, fee: fee))
      }
    }
    let events = try Account.decide(.assessLateFees(command), state)
    guard !events.isEmpty else { return }
    slice.tally.add(events)
    var header = RunWriter.header(
      StreamID(.account, account), version: state.version + 1, run: slice.run)
    header.count(on: command.today, posting: events, months)
    slice.batch.add(header) { writer in
      for event in events { event.encodeField(into: &writer) }
    }
  }
}
