import Billing
import CivilTime
import EventLog
import EventSourcing
import Interchange

/// What became of a review item.
public struct ResolutionReport: Report {
  let item: String
  let how: String
  let reason: String
  /// Events added to the account besides the item's own resolution.
  let events: Int
  let root: String

  /// One sentence.
  public var text: String {
    "Item \(item) is \(how)" + (events > 0 ? ", and \(events) events were added." : ".")
  }
}

extension Ledger {
  /// Dismisses an open item; the reason is the authority's.
  public func dismissReview(_ item: String) throws -> ResolutionReport {
    let reason = try authority().reason
    guard !reason.isEmpty else {
      throw Failure("An item is dismissed for a reason.", advice: "Give one with --reason.")
    }
    return try resolve(item, InputResolved(how: .dismissed, reason: reason)) { _ in nil }
  }

  /// Submits an open item again, corrected, through the same validation as everything else.
  ///
  /// - Parameters:
  ///   - corrections: Columns and what they should hold.
  ///   - accepting: Whether an implausible reading is vouched for.
  /// - Throws: `Failure` if it is refused again: the item stays open.
  public func resubmitReview(
    _ item: String, corrections: [(column: String, value: String)], accepting: Bool
  ) throws -> ResolutionReport {
    guard let input = try rawInput(of: item) else {
      throw Failure(
        "Item \(item) cannot be submitted from here.",
        advice: "Mend the cause (for a bill: import what is missing, then `meterbook bill`; for a "
          + "file: correct and import it), or dismiss the item.")
    }
    let corrected = try corrections.reduce(input.record) { record, correction in
      guard input.knownColumns.contains(correction.column) else {
        throw Failure(
          "There is no column '\(correction.column)'.",
          advice: "The columns are \(input.knownColumns.joined(separator: ", ")).")
      }
      return record.setting(correction.column, to: correction.value)
    }
    let reason = try authority().reason
    let resolution = InputResolved(
      how: .corrected, reason: reason.isEmpty ? "submitted again" : reason)
    return try resolve(item, resolution) { snapshot in
      try self.submit(
        corrected, as: input.kind, acceptance: accepting ? resolution.reason : nil, snapshot)
    }
  }

  /// Appends the resolution of an item together with what `decide` makes of its input.
  private func resolve(
    _ item: String, _ resolution: InputResolved,
    _ decide: (borrowing Snapshot) throws -> (account: String, AccountDecision)?
  ) throws -> ResolutionReport {
    let authority = try authority()
    guard StreamID.isValid(item) else { throw Self.noSuchItem(item) }
    let stream = StreamID(.review, item)
    while true {
      let calendar = try calendar()
      var added = 0
      let batch = try book.read { snapshot in
        let state = try ReviewState(of: stream, in: snapshot)
        guard state.rejected != nil else { throw Self.noSuchItem(item) }
        if let resolved = state.resolved {
          throw Failure(
            "Item \(item) was resolved before: \(resolved.how), \(resolved.reason).",
            advice: "Nothing is left to do.")
        }
        var batch = Batch()
        if let (account, decision) = try decide(snapshot) {
          added = decision.events.count + decision.entries.reduce(0) { $0 + $1.events.count }
          add(decision, account, authority, calendar, to: &batch)
          batch.require(.calendar, at: calendar.version)
        }
        let events: [Event]
        do throws(ReviewRejection) {
          events = try Review.decide(.resolve(resolution), state)
        } catch {
          throw Failure("Item \(item): \(error).", advice: "\(error.advice).")
        }
        batch.add(header(stream, state.version + 1, authority)) { writer in
          for event in events { event.encodeField(into: &writer) }
        }
        return batch
      }
      guard case .appended = try append(batch, at: now()) else { continue }
      return try ResolutionReport(
        item: item, how: "\(resolution.how)", reason: resolution.reason, events: added,
        root: book.head().root.bytes.hex)
    }
  }

  private func add(
    _ decision: AccountDecision, _ account: String, _ authority: Authority,
    _ calendar: CalendarState, to batch: inout Batch
  ) {
    let stream = StreamID(.account, account)
    for (index, entry) in decision.entries.enumerated() {
      var header = header(stream, decision.version + 1 + UInt64(index), authority)
      header.count(on: entry.day, posting: entry.events, calendar)
      batch.add(header) { writer in
        for event in entry.events { event.encodeField(into: &writer) }
      }
    }
    guard !decision.events.isEmpty else { return }
    batch.add(header(stream, decision.version + 1, authority)) { writer in
      for event in decision.events { event.encodeField(into: &writer) }
    }
    if let meter = decision.meter {
      batch.add(header(meter.stream, meter.version + 1, authority)) {
        meter.event.encodeField(into: &$0)
      }
    }
  }

