import Billing
import CivilTime
import Documents
import EventSourcing
import Money
import Revenue
import Tariffs

/// Makes the document of a quarter's revenue.
struct RevenueDocument {
  /// What the general ledger has of a quarter.
  struct Posted: Sendable {
    /// What invoices and cancellations debited to receivables.
    var invoices = Money.zero
    /// What was credited where their lines rest.
    var lines = Money.zero

    /// Adds another part of the ledger.
    static func += (left: inout Self, right: Self) {
      left.invoices += right.invoices
      left.lines += right.lines
    }

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
  /// The present, where the quarter is not over.
  var asOf: Timestamp?
  private let quarter: Quarter
  private let view: ReportView
  /// The quarter's cells, with their sums.
  let cells: [RevenueCell: RevenueLine]
  private let bills: [RevenueCell: Int64]
  private let unbilled: UnbilledFigures
  /// What all quarters come to in both views.
  private let everPosted: Int64
  private let everRestated: Int64

  init(
    _ quarter: Quarter, _ view: ReportView, _ figures: RevenueFigures, _ unbilled: UnbilledFigures
  ) {
    self.quarter = quarter
    self.view = view
    self.unbilled = unbilled
    var lines: [RevenueCell: RevenueLine] = [:]
    for (cell, sums) in figures.lines(view.rows) where cell.quarter == quarter {
      lines[cell.ofQuarter, default: RevenueLine()].billed += sums
    }
    for (cell, sums) in unbilled.open {
      lines[cell.of(quarter), default: RevenueLine()].open += sums.cents
    }
    for (cell, sums) in unbilled.close {
      lines[cell.of(quarter), default: RevenueLine()].close += sums.cents
      lines[cell.of(quarter), default: RevenueLine()].energy += sums.energy
    }
    var bills: [RevenueCell: Int64] = [:]
    for (cell, counts) in figures.bills
    where (cell.view == .both || cell.view == view.rows) && cell.quarter == quarter {
      bills[cell.ofQuarter, default: 0] += counts.reduce(0, +)
    }
    (cells, self.bills) = (lines, bills)
    everPosted = figures.lines(.posted).reduce(0) { $0 + $1.sums.net }
    everRestated = figures.lines(.restated).reduce(0) { $0 + $1.sums.net }
  }

  func document() -> ReportDocument {
    ReportDocument(
      title: "Quarterly revenue", subtitle: "\(quarter), \(view.title)",
      facts: [
        .init("quarter", "Quarter", quarter.description, isRepeated: true),
        .init("view", "View", view.name),
      ] + facts,
      sections: [parts, revenue, customers],
      notes: [
        "Fixed is FIXED and MINIMUM; variable is VARIABLE_ENERGY, VARIABLE_DEMAND and "
          + "VARIABLE_RIDER; the rest is neither. Classes are those of the classification named "
          + "above, by the day a bill was issued.",
        "Net billed = gross billed + cancelled + rebilled. Prior period (of rebilled) and waived "
          + "are memorandum figures. Earned = net billed - unbilled at open + unbilled at close; what "
          + "is collected for others (PASS_THROUGH) is never earned.",
        "Unbilled are service days on no invoice, rated before tax as a bill over just them would be: "
          + "registers at their last measured daily average, intervals as far as they are measured.",
        view == .posted
          ? "As posted: a cancellation, and the bill in its place, are in the quarter they were "
            + "posted in."
          : "Restated: a cancellation, and the bill in its place, are in the quarter the bill was "
            + "first issued in.",
      ]
        + (asOf.map { ["The quarter is not over: unbilled and customers are as of \($0.iso)."] }
          ?? []))
  }

  private var net: Int64 { cells.values.reduce(0) { $0 + $1.billed.net } }

