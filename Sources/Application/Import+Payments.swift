import Billing
import CivilTime
import EventLog
import EventSourcing
import Interchange
import Tariffs

extension Ledger {
  /// Takes in payments from a CSV file.
  ///
  /// A payment that fits no account, or that its account refuses, waits in the review queue.
  public func importPayments(
    from file: String, progress: @escaping ProgressHandler
  ) throws -> ImportReport {
    var reader = try Self.reading(file) { source throws(FileRefusal) in
      try CSVReader<PaymentRow>(source)
    }
    let session = try ImportSession(
      self, .payment, file: file, unit: "payments", header: reader.header, progress: progress)
    session.warn(reader.warnings)
    let now = session.now.instant
    try forEachSlice(of: &reader, file, .payment, sorting: ImportSession.rowsSorted) {
      lines, rejections in
      var work: [(account: String, work: [Line<PaymentRow>])] = []
      for line in lines.sorted(by: { ($0.row.account, $0.line) < ($1.row.account, $1.line) }) {
        if work.last?.account == line.row.account {
          work[work.count - 1].work.append(line)
        } else {
          work.append((line.row.account, [line]))
        }
      }
      var refused = rejections
      var rows = refused.count
      for slice in work.slices(of: ImportSession.chunk) {
        rows += slice.reduce(0) { $0 + $1.work.count }
        try session.append(slice, rejections: refused, rows: rows) {
          account, lines, rulebook, snapshot in
          try Self.receive(
            lines, on: account, self.snapshots.state(of: account, in: snapshot), rulebook,
            now: now)
        }
        (refused, rows) = ([], 0)
      }
      if rows > 0 { try session.append([], rejections: refused, rows: rows, Self.nothing) }
    }
    return try session.finish()
  }

  /// What an account makes of payments: each an entry of its own, of the day it was received.
  static func receive(
    _ lines: [Line<PaymentRow>], on account: String, _ folded: AccountState,
    _ rulebook: RulebookState, now: Instant
  ) throws -> AccountDecision {
    var state = folded
    var decision = AccountDecision(version: folded.version)
    let moment = folded.details == nil ? nil : try AccountMoment(folded, rulebook, at: now)
    for line in lines {
      do throws(AccountRejection) {
        guard let moment else { throw .notOpened }
        let row = line.row
        let day = row.received.day(in: moment.zone)
        let payment = PaymentReceived(
          reference: row.reference, amount: row.amount, at: row.received.instant(in: moment.zone),
          day: day, invoice: row.invoice ?? 0, method: row.method ?? "")
        let command = ReceivePayment(
          payment, today: moment.today, order: moment.policies.allocation)
        let events = try Account.decide(.receivePayment(command), state)
        guard !events.isEmpty else {
          decision.duplicates += 1
          continue
        }
        decision.accepted += 1
        decision.entries.append(AccountDecision.Entry(events: events, day: day))
        state.append(events)
      } catch {
        var rejection = Rejection(.payment, error, line: line.line, raw: line.raw)
        rejection.account = account
        decision.rejections.append(rejection)
      }
    }
    return decision
  }
}
