import Billing
import CivilTime
import EventLog
import EventSourcing
import Interchange

extension Ledger {
  /// Records register readings from a CSV file.
  public func importReadings(
    from file: String, progress: @escaping ProgressHandler
  ) throws -> ImportReport {
    try importReadings(from: file, sorting: ImportSession.rowsSorted, progress: progress)
  }

  /// Records register readings, `count` rows at a time.
  func importReadings(
    from file: String, sorting count: Int, progress: @escaping ProgressHandler
  ) throws -> ImportReport {
    var reader = try Self.reading(file) { source throws(FileRefusal) in
      try CSVReader<ReadingRow>(source)
    }
    let session = try ImportSession(
      self, .reading, file: file, unit: "readings", header: reader.header, progress: progress)
    session.warn(reader.warnings)
    let now = session.now.instant
    try forEachSlice(of: &reader, file, .reading, sorting: count) { lines, rejections in
      try record(lines, rejections, session, meter: \.meter) { lines, account, state, rulebook in
        try Self.record(lines, on: account, state, rulebook, now: now)
      }
    }
    return try session.finish()
  }

  /// Hands the rows of `reader` to `body`, as many at a time as are sorted together, and the rows
  /// that could not be read.
  func forEachSlice<Row: CSVRow>(
    of reader: inout CSVReader<Row>, _ file: String, _ kind: InputKind,
    sorting count: Int = ImportSession.rowsSorted,
    _ body: ([Line<Row>], [Rejection]) throws -> Void
  ) throws {
    var lines: [Line<Row>] = []
    var rejections: [Rejection] = []
    while let item = try Self.reading(file, { () throws(FileRefusal) in try reader.next() }) {
      switch item {
      case .row(let row, let line): lines.append(Line(row: row, line: line, raw: reader.raw))
      case .error(let error): rejections.append(Rejection(kind, error))
      }
      if lines.count + rejections.count == count {
        try body(lines, rejections)
        (lines, rejections) = ([], [])
      }
    }
    if lines.count + rejections.count > 0 { try body(lines, rejections) }
  }

  /// Lets the accounts that the rows' meters serve decide on them, a slice of accounts in each
  /// append.
  func record<Row>(
    _ lines: [Line<Row>], _ rejections: [Rejection], _ session: ImportSession,
    meter: (Row) -> String,
    _ decide:
      @escaping @Sendable (
        [Line<Row>], _ account: String, AccountState, RulebookState
      ) throws -> AccountDecision
  ) throws {
    let (work, unknown) = try byAccount(lines, session.kind) { meter($0.row) }
    var refused = rejections + unknown
    var rows = refused.count
    for slice in work.slices(of: ImportSession.chunk) {
      rows += slice.reduce(0) { $0 + $1.work.count }
      try session.append(slice, rejections: refused, rows: rows) {
        account, lines, rulebook, snapshot in
        try decide(
          lines, account, self.snapshots.state(of: account, in: snapshot), rulebook)
      }
      (refused, rows) = ([], 0)
    }
    if rows > 0 { try session.append([], rejections: refused, rows: rows, Self.nothing) }
  }

  static func nothing(
    _: String, _: [Line<ReadingRow>], _: RulebookState, _: borrowing Snapshot
  ) -> AccountDecision {
    AccountDecision()
  }

  static func record(
    _ lines: [Line<ReadingRow>], on account: String, _ state: AccountState,
    _ rulebook: RulebookState, now: Instant, acceptance: String? = nil
  ) throws -> AccountDecision {
    var decision = AccountDecision(version: state.version)
    let zone = try rulebook.zone(of: state)
    let command = RecordReadings(
      lines.map { line in
        NewReading(
          meter: line.row.meter, register: line.row.register,
          at: line.row.time.resolved(in: zone), units: line.row.value.units,
          places: line.row.value.places, quality: line.row.quality, method: line.row.method)
      }, now: now, dailyMaximum: rulebook.dailyMaximum(of: state, on: zone.day(of: now)),
      acceptance: acceptance)
    let outcome = Account.record(command, state)
    decision.events = outcome.events
    decision.accepted = outcome.accepted
    decision.duplicates = outcome.duplicates
    decision.rejections = outcome.refusals.map { refusal in
      let line = lines[refusal.index]
      var rejection = Rejection(.reading, refusal.reason, line: line.line, raw: line.raw)
      rejection.account = account
      rejection.meter = line.row.meter
      rejection.register = line.row.register ?? ""
      rejection.at = command.readings[refusal.index].at
      return rejection
    }
    return decision
  }

  /// Lines by the account that their meters serve, in account order; and those whose meter is
  /// unknown, rejected.
  func byAccount<Row>(
    _ lines: [Line<Row>], _ kind: InputKind, meter: (Line<Row>) -> String
  ) throws -> (work: [(account: String, work: [Line<Row>])], unknown: [Rejection]) {
    var accounts: [String: String] = [:]
    try book.read { snapshot in
      for line in lines where accounts[meter(line)] == nil {
        let serving = try MeterState(of: StreamID(.meter, meter(line)), in: snapshot)
        accounts[meter(line)] = serving.account ?? ""
      }
    }
    var unknown: [Rejection] = []
    var known: [(account: String, line: Line<Row>)] = []
    for line in lines {
      let account = accounts[meter(line)] ?? ""
      guard account.isEmpty else {
        known.append((account, line))
        continue
      }
      var rejection = line.rejected(
        kind, "unknown-meter", "meter",
        "the meter \(meter(line)) serves no account; import it first, or correct its name")
      rejection.meter = meter(line)
      unknown.append(rejection)
    }
    known.sort { ($0.account, $0.line.line) < ($1.account, $1.line.line) }
    var work: [(account: String, work: [Line<Row>])] = []
    for (account, line) in known {
      if work.last?.account == account {
        work[work.count - 1].work.append(line)
      } else {
        work.append((account, [line]))
      }
    }
    return (work, unknown)
  }
}

extension ImportSession {
  /// Rows that are sorted by account and time before they are validated: more rows than this that
  /// are out of order may be refused.
  static let rowsSorted = 262_144
}

extension Array {
  /// The elements in runs of at most `count`.
  func slices(of count: Int) -> [[Element]] {
    stride(from: 0, to: self.count, by: count).map { start in
      Array(self[start..<Swift.min(start + count, self.count)])
    }
  }
}
