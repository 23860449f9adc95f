import Billing
import EventLog
import EventSourcing
import Interchange
import Tariffs

extension Ledger {
  /// Opens accounts from a CSV file, with service and plan; pins the rules of their zones.
  public func importAccounts(
    from file: String, progress: @escaping ProgressHandler
  ) throws -> ImportReport {
    var reader = try Self.reading(file) { source throws(FileRefusal) in
      try CSVReader<AccountRow>(source)
    }
    let session = try ImportSession(
      self, .account, file: file, unit: "accounts", header: reader.header, progress: progress)
    session.warn(reader.warnings)
    var work: [(account: String, work: Line<AccountRow>)] = []
    var rejections: [Rejection] = []
    var rows = 0
    func flush() throws {
      let zones = try pinZones(Set(work.map(\.work.row.zone)))
      work.sort { ($0.account, $0.work.line) < ($1.account, $1.work.line) }
      var refused = rejections
      var lines: [(account: String, work: [Line<AccountRow>])] = []
      for (account, line) in work {
        if let problem = zones[line.row.zone] {
          refused.append(line.rejected(.account, "unknown-zone", "zone", problem))
        } else if lines.last?.account == account {
          lines[lines.count - 1].work.append(line)
        } else {
          lines.append((account, [line]))
        }
      }
      try session.append(lines, rejections: refused, rows: rows) { account, lines, _, snapshot in
        try Self.open(account, lines, self.snapshots.state(of: account, in: snapshot))
      }
      (work, rejections, rows) = ([], [], 0)
    }
    while let item = try Self.reading(file, { () throws(FileRefusal) in try reader.next() }) {
      rows += 1
      switch item {
      case .row(let row, let line):
        work.append((row.account, Line(row: row, line: line, raw: reader.raw)))
      case .error(let error): rejections.append(Rejection(.account, error))
      }
      if rows == ImportSession.chunk { try flush() }
    }
    if rows > 0 { try flush() }
    return try session.finish()
  }

  static func open(
    _ account: String, _ lines: [Line<AccountRow>], _ folded: AccountState
  ) -> AccountDecision {
    var state = folded
    var decision = AccountDecision(version: folded.version)
    for line in lines {
      do {
        let events = try open(line.row, state)
        if events.isEmpty { decision.duplicates += 1 } else { decision.accepted += 1 }
        decision.events.append(contentsOf: events)
        state.append(events)
      } catch {
        var rejection = Rejection(.account, error, line: line.line, raw: line.raw)
        rejection.account = account
        decision.rejections.append(rejection)
      }
    }
    return decision
  }

  private static func open(
    _ row: AccountRow, _ folded: AccountState
  ) throws(AccountRejection) -> [Event] {
    var state = folded
    var all: [Event] = []
    let commands: [AccountCommand] = [
      .open(
        AccountOpened(
          customerClass: row.customerClass, sector: row.sector ?? "", zone: row.zone,
          jurisdictions: row.jurisdictions, cycleDay: row.cycleDay,
          daysUntilDue: row.daysUntilDue, servicePoint: row.servicePoint, day: row.serviceStart)),
      .startService(row.serviceStart),
      .assignPlan(PlanAssignment(plan: row.plan, from: row.planFrom)),
    ]
    for command in commands {
      let events = try Account.decide(command, state)
      state.append(events)
      all.append(contentsOf: events)
    }
    return all
  }
}

/// A row that was understood, with its place and text.
struct Line<Row: Sendable>: Sendable {
  let row: Row
  let line: Int
  let raw: [UInt8]

  func rejected(
    _ kind: InputKind, _ code: String, _ field: String, _ detail: String
  ) -> Rejection {
    var rejection = Rejection(kind, line: line, code: code, field: field, detail: detail)
    rejection.raw = raw
    return rejection
  }
}

extension Rejection {
  /// A row that was not understood.
  init(_ kind: InputKind, _ error: RowError) {
    self.init(
      kind, line: error.line, code: error.reason.code, field: error.column ?? "",
      detail: error.reason.description)
    raw = error.raw
  }
}

extension Ledger {
  /// Runs `body` on the file at `path`, putting the path in front of a refusal.
  static func reading<Result: ~Copyable>(
    _ path: String, _ body: () throws(FileRefusal) -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch {
      throw Failure("\(path): \(error)")
    }
  }

  static func reading<Result: ~Copyable>(
    _ path: String, _ body: (ByteSource) throws(FileRefusal) -> Result
  ) throws -> Result {
    try reading(path) { () throws(FileRefusal) in try body(ByteSource(path: path)) }
  }
}
