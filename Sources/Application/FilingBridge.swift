import Billing
import CivilTime
public import Documents
import EventLog
import EventSourcing
import Money
import Parallel
import ProjectionStore
import Revenue
import Tariffs

/// What moved a quarter from what was filed to what is known now, by cause.
public struct FilingBridge: Report {
  /// The bridge, for every form it is printed in.
  public let document: ReportDocument

  /// The document as text.
  public var text: String { document.text }
  /// Whether the steps come to what is known now.
  public var isSatisfied: Bool { document.agrees }

  /// The document as JSON.
  public func encode(to encoder: any Encoder) throws { try document.encode(to: encoder) }
}

/// Why a quarter is not what was filed.
enum BridgeCause: Hashable, Sendable {
  /// Bills were first issued in it after it was filed.
  case issuedSince
  /// Bills were cancelled and made again.
  case corrected(CancellationReason)
  /// Another version of the classification answers.
  case reclassified

  /// In the order of the report.
  static var all: [BridgeCause] {
    [.issuedSince] + CancellationReason.allCases.map { .corrected($0) } + [.reclassified]
  }

  /// As programs read it.
  var name: String {
    switch self {
    case .issuedSince: "issued-since"
    case .corrected(let reason): reason.name
    case .reclassified: "reclassified"
    }
  }

  /// As people read it.
  var title: String {
    switch self {
    case .issuedSince: "Bills issued after it was filed"
    case .corrected(.readingCorrected): "Rebilled: a reading was corrected"
    case .corrected(.estimateSettled): "Rebilled: an estimate was settled"
    case .corrected(.ruleChanged): "Rebilled: a rule was wrong"
    case .corrected(.earlierInvoice): "Rebilled: an earlier bill changed"
    case .corrected(.decided): "Rebilled: someone decided so"
    case .reclassified: "Reclassified"
    }
  }
}

/// A correction of a quarter's bills.
struct BridgeCorrection: Hashable, Sendable {
  let position: Position
  let account: String
  /// Numbers of the invoice that was cancelled, and of the one in its place.
  let cancelled: String
  let replacement: String
  let posted: Day
  let reason: CancellationReason
  /// Cents that it moves.
  let moved: Int64
}

extension Ledger {
  /// The bridge from what was filed for a quarter to what is known now, restated by the version of
  /// revenue that answers.
  ///
  /// - Parameters:
  ///   - restatement: Which restatement to begin at; 0 for the first filing, `nil` for what was filed
  ///     last.
  ///   - limit: At most so many corrections are listed; 0 for all.
  public func bridge(
    of quarter: Quarter, restatement: Int?, limit: Int, progress: @escaping ProgressHandler
  ) throws -> FilingBridge {
    let filed = try filed(quarter)
    let place = restatement ?? filed.sealed.count - 1
    guard filed.sealed.indices.contains(place) else {
      throw Failure(
        "\(quarter) was restated \(filed.sealed.count - 1) times: there is no restatement \(place).",
        advice: "`meterbook file show \(quarter)` lists what was filed.")
    }
    let sealed = filed.sealed[place]
    let catalogue = try ProjectionCatalogue(of: self)
    let asFiled = try make(sealed, quarter, progress)
    let live = try catalogue.live(Revenue.name)
    let now = try revenue(of: quarter, .restated, live, catalogue, progress)
    guard let identity = ProjectionIdentity(sealed.projection) else {
      throw Failure("\(sealed.projection) is no projection.", advice: "Run `meterbook verify`.")
    }
    var steps = try BridgeSteps(quarter, sealed)
    try steps.take(
      catalogue.projection(identity), of: self, size: catalogue.size, progress)
    let byFiled = try RevenueFigures(
      rows(catalogue.projection(identity), catalogue.size, progress), size: catalogue.size)
    steps.reclassify(byFiled, to: now.cells)
    let document = BridgeDocument(
      quarter: quarter, sealed: sealed, number: place, asFiled: asFiled, now: now,
      live: live, size: catalogue.size, steps: steps, limit: limit)
    return FilingBridge(document: document.document())
  }
}

