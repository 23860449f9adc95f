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
    let head = try book.head().size
    guard known ?? 0 <= head else {
      throw Failure(
        "The book has \(head) entries; --known-at \(known ?? 0) is beyond them.",
        advice: "Name a position of the book, or a time.")
    }
    let catalogue = try ProjectionCatalogue(of: self, size: known ?? head)
    let identity = try catalogue.identity(version ?? Revenue.name)
    guard identity.name == Revenue.name else {
      throw Failure("\(identity) is no version of revenue.", advice: "Name one, as revenue@1.")
    }
    let rows = try rows(catalogue.projection(identity), catalogue.size, progress)
    let figures = try RevenueFigures(rows, size: catalogue.size)
    var maker = RevenueDocument(quarter, view, figures)
    maker.facts = [
      .init("ledger_position", "Ledger position", "\(catalogue.size)"),
      .init("checkpoint_root", "Checkpoint root", try root(at: catalogue.size).hex, isCode: true),
      .init("projection", "Projection", identity.description),
      .init("definition", "By", catalogue.definition(of: identity)),
      .init("projection_digest", "Projection digest", rows.digest().hex, isCode: true),
    ]
    if view == .posted { maker.posted = try posted(in: quarter, catalogue, progress) }
    return RevenueReport(document: maker.document())
  }

  /// The head that `text` means: a position (the entries before it), or a time (those recorded by then).
  public func size(knownAt text: String) throws -> UInt64 {
    if let position = UInt64(text) { return position }
    guard let time = Authority.time(text) else {
      throw Failure(
        "--known-at \(text) is neither a position nor a time.",
        advice: "Give a number of entries, or a time such as 2026-04-01T06:00:00Z.")
    }
    return try book.read { snapshot in
      var (low, high) = (UInt64(0), snapshot.head.size)
      while low < high {
        let middle = (low + high) / 2
        let recorded = try snapshot.withEntry(at: Position(middle)) {
          try EntryView($0).header.recordedAt
        }
        if recorded <= time { low = middle + 1 } else { high = middle }
      }
      return low
    }
  }

  private func rows(
    _ projection: some Projection, _ size: UInt64, _ progress: @escaping ProgressHandler
  ) throws -> RowRun {
    try projection.rows(after: size, of: book) { done, total in
      progress(WorkProgress("folding revenue", done: done, of: total, unit: "entries"))
    }
  }

  /// What the general ledger has of the quarter: of receivables by invoices and cancellations, and of
  /// all the accounts in which lines rest.
  private func posted(
    in quarter: Quarter, _ catalogue: ProjectionCatalogue, _ progress: @escaping ProgressHandler
  ) throws -> RevenueDocument.Posted {
    let history = catalogue.history
    let (first, end) = (quarter.firstDay, quarter.end)
    var sum = RevenueDocument.Posted()
    var done = 0
    try Workers.pipeline(
      feed: { push in PositionRange.parts(of: catalogue.size).forEach(push) },
      produce: { range in
        var part = RevenueDocument.Posted()
        try self.post(range, by: history) { postings in
          for posting in postings where posting.day >= first && posting.day < end {
            part.take(posting)
          }
        }
        return part
      },
      consume: { range, part in
        sum.invoices += part.invoices
        sum.lines += part.lines
        done += range.count
        progress(
          WorkProgress("posting", done: done, of: Int(catalogue.size), unit: "entries"))
      })
    return sum
  }
}

/// Makes the document of a quarter's revenue.
struct RevenueDocument {
  /// What the general ledger has of a quarter.
  struct Posted: Sendable {
    /// What invoices and cancellations debited to receivables.
    var invoices = Money.zero
    /// What was credited where their lines rest.
    var lines = Money.zero

    /// Takes in a posting.
    mutating func take(_ posting: Posting) {
      switch posting.side {
      case .receivable: invoices += posting.amount
      case .line: lines -= posting.amount
      case .other: break
      }
    }
  }

