extension InvoiceDocument {
  private static let width = 78

  /// The invoice as a customer reads it, 78 columns wide.
  public var text: String {
    var lines = heading
    lines += usageLines + estimateLines
    if !bank.isEmpty { lines.append("") }
    for sentence in bank { lines.append("Bank     \(sentence)") }
    for section in sections {
      lines.append("")
      lines.append(section.title)
      lines.append(contentsOf: Self.body(of: section))
      if section.lines.count > 1 {
        lines.append(Self.spread("", Self.grouped(section.subtotal), ruled: true))
        lines.append(Self.spread("     \(section.title) in all", Self.grouped(section.subtotal)))
      }
    }
    lines.append("")
    lines.append(String(repeating: "=", count: Self.width))
    let isCredit = total.hasPrefix("-")
    lines.append(
      Self.spread(isCredit ? "TOTAL, in your favour" : "TOTAL, due on \(due)", Self.grouped(total)))
    return lines.joined(separator: "\n")
  }

  private var heading: [String] {
    let note = simulated ? "simulated book" : ""
    var lines = [
      Self.spread(issuer, note),
      "",
      Self.spread(isStatement ? "Statement  \(number)" : "Invoice  \(number)", "Issued  \(issued)"),
      Self.spread("Account  \(account)", "Due     \(due)"),
    ]
    if !isStatement {
      lines += [
        Self.spread("Service  \(servicePoint)", "\(period.days) days"),
        Self.spread("Period   \(period.start) to \(period.end) (not included)", ""),
        Self.spread("Plan     \(plan)\(planTitle.isEmpty ? "" : ", \(planTitle)")", ""),
      ]
    }
    if !replaces.isEmpty { lines.append("Replaces \(replaces)") }
    if status != "issued" { lines.append("Status   \(status)") }
    return lines
  }

  private var usageLines: [String] {
    guard !usage.isEmpty else { return [] }
    var table = Table([
      ("Meter", .left), ("Register", .left), ("From", .left), ("", .right), ("To", .left),
      ("", .right), ("kWh", .right),
    ])
    for row in usage {
      let multiplier = row.multiplier.map { " x \($0)" } ?? ""
      table.add([
        row.meter, row.register + multiplier,
        row.from?.time ?? row.intervals.map { "\($0) intervals" } ?? "",
        Self.marked(row.from), row.to?.time ?? "", Self.marked(row.to), Self.grouped(row.kwh),
      ])
    }
    return ["", table.text()]
  }

  private static func marked(_ reading: Usage.Reading?) -> String {
    guard let reading else { return "" }
    return reading.quality == "actual" ? reading.value : "\(reading.value) (\(reading.quality))"
  }

  private static func body(of section: Section) -> [String] {
    section.lines.map { line in
      var left = "\(String(repeating: " ", count: max(0, 3 - "\(line.line)".count)))\(line.line)  "
      left += line.label
      let factors = factors(of: line)
      let amount = grouped(line.amount)
      let room = width - left.count - max(amount.count, 12) - 2
      guard factors.count + 2 <= room else {
        return spread(left, "") + "\n" + spread(pad("", to: 8) + factors, amount)
      }
      let gap = String(repeating: " ", count: room - factors.count)
      return spread(left + gap + factors, amount)
    }
  }

  private static func factors(of line: Line) -> String {
    var text = ""
    if !line.base.isEmpty {
      text = "\(line.price) of \(grouped(line.base))"
    } else if !line.quantity.isEmpty {
      text = "\(grouped(line.quantity)) \(line.unit) x \(line.price)"
    }
    if let waived = line.waived, let certificate = line.exemptBy {
      text += " (\(waived) exempt by certificate \(certificate))"
    } else if let waived = line.waived {
      text += " (\(waived) waived by \(line.waivedBy ?? "a promotion"))"
    }
    return text
  }

  private static func spread(_ left: String, _ right: String, ruled: Bool = false) -> String {
    let end = ruled ? String(repeating: "-", count: max(right.count, 10)) : right
    let gap = max(1, width - left.count - end.count)
    let line = left + String(repeating: " ", count: gap) + end
    return right.isEmpty ? left : line
  }

  private static func pad(_ text: String, to count: Int) -> String {
    text + String(repeating: " ", count: max(0, count - text.count))
  }

  /// `12345.60` as `12,345.60`.
  public static func grouped(_ number: String) -> String {
    let parts = number.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first else { return number }
    let sign = whole.hasPrefix("-") ? "-" : ""
    let digits = Array(whole.dropFirst(sign.count))
    guard digits.count > 3, digits.allSatisfy(\.isNumber) else { return number }
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return sign + result + (parts.count > 1 ? "." + parts[1] : "")
  }
}