/// What each cause moves, by class of revenue, in cents.
struct BridgeSteps: Sendable {
  let quarter: Quarter
  private let sealed: FilingSealed
  private(set) var moved: [BridgeCause: [RevenueClass: Int64]] = [:]
  private(set) var corrections: [BridgeCorrection] = []

  init(_ quarter: Quarter, _ sealed: FilingSealed) throws {
    self.quarter = quarter
    self.sealed = sealed
  }

  /// What one entry moves.
  private struct Found: Sendable {
    var cause: BridgeCause
    var moved: [RevenueClass: Int64]
    var correction: BridgeCorrection?
  }

  /// Takes in what every entry moves by the version that it was filed by: a bill that was issued since,
  /// or a correction, which the filing had where it was posted or not at all.
  mutating func take(
    _ projection: some Projection, of ledger: Ledger, size: UInt64,
    _ progress: @escaping ProgressHandler
  ) throws {
    var done = 0
    try Workers.pipeline(
      feed: { push in PositionRange.parts(to: size).forEach(push) },
      produce: { [self] range in try found(in: range, projection, ledger.book) },
      consume: { range, found in
        for each in found {
          for (revenueClass, cents) in each.moved {
            moved[each.cause, default: [:]][revenueClass, default: 0] += cents
          }
          if let correction = each.correction { corrections.append(correction) }
        }
        done += range.count
        progress(
          WorkProgress("looking for corrections", done: done, of: Int(size), unit: "entries"))
      })
  }

  /// Takes in what another classification moves.
  mutating func reclassify(_ figures: RevenueFigures, to cells: [RevenueCell: RevenueLine]) {
    var found: [RevenueClass: Int64] = [:]
    for (cell, line) in cells {
      if let revenueClass = cell.revenueClass { found[revenueClass, default: 0] += line.billed.net }
    }
    for (cell, sums) in figures.lines(.restated) where Quarter(month: cell.month) == quarter {
      if let revenueClass = cell.revenueClass { found[revenueClass, default: 0] -= sums.net }
    }
    moved[.reclassified] = found.filter { $0.value != 0 }
  }

  private func found(
    in range: PositionRange, _ projection: some Projection, _ book: Book
  ) throws -> [Found] {
    var found: [Found] = []
    try book.read { snapshot in
      try snapshot.forEach(from: range.first, through: range.last) { position, bytes in
        let entry = try EntryPlace(bytes)
        guard entry.kind == .account else { return .proceed }
        let isSince = position.rawValue >= sealed.size
        guard let reason = try Self.reason(entry, bytes, isSince: isSince) else { return .proceed }
        if let each = try self.found(projection, entry, position, bytes, reason) {
          found.append(each)
        }
        return .proceed
      }
    }
    return found
  }

  /// Whether an entry may move the quarter, and why: of one that cancels the reason, of one that only
  /// issues none.
  private static func reason(
    _ entry: EntryPlace, _ bytes: RawSpan, isSince: Bool
  ) throws -> CancellationReason?? {
    var issues = false
    var found: CancellationReason?
    try entry.forEachNumberedEvent(in: bytes) { _, range in
      switch try Event.Kind(peeking: bytes, range) {
      case .invoiceIssued: issues = true
      case .invoiceCancelled:
        if case .invoiceCancelled(let it) = try Event.decode(bytes, range) { found = it.reason }
      default: break
      }
    }
    if let found { return .some(found) }
    return issues && isSince ? .some(nil) : nil
  }

  private func found(
    _ projection: some Projection, _ entry: EntryPlace, _ position: Position, _ bytes: RawSpan,
    _ reason: CancellationReason?
  ) throws -> Found? {
    var fold = projection
    var changes = RowChanges()
    try fold.evolve(entry, at: position, bytes, into: &changes)
    fold.flush(into: &changes)
    let figures = try RevenueFigures(changes.run(), size: 0)
    var moved: [RevenueClass: Int64] = [:]
    func add(_ view: RevenueCell.View, _ sign: Int64) {
      for (cell, sums) in figures.lines(view) where Quarter(month: cell.month) == quarter {
        if let revenueClass = cell.revenueClass {
          moved[revenueClass, default: 0] += sign * sums.net
        }
      }
    }
    add(.restated, 1)
    if position.rawValue < sealed.size { add(sealed.view.rows, -1) }
    guard moved.values.contains(where: { $0 != 0 }) else { return nil }
    var correction: BridgeCorrection?
    if let reason {
      correction = try self.correction(
        entry, position, bytes, reason, moved.values.reduce(0, +))
    }
    return Found(
      cause: reason.map { .corrected($0) } ?? .issuedSince, moved: moved, correction: correction)
  }

