import Billing
import CivilTime
import Documents
import EventLog
import EventSourcing

/// Entries of the book: who wrote what, when and why, in the order of the book.
public struct AuditReport: Report {
  /// One entry.
  public struct Row: Encodable, Sendable {
    /// The entry's position.
    let entry: UInt64
    let recordedAt: String
    let effective: String?
    /// Its own day, where that day's period was closed and `effective` is the first open day.
    let original: String?
    let actor: String
    let reason: String
    let run: UInt64?
    /// What the run was: as `import readings, file march.csv`.
    let source: String?
    /// As `account/1000000001`.
    let stream: String
    let events: [Fact]
    /// What happened, in words.
    let words: [String]

    private enum CodingKeys: String, CodingKey {
      case entry, effective, original, actor, reason, run, source, stream, events, words
      case recordedAt = "recorded_at"
    }
  }

  /// One event.
  public struct Fact: Encodable, Sendable {
    let address: String
    let event: String
    let facts: [Facts.Fact]
  }

  /// How many entries the book had.
  let size: UInt64
  let entries: [Row]
  /// Whether the limit left some out.
  let truncated: Bool

  /// A table, or a sentence where there are none.
  public var text: String {
    guard !entries.isEmpty else { return "No entries." }
    var table = Table([
      ("Entry", .right), ("Recorded at", .left), ("Effective", .left), ("Who", .left),
      ("Why", .left), ("Run", .right), ("Stream", .left), ("What", .left),
    ])
    for row in entries {
      table.add([
        "\(row.entry)", row.recordedAt, row.effective ?? "", row.actor, row.reason,
        row.run.map { "\($0)" } ?? "", row.stream, row.words.joined(separator: "; "),
      ])
    }
    return table.text()
      + (truncated ? "\nThere are more: use --limit, or --from the last time shown." : "")
  }
}

extension Ledger {
  /// The entries that a filter means, in the order of the book.
  ///
  /// - Parameter limit: At most so many; 0 for all.
  public func audit(
    _ filter: AuditFilter = AuditFilter(), limit: Int, progress: @escaping ProgressHandler
  ) throws -> AuditReport {
    let search = AuditSearch(try followAuditTrail(progress), of: self)
    return try book.read { snapshot in
      let (range, among) = try search.positions(filter, in: snapshot)
      var table = AuditTable(limit: limit)
      if let among {
        for position in among.sorted() where range.contains(position.rawValue) {
          let step = try snapshot.withEntry(at: position) {
            try table.add(position, $0, in: snapshot)
          }
          guard step == .proceed else { break }
        }
      } else if !range.isEmpty {
        try snapshot.forEach(
          from: Position(range.lowerBound), through: Position(range.upperBound - 1)
        ) { try table.add($0, $1, in: snapshot) }
      }
      return AuditReport(
        size: snapshot.head.size, entries: table.rows, truncated: table.isTruncated)
    }
  }
}

/// The rows of a report, up to a limit.
private struct AuditTable {
  private(set) var rows: [AuditReport.Row] = []
  private(set) var isTruncated = false
  private var words = AuditWords()
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// Adds an entry; says stop at the limit.
  mutating func add(
    _ position: Position, _ bytes: RawSpan, in snapshot: borrowing Snapshot
  ) throws -> ReadStep {
    if limit > 0, rows.count == limit {
      isTruncated = true
      return .stop
    }
    rows.append(try words.row(position, bytes, in: snapshot))
    return .proceed
  }
}

/// Puts entries into words. It keeps accounts as of their last entry that was told.
private struct AuditWords {
  private struct Account {
    var state = AccountState()
    /// Where each entry is, by version from 1.
    var places: [Position] = []

    /// As `17.2`.
    func address(_ reference: EventReference) -> String {
      let place = Int(reference.version) - 1
      guard places.indices.contains(place) else { return "\(reference.version).\(reference.index)" }
      return EventAddress(places[place], Int(reference.index)).description
    }
  }