  var facts: [ReportDocument.Fact] = []
  var posted: Posted?
  private let quarter: Quarter
  private let view: RevenueView
  private let lines: [RevenueCell: RevenueSums]
  private let bills: [RevenueCell: Int64]
  /// What all quarters come to in both views.
  private let everPosted: Int64
  private let everRestated: Int64

  init(_ quarter: Quarter, _ view: RevenueView, _ figures: RevenueFigures) {
    self.quarter = quarter
    self.view = view
    var lines: [RevenueCell: RevenueSums] = [:]
    for (cell, sums) in figures.lines(view.rows) where cell.quarter == quarter {
      lines[cell.ofQuarter, default: RevenueSums()] += sums
    }
    var bills: [RevenueCell: Int64] = [:]
    for (cell, counts) in figures.bills
    where (cell.view == .both || cell.view == view.rows) && cell.quarter == quarter {
      bills[cell.ofQuarter, default: 0] += counts.reduce(0, +)
    }
    (self.lines, self.bills) = (lines, bills)
    everPosted = figures.lines(.posted).reduce(0) { $0 + $1.sums.net }
    everRestated = figures.lines(.restated).reduce(0) { $0 + $1.sums.net }
  }

  func document() -> ReportDocument {
    ReportDocument(
      title: "Quarterly revenue", subtitle: "\(quarter), \(view.title)",
      facts: [
        .init("quarter", "Quarter", quarter.description), .init("view", "View", view.rawValue),
      ] + facts,
      sections: [parts, revenue, customers],
      notes: [
        "Fixed is FIXED and MINIMUM; variable is VARIABLE_ENERGY, VARIABLE_DEMAND and "
          + "VARIABLE_RIDER; the rest is neither. Classes are those of the classification named "
          + "above, by the day a bill was issued.",
        "Net billed = gross billed + cancelled + rebilled. Prior period (of rebilled) and waived "
          + "are memorandum figures.",
        view == .posted
          ? "As posted: a cancellation, and the bill in its place, are in the quarter they were "
            + "posted in."
          : "Restated: a cancellation, and the bill in its place, are in the quarter the bill was "
            + "first issued in.",
      ])
  }

  private var net: Int64 { lines.values.reduce(0) { $0 + $1.net } }

  /// Fixed, variable and neither.
  private var parts: ReportDocument.Section {
    var section = ReportDocument.Section(
      "parts", title: "Fixed and variable",
      columns: [
        .init("part", "Part", .text), .init("net_billed", "Net billed", .money, isSummed: true),
      ])
    for part in RevenuePart.allCases {
      let sum = lines.reduce(0) {
        RevenuePart($1.key.revenueClass) == part ? $0 + $1.value.net : $0
      }
      section.add([.text(part.rawValue), .money(Money(cents: sum))])
    }
    let total = ReportDocument.Cell.money(Money(cents: net))
    if let posted {
      section.controls = [
        .init(
          "Net billed", left: .init("All classes", total),
          right: .init("Invoices less cancellations", .money(posted.invoices))),
        .init(
          "Net billed", left: .init("All classes", total),
          right: .init("General ledger", .money(posted.lines))),
      ]
    } else {
      section.controls = [
        .init(
          "All quarters", left: .init("Restated", .money(Money(cents: everRestated))),
          right: .init("As posted", .money(Money(cents: everPosted))))
      ]
    }
    if !lines.isEmpty { section.charts = [chart] }
    return section
  }

  private var chart: ReportDocument.Chart {
    let plans = Set(lines.keys.map(\.plan)).sorted()
    return .stackedBars(
      title: "Net billed by plan", categories: plans.map { $0.isEmpty ? "no plan" : $0 },
      series: RevenuePart.allCases.map { part in
        .init(
          part.rawValue,
          plans.map { plan in
            Money(
              cents: lines.reduce(0) {
                $1.key.plan == plan && RevenuePart($1.key.revenueClass) == part
                  ? $0 + $1.value.net : $0
              })
          })
      })
  }

