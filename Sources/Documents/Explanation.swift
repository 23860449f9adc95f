/// Why an invoice, or a line of it, is what it is, down to the readings' addresses in the book.
public struct Explanation: Encodable, Hashable, Sendable {
  /// One fact of a line's calculation.
  public struct Fact: Encodable, Hashable, Sendable {
    /// What it is, as `exact product`.
    public var name: String
    /// The fact, as `22.91325`.
    public var value: String

    /// A fact.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// A line and the facts it follows from, in the order of the calculation.
  public struct Line: Encodable, Hashable, Sendable {
    /// The line as on the invoice.
    public var line: InvoiceDocument.Line
    /// The facts.
    public var facts: [Fact]

    /// A line with its facts.
    public init(line: InvoiceDocument.Line, facts: [Fact]) {
      self.line = line
      self.facts = facts
    }
  }

  /// The invoice's number.
  public var invoice: String
  /// The total, and what it is made of, in one sentence.
  public var summary: String
  /// The total.
  public var total: String
  /// The sum of each section.
  public var sections: [Fact]
  /// What was measured.
  public var usage: [InvoiceDocument.Usage]
  /// The readings that were estimated.
  public var estimates: [InvoiceDocument.Estimate]
  /// What became of banked energy, a sentence each.
  public var bank: [String]
  /// The lines asked for.
  public var lines: [Line]

  /// An explanation of `document`, whose lines were rated again and came out the same.
  public init(of document: InvoiceDocument, lines: [Line]) {
    invoice = document.number
    total = document.total
    sections = document.sections.map { Fact($0.title, $0.subtotal) }
    usage = document.usage
    estimates = document.estimates
    bank = document.bank
    self.lines = lines
    let parts = document.sections.map { "\($0.title.lowercased()) \($0.subtotal)" }
    summary = "\(document.total) = " + parts.joined(separator: " + ")
  }

  /// The explanation as a person reads it.
  public var text: String {
    var result = ["Invoice \(invoice): \(summary)"]
    if !usage.isEmpty { result.append(usageText) }
    for estimate in estimates {
      result.append("  estimate: \(estimate.sentences.joined(separator: " "))")
    }
    for sentence in bank { result.append("  bank: \(sentence)") }
    for line in lines {
      result.append("")
      let amount = InvoiceDocument.grouped(line.line.amount)
      result.append("Line \(line.line.line)  \(line.line.label)  \(amount)")
      var table = Table([("", .left), ("", .left)])
      for fact in line.facts { table.add([fact.name, fact.value]) }
      result.append(table.text(indent: 2))
    }
    result.append("")
    result.append("Rated again from these readings and rules: the same lines, to the cent.")
    return result.joined(separator: "\n")
  }

  private var usageText: String {
    var table = Table([("", .left), ("", .left), ("", .left), ("", .left), ("", .left)])
    for row in usage {
      let factor = row.multiplier.map { "times \($0): " } ?? ""
      for (reading, energy) in [(row.from, ""), (row.to, "\(factor)\(row.kwh) kWh")] {
        guard let reading else { continue }
        table.add([
          "\(row.meter) \(row.register)", reading.time, "\(reading.value) (\(reading.quality))",
          "event \(reading.address)", energy,
        ])
      }
      if let intervals = row.intervals {
        table.add([
          "\(row.meter) \(row.register)", "\(intervals) intervals", "\(row.kwh) kWh",
          "events \(row.addresses.joined(separator: " to "))", "",
        ])
      }
    }
    return table.text(indent: 2)
  }
}
