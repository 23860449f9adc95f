import Documents

/// A month of accounting that was closed, or opened again.
public struct PeriodReport: Report {
  /// A ledger account.
  struct Total: Encodable, Sendable {
    let ledger: String
    let name: String
    let debits: String
    let credits: String
  }

  let month: String
  /// `closed`, `closed before`, `opened again` or `open already`.
  let how: String
  /// Entries that the totals are of; absent of a month that was opened again.
  let size: UInt64?
  let totals: [Total]
  let netBilled: String?
  let projection: String?
  let digest: String?
  /// The first day that takes postings from now on; absent where every day does.
  let firstOpenDay: String?
  /// Where it is in the book; absent where nothing was written.
  let position: UInt64?
  let root: String

  private enum CodingKeys: String, CodingKey {
    case month, how, size, totals, projection, digest, position, root
    case netBilled = "net_billed"
    case firstOpenDay = "first_open_day"
  }

  /// The control totals, and where later postings go.
  public var text: String {
    var lines = ["\(month) is \(how)" + (position.map { ": entry \($0)." } ?? ".")]
    if let size {
      lines[0] += " Its control totals, after \(size) entries:"
      var table = Table([
        ("Ledger", .left), ("Name", .left), ("Debits", .right), ("Credits", .right),
      ])
      for total in totals {
        table.add([
          total.ledger, total.name, InvoiceDocument.grouped(total.debits),
          InvoiceDocument.grouped(total.credits),
        ])
      }
      lines.append(totals.isEmpty ? "  Nothing was posted in it." : table.text(indent: 2))
      lines.append(
        "  Net billed \(InvoiceDocument.grouped(netBilled ?? "0.00")), by \(projection ?? "")")
    }
    lines.append(
      firstOpenDay.map { "What is posted from now on counts from \($0) on; its own day is kept." }
        ?? "Every day takes postings.")
    return lines.joined(separator: "\n")
  }
}

/// The months of accounting that are closed.
public struct CalendarReport: Report {
  /// A closed month.
  struct Row: Encodable, Sendable {
    let month: String
    let size: UInt64
    let debits: String
    let credits: String
    let netBilled: String
    let projection: String

    private enum CodingKeys: String, CodingKey {
      case month, size, debits, credits, projection
      case netBilled = "net_billed"
    }
  }

  let months: [Row]
  let firstOpenDay: String?

  private enum CodingKeys: String, CodingKey {
    case months
    case firstOpenDay = "first_open_day"
  }

  /// A table.
  public var text: String {
    guard let firstOpenDay else {
      return "No month is closed. `meterbook close 2025-10` closes one."
    }
    var table = Table([
      ("Month", .left), ("Entries", .right), ("Debits", .right), ("Credits", .right),
      ("Net billed", .right), ("By", .left),
    ])
    for row in months {
      table.add([
        row.month, "\(row.size)", InvoiceDocument.grouped(row.debits),
        InvoiceDocument.grouped(row.credits), InvoiceDocument.grouped(row.netBilled),
        row.projection,
      ])
    }
    return "\(table.text())\nPostings count from \(firstOpenDay) on."
  }
}
