import Billing
import CivilTime
import EventLog
import EventSourcing
import Interchange
import Metering
import Tariffs

extension Ledger {
  /// Puts the intervals of one meter right, and tells which invoices used them.
  ///
  /// - Parameter file: CSV with the columns of `import intervals`; intervals that were right may be left
  ///   out.
  /// - Throws: `Failure`; of a file with a row that cannot be read, or of several meters, nothing is used.
  public func correctIntervals(from file: String) throws -> ChangeReport {
    var reader = try Self.reading(file) { source throws(FileRefusal) in
      try CSVReader<IntervalRow>(source)
    }
    var rows: [IntervalRow] = []
    while let item = try Self.reading(file, { () throws(FileRefusal) in try reader.next() }) {
      switch item {
      case .row(let row, let line):
        let first = rows.first ?? row
        guard (row.meter, row.register) == (first.meter, first.register) else {
          throw Failure(
            "\(file):\(line): the row is of another channel than the rows before.",
            advice: "Give each channel a file of its own.")
        }
        rows.append(row)
      case .error(let error):
        throw Failure(
          "\(file):\(error.line): \(error)", advice: "Correct the row; nothing was used.")
      }
    }
    guard let first = rows.first else {
      throw Failure("\(file) holds no intervals.", advice: "Give those that were wrong.")
    }
    let serving = try book.read { try MeterState(of: StreamID(.meter, first.meter), in: $0) }
    guard let account = serving.account else {
      throw Failure("The meter \(first.meter) serves no account.", advice: "Check its name.")
    }
    let reason = try authority().reason
    var version: UInt64 = 0
    return try change(account, next: { _ in try self.invoices(of: account, corrected: version) }) {
      state, moment in
      version = state.version
      let correction = CorrectIntervals(
        meter: first.meter, register: first.register, blocks: Self.blocks(rows, state, moment.zone),
        reason: reason, dailyMaximum: moment.rulebook.dailyMaximum(of: state, on: moment.today))
      return (.correctIntervals(correction), nil)
    }
  }

  private static func blocks(
    _ rows: [IntervalRow], _ state: AccountState, _ zone: ZoneRules
  ) -> [IntervalBlock] {
    let specs =
      state.meterNumber(rows[0].meter).map { state.meters[$0].registers.map(\.spec) } ?? []
    let channel = specs.first { spec in
      spec.intervalMinutes != nil && rows[0].register.map { $0 == spec.name } ?? true
    }
    return rows.map { row in
      IntervalBlock(
        start: row.start.resolved(in: zone),
        minutes: row.minutes ?? channel?.intervalMinutes ?? 60,
        decimals: IntervalBlock.maximumDecimals, values: [row.energy.milliwattHours],
        qualities: [row.quality])
    }
  }

  /// The invoices that used what was corrected after a version of the account's stream, in words.
  private func invoices(of account: String, corrected version: UInt64) throws -> [String] {
    let stored = try book.read { try AccountInvoices(of: StreamID(.account, account), in: $0) }
    let places = stored.state.meters.flatMap(\.registers).flatMap(\.blocks)
      .filter { $0.place.version > version }.flatMap(\.corrects).map(\.place)
    let users = stored.state.bills.filter { bill in
      let runs = stored.issued[bill.ordinal]?.invoice.intervals ?? []
      return places.contains { place in runs.contains { $0.holds(place) } }
    }
    guard !users.isEmpty else { return ["No invoice used them."] }
    let numbers = users.map { InvoiceIssued.number(account: account, ordinal: $0.ordinal) }
    return [
      "They were used by \(numbers.joined(separator: " and "));",
      "`meterbook rebill \(account) --dry-run` shows what changes.",
    ]
  }
}

extension EventRun {
  /// Whether the event at `place` is one of the run.
  fileprivate func holds(_ place: EventReference) -> Bool {
    place.version == first.version && place.index >= first.index
      && place.index - first.index < count
  }
}