  /// What the account makes of a corrected record.
  private func submit(
    _ record: CSVRecord, as kind: InputKind, acceptance: String?, _ snapshot: borrowing Snapshot
  ) throws -> (account: String, AccountDecision) {
    let source = ByteSource(record.file)
    let rulebook = try rulebook()
    let now = try now().instant
    let account: String
    let decision: AccountDecision
    switch kind {
    case .account:
      let line = try Self.single(CSVReader<AccountRow>(source))
      account = line.row.account
      if let problem = try pinZones([line.row.zone])[line.row.zone] { throw Failure(problem) }
      decision = try Self.open(account, [line], AccountState(of: account, in: snapshot))
    case .meter:
      var reader = try MeterReader(source)
      guard case .meter(let meter)? = try reader.next() else {
        throw Failure("The corrected record is still no meter.", advice: "Import it as a file.")
      }
      account = meter.first.account
      decision = try Self.install(
        meter, on: account, AccountState(of: account, in: snapshot), rulebook, in: snapshot)
    case .reading:
      let line = try Self.single(CSVReader<ReadingRow>(source))
      account = try serving(line.row.meter, snapshot)
      decision = try Self.record(
        [line], on: account, AccountState(of: account, in: snapshot), rulebook, now: now,
        acceptance: acceptance)
    case .interval:
      let line = try Self.single(CSVReader<IntervalRow>(source))
      account = try serving(line.row.meter, snapshot)
      decision = try IntervalDecision.decide(
        [Line(row: ImportedInterval(line.row), line: line.line, raw: line.raw)], on: account,
        AccountState(of: account, in: snapshot), rulebook, now: now)
    case .payment:
      let line = try Self.single(CSVReader<PaymentRow>(source))
      account = line.row.account
      decision = try Self.receive(
        [line], on: account, AccountState(of: account, in: snapshot), rulebook, now: now)
    case .unspecified, .bill:
      throw Failure("This item holds no record to submit.", advice: "Dismiss it.")
    }
    if let refused = decision.rejections.first(where: { $0.code != GapItem.code }) {
      throw Failure("Refused again, and still open: \(refused.detail).")
    }
    return (account, decision)
  }

  private func serving(_ meter: String, _ snapshot: borrowing Snapshot) throws -> String {
    guard StreamID.isValid(meter),
      let account = try MeterState(of: StreamID(.meter, meter), in: snapshot).account
    else {
      throw Failure(
        "Refused again, and still open: the meter \(meter) serves no account.",
        advice: "Import the meter first, or correct its name with --set meter=NAME.")
    }
    return account
  }

  /// The only row of a corrected record.
  private static func single<Row: CSVRow>(_ reader: consuming CSVReader<Row>) throws -> Line<Row> {
    switch try reader.next() {
    case .row(let row, let line): return Line(row: row, line: line, raw: reader.raw)
    case .error(let error): throw Failure("Refused again, and still open: \(error).")
    case nil: throw Failure("The corrected record is empty.", advice: "Dismiss the item.")
    }
  }
}

/// An item's input, in columns.
struct ReviewedInput {
  let kind: InputKind
  let record: CSVRecord
  /// All columns of its kind, those that the file did not have too.
  let knownColumns: [String]
}

extension Ledger {
  /// An item's input as it came, in columns; `nil` where there is none, it was forgotten, or it has
  /// no columns.
  func rawInput(of item: String) throws -> ReviewedInput? {
    guard StreamID.isValid(item),
      let rejected = try book.read({
        try ReviewState(of: StreamID(.review, item), in: $0).rejected
      }), let input = try keptInput(of: item),
      let record = CSVRecord(header: input.header, raw: input.raw)
    else { return nil }
    let columns =
      switch rejected.kind {
      case .account: AccountRow.columns
      case .meter: MeterRow.columns
      case .reading: ReadingRow.columns
      case .interval: IntervalRow.columns
      case .payment: PaymentRow.columns
      case .unspecified, .bill: [CSVColumn]()
      }
    return ReviewedInput(kind: rejected.kind, record: record, knownColumns: columns.map(\.name))
  }

  /// An item's input as the private file keeps it.
  func keptInput(of item: String) throws -> RawInput? {
    guard let bytes = try book.privateStore().get(key: RawInput.key(item)) else { return nil }
    return try RawInput(bytes)
  }
}
