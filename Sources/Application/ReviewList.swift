import Billing
import CivilTime
import Documents
import EventLog
import EventSourcing
import Interchange
import LMDB
import ProjectionStore
import ReviewQueue

/// An item of the review queue.
public struct ReviewItem: Encodable, Sendable {
  let item: String
  /// `open` or `resolved`.
  let status: String
  /// What kind of input: `reading`, `bill`.
  let kind: String
  let reason: String
  let detail: String
  let source: String
  let line: UInt64?
  let field: String
  let account: String
  let meter: String
  let period: InvoiceDocument.Period?
  let rejectedAt: String
  let position: UInt64
  let resolution: String?
  /// Who resolved it, or who began the run that did.
  let resolvedBy: String?
  let resolvedAt: String?

  private enum CodingKeys: String, CodingKey {
    case item, status, kind, reason, detail, source, line, field, account, meter, period, position
    case resolution
    case rejectedAt = "rejected_at"
    case resolvedBy = "resolved_by"
    case resolvedAt = "resolved_at"
  }
}

/// Items of the review queue, oldest first.
public struct ReviewListReport: Report {
  let items: [ReviewItem]
  /// Whether the limit left some out.
  let truncated: Bool
  /// Items of each reason, of those that were asked for.
  let byReason: [String: Int]

  private enum CodingKeys: String, CodingKey {
    case items, truncated
    case byReason = "by_reason"
  }

  /// A table, and the counts by reason.
  public var text: String {
    guard !items.isEmpty else { return "Nothing waits for review." }
    var table = Table([
      ("Item", .left), ("Kind", .left), ("Reason", .left), ("Where", .left), ("Detail", .left),
    ])
    for item in items {
      let place = item.line.map { "\(item.source):\($0)" } ?? item.source
      let subject = [item.account, item.meter].filter { !$0.isEmpty }.joined(separator: " ")
      let note = item.status == "open" ? "" : " (\(item.resolution ?? item.status))"
      table.add([
        item.item, item.kind, item.reason + note, place.isEmpty ? subject : place, item.detail,
      ])
    }
    let counts = byReason.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    return table.text() + (truncated ? "\nThere are more: use --limit or --because." : "")
      + "\n\n" + counts
  }
}

/// An item with the input as it came.
public struct ReviewItemReport: Report {
  let item: ReviewItem
  /// The input; `nil` where there was none, or where it was forgotten.
  let input: String?
  /// The columns that `--set` can correct, and what they hold.
  let columns: [Facts.Fact]

  /// The item's facts, a line each.
  public var text: String {
    var table = Table([("", .left), ("", .left)])
    table.add(["item", item.item])
    table.add(["status", item.status])
    table.add(["kind", item.kind])
    table.add(["reason", item.reason])
    table.add(["detail", item.detail])
    if !item.source.isEmpty {
      table.add(["where", item.line.map { "\(item.source), line \($0)" } ?? item.source])
    }
    if !item.field.isEmpty { table.add(["column", item.field]) }
    if !item.account.isEmpty { table.add(["account", item.account]) }
    if !item.meter.isEmpty { table.add(["meter", item.meter]) }
    if let period = item.period { table.add(["period", "\(period.start) to \(period.end)"]) }
    table.add(["rejected", "\(item.rejectedAt), entry \(item.position)"])
    if let resolution = item.resolution {
      table.add(["resolved", resolution])
      table.add(["  by", "\(item.resolvedBy ?? ""), \(item.resolvedAt ?? "")"])
    }
    if columns.isEmpty, let input { table.add(["input", input]) }
    for column in columns { table.add(["  \(column.name)", column.value]) }
    return table.text()
  }
}

extension Ledger {
  /// The review queue's items in the order in which they were rejected.
  ///
  /// - Parameters:
  ///   - all: Resolved ones too.
  ///   - because: Only those with this reason.
  ///   - limit: At most so many; 0 for all.
  public func reviews(
    all: Bool, because: String?, limit: Int, progress: @escaping ProgressHandler
  ) throws -> ReviewListReport {
    let queue = try followReviewQueue(progress)
    var places: [(position: Position, item: String)] = []
    try queue.forEach(prefix: ReviewQueue.Table.rejected.key("")) { key, value in
      places.append((ReviewQueue.position(inValue: value), ReviewQueue.item(inKey: key)))
      return .proceed
    }
    if !all {
      var open: Set<String> = []
      try queue.forEach(prefix: ReviewQueue.Table.open.key("")) { key, _ in
        open.insert(ReviewQueue.item(inKey: key))
        return .proceed
      }
      places.removeAll { !open.contains($0.item) }
    }
    places.sort { ($0.position, $0.item) < ($1.position, $1.item) }
    return try book.read { snapshot in
      var items: [ReviewItem] = []
      var isTruncated = false
      var byReason: [String: Int] = [:]
      for place in places {
        guard let item = try Self.item(place.item, in: snapshot) else { continue }
        guard because == nil || because == item.reason else { continue }
        byReason[item.reason, default: 0] += 1
        if limit > 0, items.count == limit { isTruncated = true } else { items.append(item) }
      }
      return ReviewListReport(items: items, truncated: isTruncated, byReason: byReason)
    }
  }

  /// An item of the review queue, with its input as it came.
  public func review(_ item: String) throws -> ReviewItemReport {
    let found = try book.read { try Self.item(item, in: $0) }
    guard let found else { throw Self.noSuchItem(item) }
    let input = try keptInput(of: item)
    let fields = try rawInput(of: item)?.record.fields ?? []
    return ReviewItemReport(
      item: found, input: input.map { String(decoding: $0.raw, as: UTF8.self) },
      columns: fields.map { Facts.Fact(name: $0.column, value: $0.value) })
  }

  static func noSuchItem(_ item: String) -> Failure {
    Failure(
      "There is no item '\(item)' in the review queue.",
      advice: "`meterbook review list --all` shows them.")
  }

  /// An item as its stream in the book says.
  static func item(_ item: String, in snapshot: borrowing Snapshot) throws -> ReviewItem? {
    guard StreamID.isValid(item) else { return nil }
    var rejected: (InputRejected, EntryHeader, Position)?
    var resolution: (text: String, by: EntryHeader)?
    try snapshot.forEach(stream: StreamID(.review, item)) { position, bytes in
      let entry = try EntryView(bytes)
      try entry.forEachEvent(in: bytes) { _, range in
        switch try Event.decode(bytes, range) {
        case .inputRejected(let event):
          rejected = (event, entry.header, position)
          resolution = nil
        case .inputResolved(let event):
          let text = event.reason.isEmpty ? "\(event.how)" : "\(event.how): \(event.reason)"
          resolution = (text, entry.header)
        default:
          break
        }
      }
      return .proceed
    }
    guard let (event, header, position) = rejected else { return nil }
    var period: InvoiceDocument.Period?
    if let start = event.start, let end = event.end {
      period = InvoiceDocument.Period(BillingPeriod(start: start, end: end))
    }
    var openings = RunOpenings()
    let resolver = try resolution.map { try openings.opening(of: $0.by, in: snapshot).actor }
    return ReviewItem(
      item: item, status: resolution == nil ? "open" : "resolved", kind: "\(event.kind)",
      reason: event.code, detail: event.detail, source: event.source,
      line: event.line == 0 ? nil : event.line, field: event.field, account: event.account,
      meter: event.meter, period: period, rejectedAt: header.recordedAt.iso,
      position: position.rawValue, resolution: resolution?.text, resolvedBy: resolver,
      resolvedAt: resolution?.by.recordedAt.iso)
  }
}
