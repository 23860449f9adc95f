import Billing
import CivilTime
import Crypto
import EventSourcing
import Foundation

/// Names and hashes that follow from content.
enum Identifiers {
  /// The id of a simulated book: the same name and beginning give the same one.
  static func simulatedBook(name: String, beginning: Timestamp) -> [UInt8] {
    Array(sha256(Array("meterbook simulated \(name) \(beginning.rawValue)".utf8)).prefix(16))
  }

  /// What the review items of accounts that cannot be billed begin with; and what they are below.
  static let billingPrefix = "bill-"
  static let billingEnd = "bill."

  /// The review item of an account that cannot be billed for the period starting on `start`.
  static func billingItem(account: String, start: Day) -> String {
    let item = billingPrefix + "\(account)-\(start)"
    guard item.utf8.count > StreamID.maximumLength else { return item }
    return billingPrefix + sha256(Array(item.utf8)).hex.prefix(32)
  }

  /// The content hash of a rule: the SHA-256 of the event that publishes it, encoded without hash.
  static func contentHash(of event: Event) -> [UInt8] {
    var writer = WireWriter()
    event.encode(into: &writer)
    return sha256(writer.bytes)
  }

  /// The SHA-256 of the file at `path`, in hexadecimal; read in constant memory.
  static func sha256(ofFile path: String) throws -> String {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw Failure("Cannot read \(path).", advice: "Check that you may read it.")
    }
    var hash = SHA256()
    while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty { hash.update(data: piece) }
    return Array(hash.finalize()).hex
  }

  /// The SHA-256 of `bytes`.
  static func sha256(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }
}

extension [UInt8] {
  /// The bytes in hexadecimal.
  var hex: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
