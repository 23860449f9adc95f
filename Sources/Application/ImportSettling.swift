import Billing
import EventLog
import EventSourcing
import Interchange

/// A piece of an import that an account decides on, row by row.
protocol ImportedWork: Sendable {
  /// Calls `body` with the place and text of each row.
  func forEachRow(_ body: (_ line: Int, _ raw: [UInt8]) -> Void)
}

extension Array: ImportedWork where Element: ImportedWork {
  func forEachRow(_ body: (_ line: Int, _ raw: [UInt8]) -> Void) {
    for element in self { element.forEachRow(body) }
  }
}

extension Line: ImportedWork {
  func forEachRow(_ body: (_ line: Int, _ raw: [UInt8]) -> Void) { body(line, raw) }
}

extension MeterImport: ImportedWork {
  func forEachRow(_ body: (_ line: Int, _ raw: [UInt8]) -> Void) {
    for part in parts { body(part.line, part.raw) }
  }
}

/// The rows that wait in the review queue as they came: one that is accepted after all settles its
/// item. Held in memory, so that an import pays a look-up a row only where something waits.
struct WaitingRows: Sendable {
  private var rows: Set<[UInt8]> = []

  var isEmpty: Bool { rows.isEmpty }

  /// The rows of a kind that wait now, but for those that were forgotten.
  init(of kind: InputKind, in ledger: Ledger) throws {
    let store = try ledger.book.privateStore()
    rows = try ledger.book.read { snapshot in
      var items: [String] = []
      try snapshot.forEachStream(kind: .review) { stream, _ in
        items.append(stream.id)
        return .proceed
      }
      var found: Set<[UInt8]> = []
      for item in items {
        let state = try ReviewState(of: StreamID(.review, item), in: snapshot)
        guard state.isOpen, state.rejected?.kind == kind,
          let bytes = try store.get(key: RawInput.key(item)), let input = try RawInput(bytes)
        else { continue }
        found.insert(input.raw)
      }
      return found
    }
  }

  /// Takes in what was refused.
  mutating func add(_ refused: [Rejection]) {
    for rejection in refused where !rejection.raw.isEmpty { rows.insert(rejection.raw) }
  }

  /// The rows of `work` that waited and are not refused again.
  func settled(by work: some ImportedWork, but refused: [Rejection]) -> [[UInt8]] {
    guard !rows.isEmpty else { return [] }
    let lines = Set(refused.map(\.line))
    var found: [[UInt8]] = []
    work.forEachRow { line, raw in
      if rows.contains(raw), !lines.contains(line) { found.append(raw) }
    }
    return found
  }
}

extension ReviewWriter {
  /// Adds to `batch` that the items of rows that were accepted are settled.
  ///
  /// - Parameter refused: What is refused in the same batch: an item cannot be both.
  /// - Returns: how many items are settled.
  func settle(
    _ rows: [[UInt8]], _ kind: InputKind, but refused: [Rejection], to batch: inout Batch,
    run: UInt64, in snapshot: borrowing Snapshot
  ) throws -> Int {
    var seen = Set(refused.map(\.raw))
    var count = 0
    for row in rows where seen.insert(row).inserted {
      var rejection = Rejection(kind, code: "", detail: "")
      rejection.raw = row
      let stream = StreamID(.review, item(rejection))
      let state = try ReviewState(of: stream, in: snapshot)
      guard state.isOpen else { continue }
      let event = Event.inputResolved(
        InputResolved(how: .superseded, reason: "a later import accepted the row"))
      batch.add(RunWriter.header(stream, version: state.version + 1, run: run)) {
        event.encodeField(into: &$0)
      }
      count += 1
    }
    return count
  }
}
