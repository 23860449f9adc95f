import Billing
import CivilTime
public import Documents
import EventLog
import EventSourcing
import Money
import ProjectionStore
import Revenue
import Tariffs

/// A filed report as it was filed, made again from the book.
public struct FiledReport: Sendable {
  /// The document.
  public let document: ReportDocument
  /// The bytes whose hash is in the book.
  public let bytes: [UInt8]
}

extension StreamID {
  /// The stream of what was filed for a quarter.
  static func filing(_ quarter: Quarter) -> StreamID { StreamID(.filing, quarter.description) }
}

extension FilingState: StreamState {}

extension Ledger {
  /// The form that filings are sealed in: the report as JSON.
  static let filingForm: UInt32 = 1

  /// Files a quarter as posted: seals the report's position, root, projection and hash into the book.
  ///
  /// - Throws: `Failure` for a quarter that is not over or was filed otherwise, and for control totals
  ///   that differ.
  public func produceFiling(
    of quarter: Quarter, progress: @escaping ProgressHandler
  ) throws -> FilingReport {
    try file(quarter, .posted, progress) { .produce($0) }
  }

  /// Files a quarter again, restated as known now; nothing if that is what was filed last.
  ///
  /// - Throws: `Failure` for a quarter that was not filed.
  public func restateFiling(
    of quarter: Quarter, progress: @escaping ProgressHandler
  ) throws -> FilingReport {
    try file(quarter, .restated, progress) { .restate($0) }
  }

  /// What was filed for a quarter.
  ///
  /// - Throws: `Failure` for a quarter that was not filed.
  public func filing(of quarter: Quarter) throws -> FilingReport {
    try report(quarter, how: nil, next: [])
  }

  /// The report as it was filed: the first filing, or the restatement of a number from 1.
  public func filedReport(
    of quarter: Quarter, restatement: Int, progress: @escaping ProgressHandler
  ) throws -> FiledReport {
    let filed = try filed(quarter)
    guard filed.sealed.indices.contains(restatement) else {
      throw Failure(
        "\(quarter) was restated \(filed.sealed.count - 1) times: there is no restatement "
          + "\(restatement).",
        advice: "`meterbook file show \(quarter)` lists what was filed.")
    }
    let made = try make(filed.sealed[restatement], quarter, progress)
    return FiledReport(document: made.document, bytes: made.bytes)
  }

  /// Makes what was filed again from the book alone, and compares the bytes.
  public func verifyFiling(
    of quarter: Quarter, progress: @escaping ProgressHandler
  ) throws -> FilingVerification {
    var rows: [FilingVerification.Row] = []
    for (index, sealed) in try filed(quarter).sealed.enumerated() {
      let made = try make(sealed, quarter, progress)
      var differs: [String] = []
      if made.root != sealed.root { differs.append("root") }
      if made.digest != sealed.digest { differs.append("projection digest") }
      if sealed.form != Self.filingForm { differs.append("form") }
      let hash = Identifiers.sha256(made.bytes)
      rows.append(
        FilingVerification.Row(
          number: index + 1, sealed: sealed.hash.hex, made: hash.hex,
          agrees: hash == sealed.hash && made.bytes.count == sealed.byteCount && differs.isEmpty,
          differs: differs))
    }
    return FilingVerification(
      quarter: quarter.description, filings: rows, agrees: rows.allSatisfy(\.agrees))
  }

  /// What was filed for a quarter.
  ///
  /// - Throws: `Failure` if nothing was.
  func filed(_ quarter: Quarter) throws -> FilingState {
    let state = try book.read { try FilingState(of: .filing(quarter), in: $0) }
    guard !state.sealed.isEmpty else {
      let reason = FilingRejection.notFiled
      throw Failure(
        "\(quarter): \(reason).", advice: "File it with `meterbook file produce \(quarter)`.")
    }
    return state
  }

  private func file(
    _ quarter: Quarter, _ view: ReportView, _ progress: @escaping ProgressHandler,
    _ command: (FilingSealed) -> FilingCommand
  ) throws -> FilingReport {
    let authority = try authority()
    if view == .restated { _ = try filed(quarter) }
    try requireOver(quarter.end, quarter.description, to: "File")
    while true {
      let (state, control) = try book.read { snapshot in
        (
          try FilingState(of: .filing(quarter), in: snapshot),
          try snapshot.streamHead(ControlEvent.stream)?.version ?? 0
        )
      }
      let (rules, calendar) = (try rulebook().version, try calendar().version)
      let catalogue = try ProjectionCatalogue(of: self)
      let identity = try catalogue.live(Revenue.name)
      let made = try revenue(of: quarter, view, identity, catalogue, progress)
      guard made.document.agrees else {
        throw Failure(
          "\(quarter) is not filed: \(made.document.verdict)",
          advice: "See `meterbook revenue \(quarter)`, and run `meterbook verify`.")
      }
      if let before = view == .posted ? state.sealed.first : state.sealed.last,
        try make(before, quarter, progress).figures == made.figures
      {
        return try report(
          quarter, how: view == .posted ? "filed before" : "unchanged since it was filed", next: [])
      }
      let sealed = FilingSealed(
        made, size: catalogue.size, projection: identity.description, view: view)
      let events: [Event]
      do throws(FilingRejection) {
        events = try Filings.decide(command(sealed), state)
      } catch {
        throw Failure("\(quarter): \(error).", advice: "\(error.advice).".sentence)
      }
      var batch = Batch()
      batch.add(header(.filing(quarter), state.version + 1, authority)) { writer in
        for event in events { event.encodeField(into: &writer) }
      }
      batch.require(.rules, at: rules)
      batch.require(.calendar, at: calendar)
      batch.require(ControlEvent.stream, at: control)
      guard case .appended = try append(batch, at: now()) else { continue }
      return try report(
        quarter, how: view == .posted ? "filed" : "restated", next: openMonths(of: quarter))
    }
  }