  /// Fixed, variable and neither.
  private var parts: ReportDocument.Section {
    var section = ReportDocument.Section(
      "parts", title: "Fixed and variable",
      columns: [
        .init("part", "Part", .text), .init("net_billed", "Net billed", .money, isSummed: true),
        .init("unbilled_at_open", "Unbilled at open", .money, isSummed: true),
        .init("unbilled_at_close", "Unbilled at close", .money, isSummed: true),
        .init("earned", "Earned", .money, isSummed: true),
      ])
    for part in RevenuePart.allCases {
      let own = cells.filter { RevenuePart($0.key.revenueClass) == part }
      func sum(_ amount: (RevenueCell, RevenueLine) -> Int64) -> ReportDocument.Cell {
        .money(Money(cents: own.reduce(0) { $0 + amount($1.key, $1.value) }))
      }
      section.add([
        .text(part.rawValue), sum { $1.billed.net }, sum { $1.open }, sum { $1.close },
        sum { $1.earned(as: $0.revenueClass) ?? 0 },
      ])
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
    if !cells.isEmpty { section.charts = [chart] }
    return section
  }

  private var chart: ReportDocument.Chart {
    let plans = Set(cells.keys.map(\.plan)).sorted()
    return .stackedBars(
      title: "Net billed by plan", categories: plans.map { $0.isEmpty ? "no plan" : $0 },
      series: RevenuePart.allCases.map { part in
        .init(
          part.rawValue,
          plans.map { plan in
            Money(
              cents: cells.reduce(0) {
                $1.key.plan == plan && RevenuePart($1.key.revenueClass) == part
                  ? $0 + $1.value.billed.net : $0
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
        .init("unbilled_at_open", "Unbilled at open", .money, isSummed: true),
        .init("unbilled_at_close", "Unbilled at close", .money, isSummed: true),
        .init("earned", "Earned", .money, isSummed: true),
        .init("kwh_billed", "kWh billed", .energy, isSummed: true),
        .init("kwh_unbilled", "kWh unbilled", .energy, isSummed: true),
        .init("kw_billed", "kW billed", .power, isSummed: true),
        .init("bills", "Bills", .count),
        .init(
          "revenue_per_kwh", "Revenue per kWh", decimals: 5,
          .init("net_billed", by: "kwh_billed")),
      ], groupedBy: 1)
    section.hidesIdleColumns = true
    for (cell, line) in cells.sorted(by: { $0.key.reportOrder < $1.key.reportOrder }) {
      let sums = line.billed
      section.add([
        .text(cell.jurisdiction), .text(cell.sector), .text(cell.customerClass.name),
        .text(cell.plan), .text(cell.revenueClass?.name ?? ""), .text(cell.ledger),
        .money(Money(cents: sums.gross)), .money(Money(cents: sums.cancelled)),
        .money(Money(cents: sums.rebilled)), .money(Money(cents: sums.priorPeriod)),
        .money(Money(cents: sums.waived)), .money(Money(cents: sums.net)),
        .money(Money(cents: line.open)), .money(Money(cents: line.close)),
        line.earned(as: cell.revenueClass).map { .money(Money(cents: $0)) } ?? .empty,
        .energy(wattHours: sums.energy.thousandths), .energy(wattHours: line.energy.thousandths),
        .power(watts: sums.power.thousandths),
        .count(sums.bills), .empty,
      ])
    }
    section.notes = [
      "Bills are those with such a line: one bill counts in several rows. A tax is in the "
        + "jurisdiction that levies it."
    ]
    if !unbilled.obstacles.isEmpty {
      let reasons = unbilled.obstacles.sorted { $0.key < $1.key }
        .map { "\($0.value) for \($0.key)" }.joined(separator: ", ")
      section.notes.append(
        "Unbilled days of some accounts could not be rated and are left out: \(reasons).")
    }
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
        .init("average_customers_by_meters", "Average customers by meters", .ratio(decimals: 2)),
      ])
    let cells = Set(bills.keys).union(unbilled.meters.keys.map { $0.of(quarter) })
    let meters = Dictionary(unbilled.meters.map { ($0.key.of(quarter), $0.value) }) { $0 + $1 }
    for cell in cells.sorted(by: { $0.reportOrder < $1.reportOrder }) {
      let count = bills[cell] ?? 0
      section.add([
        .text(cell.jurisdiction), .text(cell.sector), .text(cell.customerClass.name),
        .text(cell.plan), .count(count), .count(3), .ratio(average(count), decimals: 2),
        .ratio(average(meters[cell] ?? 0), decimals: 2),
      ])
    }
    section.notes = [
      "Bills issued, less those cancelled; a month's customers are its bills, or by meters those that "
        + "a meter serves at its end."
    ]
    return section
  }

  /// A third, in hundredths, half away from zero.
  private func average(_ sum: Int64) -> Int64 { (200 * sum + (sum < 0 ? -3 : 3)) / 6 }
}
