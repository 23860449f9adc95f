import LMDB
import CivilTime
import EventLog
import EventSourcing
import Money
import ProjectionStore
import Revenue
import Tariffs

/// A dimension that revenue is told apart by.
public enum RevenueDimension: String, CaseIterable, Codable, Sendable {
  /// The quarter, as `2025Q4`.
  case quarter
  /// The accounting month, as `2025-10`.
  case month
  /// The jurisdiction.
  case jurisdiction
  /// The ledger account.
  case ledger
  /// The customer's sector.
  case sector
  /// The customer's class.
  case customer
  /// The rate plan.
  case plan
  /// The class of revenue.
  case `class`
  /// Why two versions differ: `reclassified` where what leaves one class arrives in another, else
  /// `changed`.
  case cause
}

/// A quarter of a year.
public struct Quarter: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// 4 x year + quarter - 1.
  let number: Int

  init(number: Int) { self.number = number }

  /// The quarter that `text` names, as `2025Q4`.
  public init?(_ text: String) {
    let parts = text.split(separator: "Q", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].count == 4, parts[1].count == 1, let year = Int(parts[0]),
      let quarter = Int(parts[1]), (1...4).contains(quarter), year >= 1900
    else { return nil }
    number = 4 * year + quarter - 1
  }

  /// The quarter that an accounting month is in.
  init(month: UInt32) { number = Int(month) / 3 }

  /// Its accounting months.
  var months: [UInt32] { (0..<3).map { UInt32(3 * number + $0) } }

  /// Its first day.
  var firstDay: Day { Day(year: number / 4, month: 3 * (number % 4) + 1, day: 1)! }
  /// The day after its last one.
  var end: Day { next.firstDay }
  /// Whether it is over everywhere at a moment: twelve hours after it is over in Greenwich.
  func isOver(at moment: Instant) -> Bool {
    moment.rawValue >= Int64(end.rawValue) * 86_400 + 43_200
  }
  /// The one after it.
  var next: Quarter { Quarter(number: number + 1) }

  /// By time.
  public static func < (left: Self, right: Self) -> Bool { left.number < right.number }
  /// As `2025Q4`.
  public var description: String { "\(number / 4)Q\(number % 4 + 1)" }
}

extension RevenueCell {
  var quarter: Quarter { Quarter(month: month) }

  /// The month, as `2025-10`.
  var monthText: String {
    let number = month % 12 + 1
    return "\(month / 12)-\(number < 10 ? "0" : "")\(number)"
  }

  /// What it says of a dimension; `nil` of a cause.
  func value(of dimension: RevenueDimension) -> String? {
    switch dimension {
    case .quarter: quarter.description
    case .month: monthText
    case .jurisdiction: jurisdiction
    case .ledger: ledger
    case .sector: sector
    case .customer: customerClass.name
    case .plan: plan
    case .class: revenueClass?.name ?? ""
    case .cause: nil
    }
  }

  /// What a row of the report is called by: `2025-10/IL/440/retail/residential/R1/FIXED`.
  var name: String {
    [
      monthText, jurisdiction, ledger, sector, customerClass.name, plan, revenueClass?.name ?? "",
    ].joined(separator: "/")
  }
}

/// The revenue of a version of the projection, read.
struct RevenueFigures: Sendable {
  /// How many entries are in it.
  var size: UInt64
  /// The lines.
  var lines: [RevenueCell: RevenueSums] = [:]
  /// Bills first issued, cancelled and issued again, by cells without ledger account and class.
  var bills: [RevenueCell: [Int64]] = [:]

  /// Reads a file.
  init(_ file: ProjectionFile) throws {
    while true {
      var found = RevenueFigures(size: try file.checkpoint().size)
      try file.forEach(prefix: []) { key, value in
        try found.take(key, value)
        return .proceed
      }
      // Another process may have brought the rows forward meanwhile.
      if try file.checkpoint().size == found.size {
        self = found
        return
      }
    }
  }

  /// Reads rows in memory.
  init(_ rows: RowRun, size: UInt64) throws {
    self.size = size
    var found = self
    try rows.forEach { record, bytes in
      try found.take(bytes.extracting(record.key), bytes.extracting(record.value))
    }
    self = found
  }

  private init(size: UInt64) { self.size = size }

  private mutating func take(_ key: RawSpan, _ value: RawSpan) throws {
    let cell = try RevenueCell(key: key)
    if cell.revenueClass == nil {
      bills[cell] = RowSums.numbers(value)
    } else {
      lines[cell] = RevenueSums(value: value)
    }
  }

  /// What the entry at `position` alone adds to the rows of a version of revenue.
  init(
    of entry: EntryPlace, at position: Position, _ bytes: RawSpan, by projection: some Projection
  ) throws {
    var fold = projection
    var changes = RowChanges()
    try fold.evolve(entry, at: position, bytes, into: &changes)
    fold.flush(into: &changes)
    try self.init(changes.run(), size: 0)
  }

  /// The lines of one view of the past.
  func lines(_ view: RevenueCell.View) -> [(cell: RevenueCell, sums: RevenueSums)] {
    lines.filter { $0.key.view == .both || $0.key.view == view }.map { ($0.key, $0.value) }
  }
}