  /// A row for each cell.
  private var revenue: ReportDocument.Section {
    var section = ReportDocument.Section(
      "revenue", title: "Revenue",
      columns: [
        .init("jurisdiction", "Jurisdiction", .text), .init("sector", "Sector", .text),
        .init("customer_class", "Customer class", .text), .init("rate_plan", "Rate plan", .text),
        .init("revenue_class", "Revenue class", .text),
        .init("ledger_account", "Ledger account", .text),
        .init("gross_billed", "Gross billed", .money, isSummed: true),
        .init("cancelled", "Cancelled", .money, isSummed: true),
        .init("rebilled", "Rebilled", .money, isSummed: true),
        .init("prior_period_rebilled", "Prior period (memo)", .money, isSummed: true),
        .init("waived", "Waived (memo)", .money, isSummed: true),
        .init("net_billed", "Net billed", .money, isSummed: true),
        .init("kwh_billed", "kWh billed", .energy, isSummed: true),
        .init("kw_billed", "kW billed", .power, isSummed: true),
        .init("bills", "Bills", .count),
        .init(
          "revenue_per_kwh", "Revenue per kWh", decimals: 5,
          .init("net_billed", by: "kwh_billed")),
      ], groupedBy: 1)
    for (cell, sums) in lines.sorted(by: { $0.key.reportOrder < $1.key.reportOrder }) {
      section.add([
        .text(cell.jurisdiction), .text(cell.sector), .text(cell.customerClass.name),
        .text(cell.plan), .text(cell.revenueClass?.name ?? ""), .text(cell.ledger),
        .money(Money(cents: sums.gross)), .money(Money(cents: sums.cancelled)),
        .money(Money(cents: sums.rebilled)), .money(Money(cents: sums.priorPeriod)),
        .money(Money(cents: sums.waived)), .money(Money(cents: sums.net)),
        .energy(wattHours: sums.energy.thousandths), .power(watts: sums.power.thousandths),
        .count(sums.bills), .empty,
      ])
    }
    section.notes = [
      "Bills are those with such a line: one bill counts in several rows. A tax is in the "
        + "jurisdiction that levies it."
    ]
    return section
  }

  /// Bills and average customers.
  private var customers: ReportDocument.Section {
    var section = ReportDocument.Section(
      "customers", title: "Customers",
      columns: [
        .init("jurisdiction", "Jurisdiction", .text), .init("sector", "Sector", .text),
        .init("customer_class", "Customer class", .text), .init("rate_plan", "Rate plan", .text),
        .init("bills", "Bills", .count, isSummed: true),
        .init("months", "Months", .count),
        .init("average_customers_by_bills", "Average customers by bills", .ratio(decimals: 2)),
      ])
    for (cell, count) in bills.sorted(by: { $0.key.reportOrder < $1.key.reportOrder }) {
      section.add([
        .text(cell.jurisdiction), .text(cell.sector), .text(cell.customerClass.name),
        .text(cell.plan), .count(count), .count(3),
        .ratio((200 * count + (count < 0 ? -3 : 3)) / 6, decimals: 2),
      ])
    }
    section.notes = ["Bills issued, less those cancelled; a month's customers are its bills."]
    return section
  }
}

/// What a class of revenue counts as.
private enum RevenuePart: String, CaseIterable {
  case fixed = "Fixed"
  case variable = "Variable"
  case neither = "Neither"

  init(_ revenueClass: RevenueClass?) {
    switch revenueClass {
    case .fixed, .minimum: self = .fixed
    case .variableEnergy, .variableDemand, .variableRider: self = .variable
    default: self = .neither
    }
  }
}

extension RevenueCell {
  /// The same for all months of the quarter and both views.
  fileprivate var ofQuarter: RevenueCell {
    var cell = self
    (cell.view, cell.month) = (.both, UInt32(3 * quarter.number))
    return cell
  }

  fileprivate var reportOrder: (String, String, String, String, UInt8, String) {
    (
      jurisdiction, sector, "\(customerClass.rawValue)", plan, revenueClass?.rawValue ?? 0, ledger
    )
  }
}

extension Int64 {
  /// A thousandth, half away from zero.
  fileprivate var thousandths: Int64 { (self + (self < 0 ? -500 : 500)) / 1000 }
}
