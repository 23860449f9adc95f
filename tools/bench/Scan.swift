import ArgumentParser
import Billing
import Dispatch
import EventLog
import EventSourcing
import Foundation
import Money
import Synchronization

/// Decodes every event of a book and sums the charges and the invoices, which must agree.
///
/// As a report over all numbers does: texts are stepped over, not copied.
struct Scan: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Decodes and sums every event of a book; prints the seconds it took.")

  @Argument(help: "The book.") var book: String
  @Option(help: "Threads.") var threads = 1

  func run() throws {
    let book = try Book(opening: book, readOnly: true)
    let size = try book.head().size
    let began = ContinuousClock.now
    let count = UInt64(max(1, threads))
    let sums = Mutex<Result<Sums, any Error>>(.success(Sums()))
    DispatchQueue.concurrentPerform(iterations: Int(count)) { index in
      let part = (size * UInt64(index) / count)..<(size * UInt64(index + 1) / count)
      let result = Result { try Self.sum(part, of: book) }
      sums.withLock { all in all = Result { try all.get().adding(result.get()) } }
    }
    let all = try sums.withLock { try $0.get() }
    let seconds = (ContinuousClock.now - began) / .seconds(1)
    guard all.charged == all.invoiced else {
      throw Bench.Refused(
        description: "the charges come to \(all.charged), the invoices to \(all.invoiced)")
    }
    print("scan \(all.entries) \(String(format: "%.6f", seconds)) \(all.events) \(all.charged)")
    for index in all.byLine.indices where all.byLine[index] != .zero {
      let amount = all.byLine[index]
      print("  \(index < Sums.taxes ? "component" : "tax") \(index % Sums.taxes) \(amount)")
    }
  }

  private static func sum(_ part: Range<UInt64>, of book: Book) throws -> Sums {
    var sums = Sums()
    guard !part.isEmpty else { return sums }
    try book.read { snapshot in
      try snapshot.forEach(
        from: Position(part.lowerBound), through: Position(part.upperBound - 1)
      ) { _, bytes in
        try sums.add(bytes)
        return .proceed
      }
    }
    return sums
  }
}

/// What the events of some entries come to.
private struct Sums: Sendable {
  /// Where taxes begin in `byLine`.
  static let taxes = 256

  var entries = 0
  var events = 0
  var charged = Money.zero
  var invoiced = Money.zero
  /// The values of all readings, one after another, in no unit: that they were read.
  var registered: Int64 = 0
  /// Amounts by the component's or the tax's number.
  var byLine = InlineArray<512, Money>(repeating: .zero)

  mutating func add(_ bytes: RawSpan) throws {
    entries += 1
    let entry = try EntryPlace(bytes)
    guard entry.kind != .book else {
      try entry.forEachEvent(in: bytes) { _ in events += 1 }
      return
    }
    try entry.forEachEvent(in: bytes) { range throws(WireError) in
      events += 1
      if let charge = try ChargeView(bytes, range) {
        charged += charge.amount
        let line = charge.tax > 0 ? Self.taxes + Int(charge.tax & 0xFF) : Int(charge.component)
        byLine[line] += charge.amount
      } else if let invoice = try InvoiceView(bytes, range) {
        invoiced += invoice.total
      } else if let reading = try ReadingRecorded(bytes, range) {
        registered &+= reading.value
      } else {
        try Event.check(bytes, range)
      }
    }
  }

  func adding(_ other: Sums) -> Sums {
    var sum = self
    sum.entries += other.entries
    sum.events += other.events
    sum.charged += other.charged
    sum.invoiced += other.invoiced
    sum.registered &+= other.registered
    for index in byLine.indices { sum.byLine[index] += other.byLine[index] }
    return sum
  }
}
