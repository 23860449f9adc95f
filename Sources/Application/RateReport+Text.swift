import Documents

extension RateReport {
  /// A table with a row and a bar a month.
  public var text: String {
    var lines = [
      tariff, "Tariff  \(file)", "Load    \(load), every \(minutes) minutes",
      "Rules   \(conventions)", "",
    ]
    lines.append(table)
    if !warnings.isEmpty {
      lines.append("")
      lines += warnings.map { "Note: \($0)" }
    }
    return lines.joined(separator: "\n")
  }

  private var conventions: String {
    let exports =
      switch metering {
      case "net": "net metering, "
      case "net-billing": "net billing, "
      default: ""
      }
    return exports + (isExact ? "nothing rounded" : "rounded as on an invoice")
  }

  private var table: String {
    let columns = Column.all.filter { $0.isAlways || !Self.isZero($0.value(annual)) }
    var table = Table(
      [("Month", .left)] + columns.map { ($0.heading, .right) } + [("", .left)])
    for (month, share) in zip(months, shares) {
      table.add(
        [Self.name(month)] + columns.map { InvoiceDocument.grouped($0.value(month.sums)) }
          + [share.bar(width: 16)])
    }
    table.add(
      [months.count == 12 ? "Year" : "All"]
        + columns.map { InvoiceDocument.grouped($0.value(annual)) } + [""])
    return table.text()
  }

  private struct Column: Sendable {
    let heading: String
    let isAlways: Bool
    let value: @Sendable (Sums) -> String

    static let all = [
      Column(heading: "kWh", isAlways: true, value: \.importKwh),
      Column(heading: "Delivered", isAlways: false, value: \.exportKwh),
      Column(heading: "Peak kW", isAlways: true, value: \.peakKw),
      Column(heading: "Energy", isAlways: true, value: \.energy),
      Column(heading: "Demand", isAlways: false, value: \.demandFlat),
      Column(heading: "By period", isAlways: false, value: \.demandTou),
      Column(heading: "Fixed", isAlways: true, value: \.fixed),
      Column(heading: "Minimum", isAlways: false, value: \.minimumTopup),
      Column(heading: "Bill", isAlways: true, value: \.bill),
    ]
  }

  static func isZero(_ text: String) -> Bool { text.allSatisfy { "-0.".contains($0) } }

  private static func name(_ month: Month) -> String {
    "\(month.year)-" + (month.month < 10 ? "0" : "") + "\(month.month)"
  }
}