  /// How many accounts are kept at once.
  private static let maximumAccounts = 1024
  /// The longest facts of an event in a table.
  private static let longestFacts = 100

  private var openings = RunOpenings()
  private var accounts: [String: Account] = [:]

  mutating func row(
    _ position: Position, _ bytes: RawSpan, in snapshot: borrowing Snapshot
  ) throws -> AuditReport.Row {
    let entry = try EntryView(bytes)
    let header = entry.header
    let opening = try openings.opening(of: header, in: snapshot)
    let told = try events(entry, bytes, at: position, in: snapshot)
    return AuditReport.Row(
      entry: position.rawValue, recordedAt: header.recordedAt.iso,
      effective: header.effectiveDay.map { Day(rawValue: $0).description },
      original: header.originalDay.map { Day(rawValue: $0).description }, actor: opening.actor,
      reason: opening.reason, run: header.run == 0 ? nil : header.run, source: opening.source,
      stream: header.stream.description, events: told.facts, words: told.words)
  }

  private mutating func events(
    _ entry: EntryView, _ bytes: RawSpan, at position: Position, in snapshot: borrowing Snapshot
  ) throws -> (facts: [AuditReport.Fact], words: [String]) {
    let stream = entry.header.stream
    var facts: [AuditReport.Fact] = []
    func add(_ name: String, _ told: [Facts.Fact]) {
      let address = EventAddress(position, facts.count)
      facts.append(AuditReport.Fact(address: address.description, event: name, facts: told))
    }
    guard stream.kind != .book else {
      try entry.forEachEvent(in: bytes) { _, range in
        let event = try ControlEvent(bytes, range)
        add(event.auditName, [])
      }
      return (facts, facts.map(\.event))
    }
    let events = try entry.decodedEvents(bytes)
    guard stream.kind == .account else {
      for event in events { add(event.kind.name, Facts.of(event)) }
      return (facts, facts.map(Self.words))
    }
    let account = try account(of: stream, through: entry.header.version, in: snapshot)
    var words: [String] = []
    var counts: [(name: String, count: Int)] = []
    for event in events {
      add(
        event.kind.name,
        Facts.of(event, line: nil, meters: account.state.meters, address: account.address))
      if let sentence = event.sentence(on: stream.id, account.state) {
        words.append(sentence)
      } else if let place = counts.firstIndex(where: { $0.name == event.kind.name }) {
        counts[place].count += 1
      } else {
        counts.append((event.kind.name, 1))
      }
    }
    words += counts.map { $0.count == 1 ? $0.name : "\($0.count) \($0.name)" }
    return (facts, words)
  }

  /// An event of another stream: its name, and its facts as far as a table bears them.
  private static func words(_ event: AuditReport.Fact) -> String {
    let facts = event.facts.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
    guard !facts.isEmpty else { return event.event }
    let isLong = facts.count > longestFacts
    return "\(event.event) (\(isLong ? facts.prefix(longestFacts) + "..." : facts))"
  }

  /// An account as of a version; versions are asked for in ascending order.
  private mutating func account(
    of stream: StreamID, through version: UInt64, in snapshot: borrowing Snapshot
  ) throws -> Account {
    if accounts.count >= Self.maximumAccounts, accounts[stream.id] == nil { accounts = [:] }
    var account = accounts[stream.id] ?? Account()
    try snapshot.forEach(stream: stream, fromVersion: UInt64(account.places.count) + 1) {
      position, bytes in
      let entry = try EntryView(bytes)
      guard entry.header.version <= version else { return .stop }
      try account.state.apply(entry, bytes)
      account.places.append(position)
      return .proceed
    }
    accounts[stream.id] = account
    return account
  }
}

extension ControlEvent {
  /// The event's name, as `BookCreated`.
  fileprivate var auditName: String {
    switch self {
    case .bookCreated: "BookCreated"
    case .volumeSealed: "VolumeSealed"
    case .projectionPromoted: "ProjectionPromoted"
    case .projectionRolledBack: "ProjectionRolledBack"
    }
  }
}
