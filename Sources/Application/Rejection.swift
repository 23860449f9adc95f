import Billing
import CivilTime
import EventLog
import EventSourcing
import LMDB

/// Input that was refused, on its way to the review queue.
struct Rejection: Sendable {
  var kind: InputKind
  var line = 0
  var code: String
  var field = ""
  var detail: String
  /// The input as it came; what the private file keeps.
  var raw: [UInt8] = []
  var account = ""
  var meter = ""
  var register = ""
  var at: Instant?
  var period: BillingPeriod?

  /// A rejection by an account.
  init(_ kind: InputKind, _ reason: AccountRejection, line: Int, raw: [UInt8]) {
    self.kind = kind
    self.line = line
    code = reason.code
    field = reason.field
    detail = "\(reason); \(reason.advice)"
    self.raw = raw
  }

  init(_ kind: InputKind, line: Int = 0, code: String, field: String = "", detail: String) {
    self.kind = kind
    self.line = line
    self.code = code
    self.field = field
    self.detail = detail
  }
}

/// Writes rejections to the review queue: the raw input to the private file, its salted commitment
/// into the book.
///
/// The same input rejected again is the same item, and says nothing new.
struct ReviewWriter {
  private let store: PrivateStore
  private let source: String
  /// The header of the file the input came from, which gives its columns names.
  private let header: [UInt8]

  init(of ledger: Ledger, source: String, header: [UInt8]) throws {
    store = try ledger.book.privateStore()
    self.source = source
    self.header = header
  }

  /// The item of an input: the same for the same kind and bytes.
  func item(_ rejection: Rejection) -> String {
    if rejection.kind == .bill, let period = rejection.period {
      return Identifiers.billingItem(account: rejection.account, start: period.start)
    }
    if rejection.code == GapItem.code {
      return gapItem(rejection.meter, rejection.register, rejection.at)
    }
    return hash("item \(rejection.kind.rawValue)", rejection.raw)
  }

  /// The item of a gap that begins at `start`.
  func gapItem(_ meter: String, _ register: String, _ start: Instant?) -> String {
    hash("gap", Array("\(meter) \(register) \(start?.rawValue ?? 0)".utf8))
  }

  private func hash(_ purpose: String, _ bytes: [UInt8]) -> String {
    Array(store.commitment(to: bytes, for: purpose).prefix(8)).hex
  }

  /// Adds to `batch` an entry for each rejection that says something new, having put its raw input
  /// into the private file, durably.
  ///
  /// - Returns: how many of the rejections were in the queue already.
  func add(
    _ rejections: [Rejection], to batch: inout Batch, run: UInt64, in snapshot: borrowing Snapshot
  ) throws -> Int {
    var known = 0
    var seen: Set<String> = []
    var inputs: [(key: [UInt8], value: [UInt8])] = []
    for rejection in rejections {
      let item = item(rejection)
      let stream = StreamID(.review, item)
      let state = try ReviewState(of: stream, in: snapshot)
      var kept: RawInput?
      if !rejection.raw.isEmpty {
        kept = RawInput(salt: salt(item), header: header, raw: rejection.raw)
      }
      let input = rejection.event(source: source, commitment: kept?.commitment ?? [])
      let events = try Review.decide(.reject(input), state)
      guard seen.insert(item).inserted, !events.isEmpty else {
        known += 1
        continue
      }
      if let kept { inputs.append((RawInput.key(item), kept.bytes)) }
      for event in events {
        batch.add(RunWriter.header(stream, version: state.version + 1, run: run)) {
          event.encodeField(into: &$0)
        }
      }
    }
    if !inputs.isEmpty { try store.put(inputs) }
    return known
  }

  private func salt(_ item: String) -> [UInt8] {
    store.commitment(to: Array(item.utf8), for: "salt")
  }
}

/// The reason code of a hole between intervals.
enum GapItem {
  static let code = "gap"
}

extension Rejection {
  fileprivate func event(source: String, commitment: [UInt8]) -> InputRejected {
    InputRejected(
      kind: kind, source: source, line: UInt64(line), code: code, field: field, detail: detail,
      commitment: commitment, account: account, meter: meter, register: register, at: at,
      start: period?.start, end: period?.end)
  }
}

extension ReviewState {
  /// Whether the item is open.
  var isOpen: Bool { rejected != nil && resolved == nil }
}

/// Refused input as the private file keeps it.
struct RawInput {
  /// 32 bytes, so that nobody can test a guess against the commitment.
  let salt: [UInt8]
  /// The file's header.
  let header: [UInt8]
  /// The record.
  let raw: [UInt8]

  init(salt: [UInt8], header: [UInt8], raw: [UInt8]) {
    self.salt = salt
    self.header = header
    self.raw = raw
  }

  /// SHA-256 of salt and record.
  var commitment: [UInt8] { Identifiers.sha256(salt + raw) }

  static func key(_ item: String) -> [UInt8] { Array("raw/\(item)".utf8) }

  var bytes: [UInt8] {
    var writer = WireWriter()
    writer.data(1, salt)
    writer.data(2, header)
    writer.data(3, raw)
    return writer.bytes
  }

  init?(_ bytes: [UInt8]) throws {
    var parts: [Int: [UInt8]] = [:]
    try bytes.withBytes { bytes in
      var cursor = WireCursor(bytes)
      while let field = try cursor.next(in: bytes) {
        parts[field.number] = bytes.array(in: field.range)
      }
    }
    guard let salt = parts[1], let raw = parts[3] else { return nil }
    self.init(salt: salt, header: parts[2] ?? [], raw: raw)
  }
}