  private func correction(
    _ entry: EntryPlace, _ position: Position, _ bytes: RawSpan, _ reason: CancellationReason,
    _ moved: Int64
  ) throws -> BridgeCorrection? {
    let account = bytes.text(in: entry.id)
    var (cancelled, replacement) = ("", "")
    try entry.forEachNumberedEvent(in: bytes) { _, range in
      switch try Event.Kind(peeking: bytes, range) {
      case .invoiceCancelled:
        guard case .invoiceCancelled(let it) = try Event.decode(bytes, range) else { return }
        cancelled = InvoiceIssued.number(account: account, ordinal: it.invoice.ordinal)
      case .invoiceIssued:
        guard let it = try InvoiceView(bytes, range) else { return }
        replacement = InvoiceIssued.number(account: account, ordinal: it.ordinal)
      default: break
      }
    }
    return BridgeCorrection(
      position: position, account: account, cancelled: cancelled, replacement: replacement,
      posted: Day(rawValue: entry.effectiveDay ?? 0), reason: reason, moved: moved)
  }
}

/// Makes the document of a bridge.
struct BridgeDocument {
  let quarter: Quarter
  let sealed: FilingSealed
  /// 0 for the first filing, else the restatement.
  let number: Int
  let asFiled: RevenueMade
  let now: RevenueMade
  let live: ProjectionIdentity
  let size: UInt64
  let steps: BridgeSteps
  let limit: Int

  func document() -> ReportDocument {
    ReportDocument(
      title: "Bridge of a filing", subtitle: "\(quarter), as filed to as known now",
      facts: [
        .init("quarter", "Quarter", quarter.description, isRepeated: true),
        .init("filed", "Filed", number == 0 ? "first" : "restatement \(number)"),
        .init("filed_view", "As filed", sealed.view.title),
        .init("filed_position", "Filed after", "\(sealed.size) entries"),
        .init("filed_projection", "Filed by", sealed.projection),
        .init("filed_sha256", "SHA-256 as filed", sealed.hash.hex, isCode: true),
        .init("ledger_position", "Known now", "\(size) entries"),
        .init("projection", "By", live.description),
        .init("projection_digest", "Projection digest", now.digest.hex, isCode: true),
      ],
      sections: [bridge, classes, earned, corrections],
      notes: [
        "As known now is restated: a cancellation, and the bill in its place, are in the quarter the "
          + "bill was first issued in. The filing stays as it is; `file restate` files what is known "
          + "now."
      ])
  }

  private typealias Sums = [RevenueClass: Int64]

  private func sums(_ made: RevenueMade) -> Sums {
    made.cells.reduce(into: [:]) { sums, line in
      if let revenueClass = line.key.revenueClass {
        sums[revenueClass, default: 0] += line.value.billed.net
      }
    }
  }

  private func cells(_ sums: Sums) -> [ReportDocument.Cell] {
    let parts = RevenuePart.allCases.map { part in
      sums.reduce(0) { RevenuePart($1.key) == part ? $0 + $1.value : $0 }
    }
    return (parts + [parts.reduce(0, +)]).map { .money(Money(cents: $0)) }
  }

