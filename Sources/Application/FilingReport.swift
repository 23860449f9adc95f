import Billing
import Documents
import EventSourcing

/// What was filed for a quarter.
public struct FilingReport: Report {
  /// A report that was filed.
  struct Sealed: Encodable, Sendable {
    /// From 1; those after the first are restatements.
    let number: Int
    /// Where the filing is in the book; absent of one that was not written because it is there already.
    let position: UInt64
    let filedAt: String
    let actor: String
    let reason: String
    let view: String
    let size: UInt64
    let root: String
    let projection: String
    let digest: String
    let form: UInt32
    let byteCount: UInt64
    let sha256: String
    let totals: [Total]

    private enum CodingKeys: String, CodingKey {
      case number, position, actor, reason, view, root, projection, digest, form, sha256, totals
      case size = "ledger_position"
      case filedAt = "filed_at"
      case byteCount = "byte_count"
    }
  }

  /// What a filed report says of a class of revenue.
  struct Total: Encodable, Sendable {
    let revenueClass: String
    let netBilled: String
    let earned: String

    private enum CodingKeys: String, CodingKey {
      case earned
      case revenueClass = "revenue_class"
      case netBilled = "net_billed"
    }
  }

  let quarter: String
  /// `filed`, `restated`, `filed before` or `unchanged`; absent where nothing was asked to be filed.
  let how: String?
  let filings: [Sealed]
  /// What to look at, or do, next; may be empty.
  let next: [String]
  let root: String

  /// Every filing with its totals.
  public var text: String {
    var lines = ["\(quarter)" + (how.map { " is \($0)." } ?? "")]
    for filing in filings {
      var table = Table([("", .left), ("", .left)])
      let kind = filing.number == 1 ? "filed" : "restatement \(filing.number - 1)"
      table.add(["\(kind)", "entry \(filing.position), \(filing.filedAt)"])
      table.add(["by", filing.actor + (filing.reason.isEmpty ? "" : ": \(filing.reason)")])
      table.add(["of", "\(filing.size) entries, root \(filing.root)"])
      table.add(["projection", "\(filing.projection), digest \(filing.digest)"])
      table.add(["SHA-256", "\(filing.sha256) over \(filing.byteCount) bytes"])
      lines.append(table.text(indent: 2))
      var totals = Table([("Class", .left), ("Net billed", .right), ("Earned", .right)])
      for total in filing.totals {
        totals.add([
          total.revenueClass, InvoiceDocument.grouped(total.netBilled),
          InvoiceDocument.grouped(total.earned),
        ])
      }
      lines.append(totals.text(indent: 2))
    }
    return (lines + next).joined(separator: "\n")
  }
}

/// Whether a filing can be made again from the book, byte for byte.
public struct FilingVerification: Report {
  /// A filed report, and what making it again gave.
  struct Row: Encodable, Sendable {
    let number: Int
    let sealed: String
    let made: String
    let agrees: Bool
    /// What else differs: `root`, `projection digest`, `form`; may be empty.
    let differs: [String]
  }

  let quarter: String
  let filings: [Row]
  let agrees: Bool

  /// Whether all of it is the same.
  public var isSatisfied: Bool { agrees }

  /// A line a filing.
  public var text: String {
    filings.map { row in
      let name = row.number == 1 ? "\(quarter)" : "\(quarter), restatement \(row.number - 1)"
      guard !row.agrees else {
        return "\(name): made again from the book, the same bytes: SHA-256 \(row.made)"
      }
      let also = row.differs.isEmpty ? "" : " Also: \(row.differs.joined(separator: ", "))."
      return "\(name): DIFFERS. Sealed \(row.sealed), made again \(row.made).\(also)"
    }.joined(separator: "\n")
  }
}
