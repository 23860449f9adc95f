import Billing
import CivilTime
import EventLog
import EventSourcing
import Tariffs

extension Ledger {
  /// Bills again what of an account was billed wrongly, as far as readings and rules as known now say:
  /// estimates that a later reading settles, corrected readings, rules published since. Each bill that
  /// changes is cancelled and replaced by one entry; all of them land together or not at all.
  ///
  /// - Parameters:
  ///   - target: An account, or an invoice's number for that one alone.
  ///   - isDryRun: Whether to say what would be done and write nothing.
  /// - Throws: `Failure` for an invoice that cannot be billed again.
  public func rebill(_ target: String, isDryRun: Bool) throws -> RebillReport {
    let invoice = InvoiceIssued.parse(number: target)
    let account = invoice?.account ?? target
    let stream = try accountStream(account)
    let authority = try authority()
    while true {
      let now = try now()
      let calendar = try calendar()
      let work = try RebillWork(account, stream, self)
      let report: RebillReport
      do {
        report = try work.run(only: invoice?.ordinal, now: now.instant, isDryRun: isDryRun)
      } catch let reason as AccountRejection {
        throw Failure(account, reason)
      }
      guard !isDryRun, !report.entries.isEmpty else { return report }
      var batch = Batch()
      for (offset, entry) in report.entries.enumerated() {
        var header = EntryHeader(stream: stream, version: work.version + UInt64(offset) + 1)
        header.actor = authority.actor
        header.reason = authority.reason
        header.count(on: report.day, posting: entry, calendar)
        batch.add(header) { writer in
          for event in entry { event.encodeField(into: &writer) }
        }
      }
      batch.require(.rules, at: work.rules)
      batch.require(.calendar, at: calendar.version)
      if case .appended = try append(batch, at: now) { return report }
    }
  }
}

/// An account with its invoices, to be billed again.
private struct RebillWork {
  let account: String
  let stored: AccountInvoices
  let rulebook: RulebookState
  let zone: ZoneRules

  /// The version of the account's stream.
  var version: UInt64 { stored.state.version }
  /// The version of the rules' stream.
  var rules: UInt64 { rulebook.version }

  init(_ account: String, _ stream: StreamID, _ ledger: Ledger) throws {
    self.account = account
    rulebook = try ledger.rulebook()
    stored = try ledger.book.read { try AccountInvoices(of: stream, in: $0) }
    zone = try rulebook.zone(of: stored.state)
  }

  func run(only ordinal: UInt32?, now: Instant, isDryRun: Bool) throws -> RebillReport {
    let today = zone.day(of: now)
    var state = stored.state
    var report = RebillReport(account: account, day: today, isDryRun: isDryRun)
    if let ordinal {
      let command = try rebill(ordinal, today)
      // What cannot be rebilled is said at once when it is asked for by number.
      _ = try Account.rebill(command, state)
    }
    let settled = Account.settleEstimates(state, zone: zone)
    if !settled.isEmpty {
      state.append(settled)
      report.entries.append(settled)
    }
    for bill in state.bills where ordinal == nil || bill.ordinal == ordinal {
      let command = try rebill(bill.ordinal, today)
      report.looked += 1
      do {
        let made = try Account.rebill(command, state)
        guard !made.events.isEmpty else { continue }
        report.add(made, of: command.issued.invoice, rules: rulebook)
        state.append(made.events)
        report.entries.append(made.events)
      } catch {
        report.refuse(error, command.issued.invoice)
      }
    }
    report.balance(before: stored.state.balance, after: state.balance)
    return report
  }

  private func rebill(_ ordinal: UInt32, _ today: Day) throws -> Rebill {
    guard let issued = stored.issued[ordinal] else {
      throw AccountRejection.receivable(.unknownInvoice(ordinal))
    }
    return Rebill(
      issued, today: today, rules: rulebook.rules, rulesVersion: rulebook.version, zone: zone)
  }
}

/// An account's state, and its invoices with their lines.
struct AccountInvoices {
  /// The account's fold.
  var state = AccountState()
  /// Its invoices, by ordinal.
  var issued: [UInt32: IssuedInvoice] = [:]

  /// Reads the stream of an account.
  init(of stream: StreamID, in snapshot: borrowing Snapshot) throws {
    var (state, issued) = (AccountState(), [UInt32: IssuedInvoice]())
    try snapshot.forEach(stream: stream) { _, bytes in
      let entry = try EntryView(bytes)
      try state.apply(entry, bytes)
      guard let day = entry.header.effectiveDay else { return .proceed }
      let events = try entry.decodedEvents(bytes)
      for invoice in IssuedInvoice.all(in: events, on: Day(rawValue: day)) {
        issued[invoice.invoice.ordinal] = invoice
      }
      return .proceed
    }
    (self.state, self.issued) = (state, issued)
  }
}
