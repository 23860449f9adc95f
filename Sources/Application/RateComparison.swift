import Documents
import Money
import Tariffs

/// One load on many tariffs, the cheapest first.
public struct RateComparison: Report {
  /// A tariff's place.
  public struct Row: Encodable, Hashable, Sendable {
    /// From 1; equal bills have equal ranks.
    let rank: Int
    let tariff: String
    let name: String
    let file: String
    let metering: String?
    /// The sums of all months.
    let annual: RateReport.Sums
    /// What it costs more than the first.
    let more: String
    /// The bill of each month.
    let bills: [String]
    let warnings: [String]
    /// Demand of both kinds, for the table.
    let demand: String
    let share: Share

    private enum CodingKeys: String, CodingKey {
      case rank, tariff, name, file, metering, annual, more, bills, warnings
    }
  }

  let load: String
  let months: Int
  let isExact: Bool
  let tariffs: [Row]
  let refused: [RefusedTariff]
  let warnings: [String]

  /// Whether every tariff could be rated.
  public var isSatisfied: Bool { refused.isEmpty && !tariffs.isEmpty }

  private enum CodingKeys: String, CodingKey {
    case load, months, tariffs, refused, warnings
    case isExact = "exact"
  }
}

extension RateComparison {
  init(
    _ rated: [RatedTariff], refused: [RefusedTariff], _ load: RatableLoad, _ request: RateRequest
  ) {
    let style = NumberStyle(isExact: request.isExact, rated.flatMap(\.months))
    self.load = load.file
    months = load.months.count
    isExact = request.isExact
    self.refused = refused
    warnings = load.warnings
    let sums = rated.map { rated in
      rated.months.dropFirst().reduce(rated.months[0].bill) { $0 + $1.bill }
    }
    let order = rated.indices.sorted { (sums[$0], $0) < (sums[$1], $1) }
    let shares = Share.all(sums)
    var rows: [Row] = []
    for (place, index) in order.enumerated() {
      let isTied = place > 0 && sums[index] == sums[order[place - 1]]
      let more = Amount(units: sums[index].units - sums[order[0]].units, scale: sums[index].scale)
      rows.append(
        Row(
          rank: isTied ? rows[place - 1].rank : place + 1, tariff: rated[index].found.title,
          name: rated[index].found.name, file: rated[index].found.file,
          metering: rated[index].version.metering?.rawValue,
          annual: RateReport.Sums(rated[index].months, style), more: style.amount(more),
          bills: rated[index].months.map { style.amount($0.bill) },
          warnings: rated[index].warnings,
          demand: style.amount(
            rated[index].months.reduce(Amount(units: 0, scale: sums[index].scale)) {
              $0 + $1.demandFlat + $1.demandTou
            }), share: shares[index]))
    }
    tariffs = rows
  }

  /// A table with a row and a bar a tariff, and below it what was refused and what is odd.
  public var text: String {
    var lines: [String] = []
    if let first = tariffs.first {
      let sums = first.annual
      var load = "\(self.load): \(InvoiceDocument.grouped(sums.importKwh)) kWh"
      if !RateReport.isZero(sums.exportKwh) {
        load += ", \(InvoiceDocument.grouped(sums.exportKwh)) kWh delivered"
      }
      lines = [load + ", peak \(InvoiceDocument.grouped(sums.peakKw)) kW", "", table]
    }
    for tariff in refused {
      lines.append("")
      lines.append(
        "Not rated: \(tariff.tariff == tariff.file ? "" : "\(tariff.tariff), ")\(tariff.file)")
      lines += tariff.reasons.map { "  \($0)" }
    }
    let notes = warnings + tariffs.flatMap(\.warnings)
    if !notes.isEmpty { lines.append("") }
    lines += notes.map { "Note: \($0)" }
    return lines.joined(separator: "\n")
  }

  private var table: String {
    let columns = Column.all.filter { column in
      column.isAlways || tariffs.contains { !RateReport.isZero(column.value($0)) }
    }
    var table = Table(
      [("", .right), (heading, .right), ("More", .right)]
        + columns.map { ($0.heading, .right) } + [("", .left), ("Tariff", .left)])
    for row in tariffs {
      let more = RateReport.isZero(row.more) ? "-" : InvoiceDocument.grouped(row.more)
      table.add(
        ["\(row.rank)", InvoiceDocument.grouped(row.annual.bill), more]
          + columns.map { InvoiceDocument.grouped($0.value(row)) }
          + [row.share.bar(width: 10), row.tariff])
    }
    return table.text()
  }

  private var heading: String {
    switch months {
    case 12: "A year"
    case 1: "A month"
    default: "\(months) months"
    }
  }

  private struct Column: Sendable {
    let heading: String
    let isAlways: Bool
    let value: @Sendable (Row) -> String

    static let all = [
      Column(heading: "Energy", isAlways: true, value: \.annual.energy),
      Column(heading: "Demand", isAlways: false, value: \.demand),
      Column(heading: "Fixed", isAlways: true, value: \.annual.fixed),
      Column(heading: "Minimum", isAlways: false, value: \.annual.minimumTopup),
    ]
  }
}
