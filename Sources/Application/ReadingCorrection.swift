import Billing
import CivilTime
import EventLog
import EventSourcing
import Interchange
import Metering

extension Ledger {
  /// Puts a reading right, and tells which invoices used it.
  ///
  /// - Parameters:
  ///   - time: When it was taken, as a file of readings gives it.
  ///   - value: What the register showed.
  /// - Throws: `Failure` for a time or value that is none, a meter that never served anybody, and for what
  ///   the account refuses.
  public func correctReading(
    meter: String, register: String?, time: String, value: String, isVouchedFor: Bool
  ) throws -> ChangeReport {
    guard let at = LocalOrInstant(time) else {
      throw Failure("'\(time)' is no time.", advice: "Give one as 2026-03-15 or 2026-03-15T08:30.")
    }
    guard let exact = ExactDecimal(value) else {
      throw Failure("'\(value)' is no number.", advice: "Give what the register showed, as 191.")
    }
    let stream = StreamID(.meter, meter)
    let serving = try book.read { try MeterState(of: stream, in: $0) }
    // What a meter showed that was removed since can be wrong too.
    guard let account = try serving.account ?? lastAccount(of: stream) else {
      throw Failure("The meter \(meter) serves no account.", advice: "Check its name.")
    }
    let reason = try authority().reason
    return try change(
      account, next: { try self.invoices(using: at.resolved(in: $0.zone), of: account) }
    ) { state, moment in
      let reading = NewReading(
        meter: meter, register: register, at: at.resolved(in: moment.zone), units: exact.units,
        places: exact.places, quality: .corrected, method: .manual)
      let correction = CorrectReading(
        reading, reason: reason,
        dailyMaximum: moment.rulebook.dailyMaximum(of: state, on: moment.today),
        isVouchedFor: isVouchedFor)
      return (.correctReading(correction), nil)
    }
  }

  /// The invoices that used the readings of a moment, in words.
  private func invoices(using at: Instant, of account: String) throws -> [String] {
    let stored = try book.read { try AccountInvoices(of: StreamID(.account, account), in: $0) }
    let places = stored.state.meters.flatMap(\.registers).flatMap(\.readings)
      .filter { $0.at == at }.compactMap { $0.corrects?.place }
    let users = stored.state.bills.filter { bill in
      stored.issued[bill.ordinal]?.invoice.readings.contains(where: places.contains) ?? false
    }
    guard !users.isEmpty else { return ["No invoice used it."] }
    let numbers = users.map { InvoiceIssued.number(account: account, ordinal: $0.ordinal) }
    return [
      "It was used by \(numbers.joined(separator: " and "));",
      "`meterbook rebill \(account) --dry-run` shows what changes.",
    ]
  }
}
