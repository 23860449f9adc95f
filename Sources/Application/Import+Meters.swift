import Billing
import EventLog
import EventSourcing
import Interchange
import Metering

extension Ledger {
  /// Installs meters from a CSV file, a row a register.
  public func importMeters(
    from file: String, progress: @escaping ProgressHandler
  ) throws -> ImportReport {
    var reader = try Self.reading(file) { source throws(FileRefusal) in try MeterReader(source) }
    let session = try ImportSession(
      self, .meter, file: file, unit: "meters", header: reader.header, progress: progress)
    session.warn(reader.warnings)
    var work: [(account: String, work: MeterImport)] = []
    var rejections: [Rejection] = []
    var rows = 0
    while let item = try Self.reading(file, { () throws(FileRefusal) in try reader.next() }) {
      switch item {
      case .meter(let meter):
        rows += meter.parts.count
        work.append((meter.first.account, meter))
      case .error(let error):
        rows += 1
        rejections.append(Rejection(.meter, error))
      }
      if rows >= ImportSession.chunk {
        try install(work, rejections, rows: rows, session)
        (work, rejections, rows) = ([], [], 0)
      }
    }
    if rows > 0 { try install(work, rejections, rows: rows, session) }
    return try session.finish()
  }

  private func install(
    _ unsorted: [(account: String, work: MeterImport)], _ rejections: [Rejection], rows: Int,
    _ session: ImportSession
  ) throws {
    // One meter an append and account: a second one waits for its turn, which is another chunk.
    var rest = unsorted.sorted { $0.account < $1.account }
    var refused = rejections
    var counted = rows
    repeat {
      var turn: [(account: String, work: MeterImport)] = []
      var later: [(account: String, work: MeterImport)] = []
      var meters: Set<String> = []
      for item in rest {
        let isFree = meters.insert(item.work.first.meter).inserted
        if isFree, turn.last?.account != item.account {
          turn.append(item)
        } else {
          later.append(item)
        }
      }
      try session.append(turn, rejections: refused, rows: counted) {
        account, meter, rulebook, snapshot in
        try Self.install(
          meter, on: account, self.snapshots.state(of: account, in: snapshot), rulebook,
          in: snapshot)
      }
      (rest, refused, counted) = (later, [], 0)
    } while !rest.isEmpty
  }

  static func install(
    _ meter: MeterImport, on account: String, _ state: AccountState, _ rulebook: RulebookState,
    in snapshot: borrowing Snapshot
  ) throws -> AccountDecision {
    var decision = AccountDecision(version: state.version)
    let first = meter.first
    do {
      let zone = try rulebook.zone(of: state)
      let at = first.installedAt.resolved(in: zone)
      let stream = StreamID(.meter, first.meter)
      let serving = try MeterState(of: stream, in: snapshot)
      decision.events = try Account.decide(
        .installMeter(
          InstallMeter(
            meter: first.meter, at: at, registers: meter.parts.map(\.row.register),
            startReadings: meter.parts.map(\.row.startReading),
            servicePoint: first.servicePoint.flatMap {
              $0 == state.details?.servicePoint ? nil : $0
            } ?? "")), state)
      if decision.events.isEmpty {
        decision.duplicates = meter.parts.count
        return decision
      }
      let command = MeterCommand.assign(account: account, at: at)
      if let event = try MeterAssignment.decide(command, serving).first {
        decision.meter = (stream, serving.version, event)
      }
      decision.accepted = meter.parts.count
    } catch let reason as AccountRejection {
      decision.events = []
      decision.rejections = meter.parts.map { part in
        var rejection = Rejection(.meter, reason, line: part.line, raw: part.raw)
        rejection.account = account
        rejection.meter = first.meter
        rejection.register = part.row.register.name
        return rejection
      }
    } catch let reason as MeterRejection {
      decision.events = []
      decision.rejections = meter.parts.map { part in
        var rejection = Rejection(
          .meter, line: part.line, code: reason.code, field: "meter",
          detail: "\(reason); \(reason.advice)")
        rejection.raw = part.raw
        rejection.account = account
        rejection.meter = first.meter
        return rejection
      }
    }
    return decision
  }
}
