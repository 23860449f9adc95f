import Billing
import CivilTime
import Documents
import EventLog
import EventSourcing
import Foundation
import Money
import Parallel
import Tariffs

/// What a bill run billed.
struct BillTally: Sendable {
  private(set) var invoices = 0
  private(set) var lines = 0
  private(set) var total = Money.zero
  private(set) var byType = [Money](repeating: .zero, count: Int(LineType.greatest) + 1)
  private(set) var rejected: [String: Int] = [:]
  /// Readings that were estimated.
  var estimated = 0

  /// Counts a bill: what was rated, and what had waited for it.
  mutating func add(_ bill: RatedBill, waiting: [ChargeRecorded]) {
    invoices += 1
    lines += bill.lines.count + waiting.count
    total += bill.total
    for line in bill.lines { byType[Int(line.type.rawValue)] += line.amount }
    for line in waiting {
      total += line.amount
      byType[Int((line.type ?? .adjustment).rawValue)] += line.amount
    }
  }

  mutating func cannot(_ obstacle: BillingObstacle) { rejected[obstacle.code, default: 0] += 1 }

  mutating func add(_ other: BillTally) {
    invoices += other.invoices
    lines += other.lines
    total += other.total
    estimated += other.estimated
    for index in byType.indices { byType[index] += other.byType[index] }
    rejected.merge(other.rejected, uniquingKeysWith: +)
  }

  /// The sums by type, in the order of an invoice; types without lines are left out.
  var amounts: [(type: LineType, amount: Money)] {
    LineType.allCases.compactMap { type in
      let amount = byType[Int(type.rawValue)]
      return amount == .zero ? nil : (type, amount)
    }
  }

  /// What closes the run in the book. Rejected accounts are not among it: whether one was rejected
  /// now or waits since an earlier run is for the review queue to say.
  var counts: [Count] {
    [
      Count("invoices", Int64(invoices)), Count("lines", Int64(lines)),
      Count("total", total.cents),
    ] + amounts.map { Count($0.type.name, $0.amount.cents) }
      + (estimated == 0 ? [] : [Count("estimated", Int64(estimated))])
  }
}

extension LineType {
  fileprivate static let greatest = allCases.map(\.rawValue).max() ?? 0
}

extension BillTally {
  /// What the part of a run that is in the book came to.
  init(ofRun run: UInt64, since opening: Position, in ledger: Ledger) throws {
    self.init()
    var billed: [(account: String, ordinal: UInt32)] = []
    try ledger.book.read { snapshot in
      try snapshot.forEach(from: opening) { _, bytes in
        let entry = try EntryView(bytes)
        guard entry.header.run == run, entry.header.stream.kind == .account else { return .proceed }
        try entry.forEachEvent(in: bytes) { _, range in
          switch try Event.Kind(peeking: bytes, range) {
          case .readingRecorded: estimated += 1
          case .invoiceIssued:
            guard case .invoiceIssued(let invoice) = try Event.decode(bytes, range) else { return }
            billed.append((entry.header.stream.id, invoice.ordinal))
          default: break
          }
        }
        return .proceed
      }
    }
    let rulebook = try ledger.rulebook()
    let parts = try Workers.map(billed.slices(of: 1024)) { part in
      var tally = BillTally()
      for invoice in part {
        let stored = try ledger.storedInvoice(invoice.account, invoice.ordinal, rulebook)
        tally.add(
          stored.derivation.rated,
          waiting: stored.derivation.charges.filter { $0.isFromWaiting })
      }
      return tally
    }
    for part in parts { add(part) }
  }
}

/// What a bill run did.
public struct BillReport: Report {
  let through: String
  let accounts: Int
  let invoices: Int
  let lines: Int
  let total: String
  let amounts: [String: String]
  /// Readings that were estimated.
  let estimated: Int
  let rejected: Int
  let rejectedByReason: [String: Int]
  let entries: UInt64
  let root: String
  let seconds: Double
  private let order: [String]

  private enum CodingKeys: String, CodingKey {
    case through, accounts, invoices, lines, total, amounts, estimated, rejected, entries, root,
      seconds
    case rejectedByReason = "rejected_by_reason"
  }

  init(
    through: Day, tally: BillTally, accounts: Int, entries: UInt64, root: String, seconds: Double
  ) {
    self.through = through.description
    self.accounts = accounts
    invoices = tally.invoices
    lines = tally.lines
    total = tally.total.description
    order = tally.amounts.map(\.type.name)
    amounts = Dictionary(
      uniqueKeysWithValues: tally.amounts.map { ($0.type.name, $0.amount.description) })
    estimated = tally.estimated
    rejected = tally.rejected.values.reduce(0, +)
    rejectedByReason = tally.rejected
    self.entries = entries
    self.root = root
    self.seconds = seconds
  }

  /// The counts and the sums by type.
  public var text: String {
    var table = Table([("", .left), ("", .right)])
    table.add(["accounts looked at", "\(accounts)"])
    table.add(["invoices issued", "\(invoices)"])
    table.add(["lines", "\(lines)"])
    for type in order { table.add(["  \(type)", amounts[type] ?? ""]) }
    table.add(["total billed", total])
    if estimated > 0 { table.add(["readings estimated", "\(estimated)"]) }
    table.add(["cannot be billed", "\(rejected)"])
    for (code, count) in rejectedByReason.sorted(by: { $0.key < $1.key }) {
      table.add(["  \(code)", "\(count)"])
    }
    var lines = ["Billed through \(through)", table.text(indent: 2)]
    if rejected > 0 { lines.append("  They wait in `meterbook review list`.") }
    if entries == 0 { lines.append("  Nothing was added: the book is as it was, root \(root)") }
    lines.append("  " + String(format: "%.1f", seconds) + " s")
    return lines.joined(separator: "\n")
  }
}
