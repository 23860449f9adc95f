import ArgumentParser
import Billing
import CivilTime
import EventLog
import EventSourcing
import Foundation
import Money
import Tariffs

/// Writes every line of every invoice with all that a quarterly report groups it by, for programs that
/// only group.
struct Lines: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a book's charge lines as CSV; prints how many, and the cents they come to.")

  @Argument(help: "The book; nothing of it is cancelled.") var book: String
  @Argument(help: "The file to write.") var out: String

  func run() throws {
    guard FileManager.default.createFile(atPath: out, contents: nil),
      let file = FileHandle(forWritingAtPath: out)
    else { throw Bench.Refused(description: "\(out) cannot be written") }
    let book = try Book(opening: book, readOnly: true)
    var lines = LineText(try Self.history(of: book))
    try book.read { snapshot in
      try snapshot.forEach(from: Position(0)) { _, bytes in
        try lines.add(bytes)
        if lines.text.count >= 1 << 20 {
          try file.write(contentsOf: lines.text)
          lines.text.removeAll(keepingCapacity: true)
        }
        return .proceed
      }
    }
    try file.write(contentsOf: lines.text)
    try file.close()
    print("lines \(lines.count) \(lines.total.cents)")
  }

  private static func history(of book: Book) throws -> RulesHistory {
    try book.read { snapshot in
      var publications: [RulesHistory.Publication] = []
      try snapshot.forEach(stream: StreamID(.rulebook, "rules")) { position, bytes in
        let entry = try EntryView(bytes)
        publications.append(
          RulesHistory.Publication(
            at: position, version: entry.header.version, try entry.decodedEvents(bytes)))
        return .proceed
      }
      return RulesHistory(publications)
    }
  }
}

/// Lines as CSV.
private struct LineText {
  var text = Array(
    "month,jurisdiction,ledger,sector,class,plan,revenue_class,cents,milliwatt_hours,milliwatts\n"
      .utf8)
  private(set) var count = 0
  private(set) var total = Money.zero
  private var frames: InvoiceFrames
  private let version: UInt64
  private var charges: [ChargeView] = []

  init(_ history: RulesHistory) {
    frames = InvoiceFrames(history)
    version = history.version(ofClassification: history.classificationCount)
  }

  mutating func add(_ bytes: RawSpan) throws {
    let entry = try EntryPlace(bytes)
    guard entry.kind == .account else { return }
    charges.removeAll(keepingCapacity: true)
    var cursor = entry.events(in: bytes)
    while let field = try cursor.next(in: bytes) {
      if let charge = try ChargeView(bytes, field.range) {
        charges.append(charge)
      } else if case .invoiceIssued(let invoice) = try Event.decode(bytes, field.range) {
        try add(invoice, issued: Day(rawValue: entry.effectiveDay ?? 0))
      }
    }
  }

  private mutating func add(_ invoice: InvoiceIssued, issued: Day) throws {
    let frame = try frames.frame(of: invoice, issued: issued, version: version)
    let (year, month) = (issued.parts.year, issued.parts.month)
    for charge in charges {
      let rest = try frame.rest(of: charge)
      let power = 1000 * charge.quantity + charge.thousandths
      let jurisdiction = rest.jurisdiction ?? invoice.jurisdictions.first ?? ""
      text.append(
        contentsOf: """
          \(100 * year + month),\(jurisdiction),\(rest.ledger),\(invoice.sector),\
          \(invoice.customerClass.name),\(invoice.plan),\(rest.revenueClass.name),\
          \(charge.amount.cents),\(rest.quantity == .energy ? power : 0),\
          \(rest.quantity == .power ? power : 0)\n
          """.utf8)
      count += 1
      total += charge.amount
    }
  }
}
