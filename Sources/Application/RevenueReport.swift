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

/// The revenue of a quarter: `ReportDocument` for people, and for programs.
public struct RevenueReport: Report {
  /// The report, for every form it is printed in.
  public let document: ReportDocument

  /// The document as text.
  public var text: String { document.text }
  /// Whether the control totals agree.
  public var isSatisfied: Bool { document.agrees }

  /// The document as JSON.
  public func encode(to encoder: any Encoder) throws { try document.encode(to: encoder) }
}

/// Which way a report looks at the past.
public enum RevenueView: String, CaseIterable, Sendable {
  /// Each posting in the quarter it was posted in.
  case posted
  /// Cancellations, and what replaces them, in the quarter the bill was first issued in.
  case restated

  /// As the book has it.
  var recorded: ReportView { self == .posted ? .posted : .restated }
}

extension ReportView {
  /// As options and reports have it.
  var name: String { self == .posted ? "posted" : "restated" }
  var rows: RevenueCell.View { self == .posted ? .posted : .restated }
  var title: String { self == .posted ? "as posted" : "restated" }
}

extension Ledger {
  /// The revenue of a quarter, fixed and variable apart.
  ///
  /// - Parameters:
  ///   - version: `revenue@N`; `nil` for the version that answers.
  ///   - known: The first entries of the book that count; `nil` for all.
  public func revenue(
    of quarter: Quarter, _ view: RevenueView, version: String?, knownAt known: UInt64?,
    progress: @escaping ProgressHandler
  ) throws -> RevenueReport {
    let (catalogue, identity) = try revenueVersion(version, knownAt: known)
    let moment = try known.map(lastRecorded(before:)) ?? present()
    return try RevenueReport(
      document: revenue(
        of: quarter, view.recorded, identity, catalogue, until: moment, progress
      ).document)
  }

  /// The catalogue of the first entries of the book, and the version of revenue that is meant.
  func revenueVersion(
    _ version: String?, knownAt known: UInt64?
  ) throws -> (ProjectionCatalogue, ProjectionIdentity) {
    let catalogue = try ProjectionCatalogue(of: self, size: size(knownAt: known))
    let identity = try catalogue.identity(version ?? Revenue.name)
    guard identity.name == Revenue.name else {
      throw Failure("\(identity) is no version of revenue.", advice: "Name one, as revenue@1.")
    }
    return (catalogue, identity)
  }

  /// The report by a version of the projection, of the entries that `catalogue` was read from: the same
  /// entries give the same document, whenever it is made.
  ///
  /// - Parameters:
  ///   - moment: The present, where the quarter may not be over; `nil` makes it from the book alone, and
  ///     no kept rows are believed.
  func revenue(
    of quarter: Quarter, _ view: ReportView, _ identity: ProjectionIdentity,
    _ catalogue: ProjectionCatalogue, until moment: Timestamp? = nil,
    _ progress: @escaping ProgressHandler
  ) throws -> RevenueMade {
    let rows = try rows(
      catalogue.projection(identity), catalogue.size,
      from: moment == nil ? RowBase() : monthEnd(of: identity, before: catalogue.size), progress)
    let root = try root(at: catalogue.size)
    let calendar = try calendar(size: catalogue.size)
    var maker = RevenueDocument(
      quarter, view, try RevenueFigures(rows, size: catalogue.size),
      try unbilled(
        around: quarter, view, catalogue, classificationsOf: identity.version,
        until: moment?.instant, progress: progress))
    maker.asOf = moment.flatMap { quarter.isOver(at: $0.instant) ? nil : $0 }
    let closed = quarter.months.filter { calendar.isClosed(AccountingMonth(rawValue: $0)) }
    maker.facts = [
      .init("months_closed", "Months closed", "\(closed.count) of \(quarter.months.count)"),
      .init("ledger_position", "Ledger position", "\(catalogue.size)", isRepeated: true),
      .init("checkpoint_root", "Checkpoint root", root.hex, isCode: true),
      .init("projection", "Projection", identity.description),
      .init("definition", "By", catalogue.definition(of: identity)),
      .init(
        "projection_digest", "Projection digest", rows.digest().hex, isCode: true,
        isRepeated: true),
    ]
    if view == .posted { maker.posted = try posted(in: quarter, catalogue, progress) }
    return RevenueMade(
      document: maker.document(), cells: maker.cells, root: root, digest: rows.digest())
  }

  /// The rows of a version of revenue after the first `size` entries of the book.
  ///
  /// - Parameter base: Where to go on from: what was kept of a month's end is quick, and no evidence.
  func rows(
    _ projection: some Projection, _ size: UInt64, from base: RowBase = RowBase(),
    _ progress: @escaping ProgressHandler
  ) throws -> RowRun {
    return try projection.rows(after: size, of: book, from: base) { done, total in
      progress(WorkProgress("folding revenue", done: done, of: total, unit: "entries"))
    }
  }

  /// What the general ledger has of the quarter: of receivables by invoices and cancellations, and of
  /// all the accounts in which lines rest.
  private func posted(
    in quarter: Quarter, _ catalogue: ProjectionCatalogue, _ progress: @escaping ProgressHandler
  ) throws -> RevenueDocument.Posted {
    let (first, end) = (quarter.firstDay, quarter.end)
    var sum = RevenueDocument.Posted()
    try foldPostings(
      catalogue.size, by: catalogue.history, into: RevenueDocument.Posted(), progress: progress
    ) {
      if $1.day >= first, $1.day < end { $0.take($1) }
    } consume: {
      sum += $0
    }
    return sum
  }
}

/// A quarter's revenue, and what a filing of it says.
struct RevenueMade: Sendable {
  let document: ReportDocument
  /// The quarter's cells, with their sums.
  let cells: [RevenueCell: RevenueLine]
  let root: [UInt8]
  let digest: [UInt8]
}
