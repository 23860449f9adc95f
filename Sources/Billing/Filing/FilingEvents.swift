public import Money
public import Tariffs

/// Which way a report looks at the past. The numbers are stored, and never reused.
public enum ReportView: UInt8, Hashable, Sendable, CaseIterable {
  /// Each posting in the quarter it was posted in.
  case posted = 1
  /// Cancellations, and what replaces them, in the quarter the bill was first issued in.
  case restated = 2
}

/// What a filed report says of a class of revenue.
public struct ClassTotal: Hashable, Sendable {
  /// The class.
  public var revenueClass: RevenueClass
  /// What was billed, net of cancellations.
  public var netBilled: Money
  /// What was earned: net billed, less what was unbilled at the open, and what is at the close.
  public var earned: Money

  /// The sums of a class.
  public init(revenueClass: RevenueClass, netBilled: Money, earned: Money) {
    self.revenueClass = revenueClass
    self.netBilled = netBilled
    self.earned = earned
  }
}

/// A report that left the house: by what it was made, and the hash of its bytes. It can be made again
/// from the book, and never changes.
public struct FilingSealed: Hashable, Sendable {
  /// How many entries of the book it is of.
  public var size: UInt64
  /// The root of the book's Merkle tree over them: 32 bytes.
  public var root: [UInt8]
  /// The projection it was made from, as `revenue@2`.
  public var projection: String
  /// SHA-256 over that projection's rows: 32 bytes.
  public var digest: [UInt8]
  /// How it looks at the past.
  public var view: ReportView
  /// The form of the report: how its figures are brought into bytes.
  public var form: UInt32
  /// How many bytes it has.
  public var byteCount: UInt64
  /// SHA-256 of its bytes: 32 bytes.
  public var hash: [UInt8]
  /// What it says in all, by class, in the order of the classes.
  public var totals: [ClassTotal]

  /// A report.
  public init(
    size: UInt64, root: [UInt8], projection: String, digest: [UInt8], view: ReportView,
    form: UInt32, byteCount: UInt64, hash: [UInt8], totals: [ClassTotal]
  ) {
    self.size = size
    self.root = root
    self.projection = projection
    self.digest = digest
    self.view = view
    self.form = form
    self.byteCount = byteCount
    self.hash = hash
    self.totals = totals
  }
}
