public import CivilTime
import EventSourcing

extension Invoices {
  /// The key of one invoice.
  public static func key(account: String, ordinal: UInt32) -> [UInt8] {
    prefix(account: account) + ordinal.bigEndianBytes
  }

  /// The key that is there if an invoice was cancelled.
  public static func cancelledKey(account: String, ordinal: UInt32) -> [UInt8] {
    cancelledPrefix + account.utf8 + [0] + ordinal.bigEndianBytes
  }

  /// What the keys of all cancelled invoices begin with.
  public static let cancelledPrefix = [UInt8(ascii: "x")]

  /// The ordinal, in the value under a `cancelledKey`, of what replaces the invoice; 0 for none.
  public static func replacement(inValue value: RawSpan) -> UInt32 { value.bigEndian(at: 0) }

  /// What the keys of all of an account's invoices begin with.
  public static func prefix(account: String) -> [UInt8] { prefix + account.utf8 + [0] }

  /// What the keys of all invoices begin with.
  public static let prefix = [UInt8(ascii: "n")]

  /// What the keys of the invoices that bill up to and with `day` begin with.
  public static func prefix(lastDay day: Day) -> [UInt8] { lastDayPrefix + day.sortedBytes }

  /// What the keys of all invoices by their last day begin with.
  public static let lastDayPrefix = [UInt8(ascii: "p")]

  /// What the keys of the marks of a day's invoices begin with.
  public static func prefix(issuedOn day: Day) -> [UInt8] { issuedPrefix + day.sortedBytes }

  /// What the keys of all marks by the day issued begin with.
  public static let issuedPrefix = [UInt8(ascii: "d")]

  /// The day that a key of `lastDayPrefix` or `issuedPrefix` is of.
  public static func day(inKey key: RawSpan) -> Day {
    Day(rawValue: Int32(bitPattern: key.bigEndian(at: 1) ^ 1 << 31))
  }

  /// The invoice that a key ends with.
  ///
  /// - Parameter start: Where the account begins: the length of what comes before.
  public static func invoice(
    inKey key: RawSpan, from start: Int
  ) -> (account: String, ordinal: UInt32) {
    (key.text(in: start..<(key.byteCount - 5)), key.bigEndian(at: key.byteCount - 4))
  }

  /// What the keys of all estimated readings begin with.
  public static let estimatedPrefix = [UInt8(ascii: "e")]

  /// What the keys of an account's estimated readings begin with.
  public static func prefix(estimatedOf account: String) -> [UInt8] {
    estimatedPrefix + account.utf8 + [0]
  }

  static func estimatedKey(_ account: String, _ version: UInt64, _ index: Int) -> [UInt8] {
    prefix(estimatedOf: account) + UInt32(clamping: version).bigEndianBytes
      + UInt32(index).bigEndianBytes
  }

  /// The estimated reading of a key: its account, and its entry's version and its index there.
  public static func estimate(
    inKey key: RawSpan
  ) -> (account: String, version: UInt32, index: UInt32) {
    (
      key.text(in: 1..<(key.byteCount - 9)), key.bigEndian(at: key.byteCount - 8),
      key.bigEndian(at: key.byteCount - 4)
    )
  }
}

extension Day {
  /// Bytes that sort as days do.
  fileprivate var sortedBytes: [UInt8] { (UInt32(bitPattern: rawValue) ^ 1 << 31).bigEndianBytes }
}

extension UInt32 {
  var bigEndianBytes: [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: self >> $0) }
  }
}

extension RawSpan {
  func bigEndian(at offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 << 8 | UInt32(byte(at: offset + $1)) }
  }
}
