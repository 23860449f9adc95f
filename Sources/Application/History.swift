import Billing
import CivilTime
import Documents
import EventLog
import EventSourcing
import Tariffs

/// Every event of an account, oldest first.
public struct HistoryReport: Report {
  /// One event.
  public struct Row: Encodable, Sendable {
    let address: String
    let version: UInt64
    let recordedAt: String
    let effective: String?
    let actor: String
    let reason: String
    let run: UInt64?
    let event: String
    let facts: [Facts.Fact]

    private enum CodingKeys: String, CodingKey {
      case address, version, effective, actor, reason, run, event, facts
      case recordedAt = "recorded_at"
    }
  }

  let account: String
  let events: [Row]

  /// A line an event, with its facts below.
  public var text: String {
    var lines = ["Account \(account): \(events.count) events"]
    var entry: UInt64?
    for row in events {
      if entry != row.version {
        entry = row.version
        var line = "\n\(row.recordedAt)  \(row.actor)"
        if let effective = row.effective { line += "  effective \(effective)" }
        if let run = row.run { line += "  run \(run)" }
        if !row.reason.isEmpty { line += "  \"\(row.reason)\"" }
        lines.append(line)
      }
      let facts = row.facts.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
      lines.append("  \(row.address)  \(row.event)" + (facts.isEmpty ? "" : "  \(facts)"))
    }
    return lines.joined(separator: "\n")
  }
}

extension Ledger {
  /// Every event of `account`: when, who, why, what.
  public func history(of account: String) throws -> HistoryReport {
    let stream = try accountStream(account)
    var labels = ChargeLabels(of: account, in: self)
    return try book.read { snapshot in
      var rows: [HistoryReport.Row] = []
      var openings = RunOpenings()
      try snapshot.forEach(stream: stream) { position, bytes in
        let entry = try EntryView(bytes)
        let header = entry.header
        let (actor, reason) = try openings.authority(of: header, in: snapshot)
        let events = try entry.decodedEvents(bytes)
        let lines = try labels.next(entry, bytes, events, at: position)
        for (index, event) in events.enumerated() {
          rows.append(
            HistoryReport.Row(
              address: EventAddress(position, index).description, version: header.version,
              recordedAt: header.recordedAt.iso,
              effective: header.effectiveDay.map { Day(rawValue: $0).description },
              actor: actor, reason: reason, run: header.run == 0 ? nil : header.run,
              event: event.kind.name,
              facts: (index < lines.count ? [lines[index]] : []) + Facts.of(event)))
        }
        return .proceed
      }
      return HistoryReport(account: account, events: rows)
    }
  }

  /// The stream of an account that exists.
  ///
  /// - Throws: `Failure` if it does not.
  func accountStream(_ account: String) throws -> StreamID {
    let stream = StreamID(.account, account)
    guard StreamID.isValid(account), try book.read({ try $0.streamHead(stream) }) != nil else {
      throw Failure(
        "There is no account '\(account)' in this book.",
        advice: "Check the number; `meterbook invoice list` shows accounts that were billed.")
    }
    return stream
  }
}

/// What the charges of an account's invoices are, in words: the events themselves leave out what
/// the tariff implies.
private struct ChargeLabels {
  private let account: String
  private let ledger: Ledger
  private let rulebook: Result<RulebookState, any Error>
  private var rules: [UInt64: RuleSet] = [:]
  private var state = AccountState()
  private var places: [Position] = []

  init(of account: String, in ledger: Ledger) {
    self.account = account
    self.ledger = ledger
    rulebook = Result { try ledger.rulebook() }
  }

  /// The labels of the charges in the next entry of the account, in order; none where the entry
  /// issues no invoice, or the invoice cannot be derived.
  mutating func next(
    _ entry: EntryView, _ bytes: RawSpan, _ events: [Event], at position: Position
  ) throws -> [Facts.Fact] {
    let before = state
    places.append(position)
    try state.apply(entry, bytes)
    guard case .invoiceIssued(let invoice)? = events.last else { return [] }
    let rulebook = try rulebook.get()
    if rules[invoice.rules] == nil {
      rules[invoice.rules] = try ledger.rules(through: invoice.rules, rulebook)
    }
    guard let rules = rules[invoice.rules], let zone = try? rulebook.zone(of: before),
      let derivation = try? Account.derive(events, state: before, rules: rules, zone: zone)
    else { return [] }
    let stored = StoredInvoice(
      account: account, header: entry.header, position: position, state: before, places: places,
      rules: rules, zone: zone, derivation: derivation)
    let builder = InvoiceBuilder(stored: stored, issuer: "", isSimulated: false)
    return derivation.charges.indices.map { index in
      let line = builder.line(index)
      return Facts.Fact(name: "line", value: "\(line.line) \(line.type) \(line.label)")
    }
  }
}

/// Who and why of runs, read once each.
struct RunOpenings {
  private var known: [UInt64: (actor: String, reason: String)] = [:]

  /// Who wrote an entry and why: as it says, or as its run's opening does.
  mutating func authority(
    of header: EntryHeader, in snapshot: borrowing Snapshot
  ) throws -> (actor: String, reason: String) {
    guard header.run != 0 else { return (header.actor, header.reason) }
    if let found = known[header.run] { return found }
    var found = (actor: "", reason: "")
    try snapshot.forEach(stream: .run(header.run)) { _, bytes in
      let opening = try EntryView(bytes).header
      found = (opening.actor, opening.reason)
      return .stop
    }
    known[header.run] = found
    return found
  }
}