  /// As filed, what each cause moves, as known now.
  private var bridge: ReportDocument.Section {
    var section = ReportDocument.Section(
      "bridge", title: "Net billed, by cause",
      columns: [.init("step", "Step", .text), .init("cause", "Cause", .text)]
        + RevenuePart.allCases.map { .init($0.rawValue.lowercased(), $0.rawValue, .money) }
        + [.init("net_billed", "Net billed", .money)], hasTotal: false)
    let (before, after) = (sums(asFiled), sums(now))
    section.add([.text("As filed"), .text("")] + cells(before))
    var reached = before
    var drawn: [(label: String, amount: Money)] = []
    for cause in BridgeCause.all {
      guard let moved = steps.moved[cause], moved.values.contains(where: { $0 != 0 }) else {
        continue
      }
      section.add([.text(cause.title), .text(cause.name)] + cells(moved))
      drawn.append((cause.title, Money(cents: moved.values.reduce(0, +))))
      reached.merge(moved, uniquingKeysWith: +)
    }
    section.add([.text("As known now"), .text("")] + cells(after))
    for (index, part) in RevenuePart.allCases.enumerated() {
      section.controls.append(
        ReportDocument.Control(
          part.rawValue, left: .init("As filed, and every step", cells(reached)[index]),
          right: .init("As known now", cells(after)[index])))
    }
    if !drawn.isEmpty {
      section.charts = [
        .waterfall(
          title: "From as filed to as known now",
          opening: ("As filed", Money(cents: before.values.reduce(0, +))), steps: drawn,
          closing: "As known now")
      ]
    }
    return section
  }

  /// The same class by class.
  private var classes: ReportDocument.Section {
    let causes = BridgeCause.all.filter { steps.moved[$0]?.isEmpty == false }
    var section = ReportDocument.Section(
      "classes", title: "Net billed, by class",
      columns: [
        .init("revenue_class", "Revenue class", .text),
        .init("as_filed", "As filed", .money, isSummed: true),
      ] + causes.map { .init($0.name, $0.title, .money, isSummed: true) } + [
        .init("as_known_now", "As known now", .money, isSummed: true),
        .init("difference", "Difference", .money, isSummed: true),
      ])
    let (before, after) = (sums(asFiled), sums(now))
    for revenueClass in RevenueClass.allCases {
      let amounts =
        [before[revenueClass] ?? 0] + causes.map { steps.moved[$0]?[revenueClass] ?? 0 }
        + [
          after[revenueClass] ?? 0, (after[revenueClass] ?? 0) - (before[revenueClass] ?? 0),
        ]
      guard amounts.contains(where: { $0 != 0 }) else { continue }
      section.add([.text(revenueClass.name)] + amounts.map { .money(Money(cents: $0)) })
    }
    return section
  }

  /// What was unbilled and earned, as filed and as known now.
  private var earned: ReportDocument.Section {
    var section = ReportDocument.Section(
      "earned", title: "Earned",
      columns: [
        .init("known", "Known", .text), .init("net_billed", "Net billed, earned classes", .money),
        .init("unbilled_at_open", "Unbilled at open", .money),
        .init("unbilled_at_close", "Unbilled at close", .money), .init("earned", "Earned", .money),
      ], hasTotal: false)
    for (name, made) in [("As filed", asFiled), ("As known now", now)] {
      let own = made.cells.filter { $0.key.revenueClass != .passThrough }
      func sum(_ amount: (RevenueLine) -> Int64) -> ReportDocument.Cell {
        .money(Money(cents: own.values.reduce(0) { $0 + amount($1) }))
      }
      section.add([
        .text(name), sum { $0.billed.net }, sum { $0.open }, sum { $0.close },
        sum { $0.billed.net - $0.open + $0.close },
      ])
    }
    return section
  }

  /// The corrections that move most.
  private var corrections: ReportDocument.Section {
    var section = ReportDocument.Section(
      "corrections", title: "Corrections, the greatest first",
      columns: [
        .init("account", "Account", .text), .init("cancelled", "Cancelled", .text),
        .init("replacement", "In its place", .text), .init("posted", "Posted", .text),
        .init("cause", "Cause", .text), .init("entry", "Entry", .text),
        .init("moved", "Moves", .money, isSummed: limit == 0),
      ], hasTotal: limit == 0)
    let sorted = steps.corrections.sorted {
      ($1.moved.magnitude, $0.position) < ($0.moved.magnitude, $1.position)
    }
    for each in limit == 0 ? sorted[...] : sorted.prefix(limit) {
      section.add([
        .text(each.account), .text(each.cancelled), .text(each.replacement),
        .text(each.posted.description), .text(each.reason.name),
        .text("\(each.position.rawValue)"), .money(Money(cents: each.moved)),
      ])
    }
    if limit > 0, sorted.count > limit {
      section.notes = ["\(sorted.count - limit) more: --limit 0 lists all."]
    }
    return section
  }
}