  /// A filed report, made again from the book alone.
  func make(
    _ sealed: FilingSealed, _ quarter: Quarter, _ progress: @escaping ProgressHandler
  ) throws -> RevenueMade {
    guard let identity = ProjectionIdentity(sealed.projection) else {
      throw Failure(
        "\(quarter) was filed by \(sealed.projection), which this program does not know.",
        advice: "Use a program that does.")
    }
    let catalogue = try ProjectionCatalogue(of: self, size: sealed.size)
    return try revenue(of: quarter, sealed.view, identity, catalogue, progress)
  }

  private func openMonths(of quarter: Quarter) throws -> [String] {
    let calendar = try calendar()
    let open = quarter.months.map { AccountingMonth(rawValue: $0) }.filter {
      !calendar.isClosed($0)
    }
    guard let first = open.first else { return [] }
    return [
      "\(open.map(\.description).joined(separator: ", ")) \(open.count == 1 ? "is" : "are") open: "
        + "what is posted there from now on is not in this filing. `meterbook close \(first)` closes "
        + "\(open.count == 1 ? "it" : "the first of them")."
    ]
  }

  private func report(_ quarter: Quarter, how: String?, next: [String]) throws -> FilingReport {
    _ = try filed(quarter)
    var filings: [FilingReport.Sealed] = []
    try book.read { snapshot in
      try snapshot.forEach(stream: .filing(quarter)) { position, bytes in
        let entry = try EntryView(bytes)
        for event in try entry.decodedEvents(bytes) {
          switch event {
          case .filingProduced(let it), .filingRestated(let it):
            filings.append(
              FilingReport.Sealed(it, entry.header, position, number: filings.count + 1))
          default: break
          }
        }
        return .proceed
      }
    }
    return try FilingReport(
      quarter: quarter.description, how: how, filings: filings, next: next,
      root: book.head().root.bytes.hex)
  }
}

extension FilingReport.Sealed {
  fileprivate init(
    _ it: FilingSealed, _ header: EntryHeader, _ position: Position, number: Int
  ) {
    self.init(
      number: number, position: position.rawValue, filedAt: header.recordedAt.iso,
      actor: header.actor, reason: header.reason, view: it.view.name, size: it.size,
      root: it.root.hex, projection: it.projection, digest: it.digest.hex, form: it.form,
      byteCount: it.byteCount, sha256: it.hash.hex,
      totals: it.totals.map {
        FilingReport.Total(
          revenueClass: $0.revenueClass.name, netBilled: $0.netBilled.description,
          earned: $0.earned.description)
      })
  }
}

extension FilingSealed {
  /// A report that is to be filed.
  fileprivate init(_ made: RevenueMade, size: UInt64, projection: String, view: ReportView) {
    let bytes = made.bytes
    let totals = RevenueClass.allCases.compactMap { revenueClass -> ClassTotal? in
      let lines = made.cells.filter { $0.key.revenueClass == revenueClass }.values
      guard !lines.isEmpty else { return nil }
      return ClassTotal(
        revenueClass: revenueClass,
        netBilled: Money(cents: lines.reduce(0) { $0 + $1.billed.net }),
        earned: Money(cents: lines.reduce(0) { $0 + ($1.earned(as: revenueClass) ?? 0) }))
    }
    self.init(
      size: size, root: made.root, projection: projection, digest: made.digest, view: view,
      form: Ledger.filingForm, byteCount: UInt64(bytes.count), hash: Identifiers.sha256(bytes),
      totals: totals)
  }
}

extension RevenueMade {
  /// The bytes that a filing is the hash of: the report as JSON, with a line break.
  var bytes: [UInt8] { Array(document.json.utf8) + [UInt8(ascii: "\n")] }

  /// What it says, without by what it was made.
  fileprivate var figures: [[[ReportDocument.Cell]]] { document.sections.map(\.rows) }
}
