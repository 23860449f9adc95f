import Metering

/// A meter as a meters file gives it: its rows together.
public struct MeterImport: Hashable, Sendable {
  /// One row of it: a register or channel, and where the row stands.
  public struct Part: Hashable, Sendable {
    /// The row.
    public var row: MeterRow
    /// The line where it begins.
    public var line: Int
    /// Its text.
    public var raw: [UInt8]
  }

  /// The rows, in the file's order; at least one. They agree in account, service point and time.
  public var parts: [Part]

  /// The row that speaks for all where they agree.
  public var first: MeterRow { parts[0].row }
}

/// Reads the meters of a meters file, the rows of each together.
///
/// A meter is taken whole or not at all: where one of its rows is wrong, its other rows are errors
/// that name that line.
public struct MeterReader: ~Copyable {
  /// A meter, or a row that was not used.
  public enum Item: Sendable {
    /// All rows of a meter.
    case meter(MeterImport)
    /// A row that is wrong, or belongs to a meter one of whose rows is wrong.
    case error(RowError)
  }

  /// What is odd about the header and does no harm, in words.
  public var warnings: [String] { reader.warnings }

  /// The header's text, line end excluded: with it, a row kept for review can be read again.
  public var header: [UInt8] { reader.header }

  private var reader: CSVReader<MeterRow>
  private var group: [Member] = []
  private var groupKey: String?
  private var ready: [Item] = []
  private var readyNext = 0

  private struct Member {
    var line: Int
    var raw: [UInt8]
    var result: Result<MeterRow, RowError>
  }

  /// Reads the header.
  public init(_ source: ByteSource) throws(FileRefusal) {
    reader = try CSVReader(source)
  }

  /// The next meter or row error, or `nil` at the end.
  public mutating func next() throws(FileRefusal) -> Item? {
    while readyNext == ready.count {
      ready.removeAll(keepingCapacity: true)
      readyNext = 0
      guard let item = try reader.next() else {
        guard !group.isEmpty else { return nil }
        close()
        continue
      }
      take(item)
    }
    defer { readyNext += 1 }
    return ready[readyNext]
  }

  private mutating func take(_ item: CSVReader<MeterRow>.Item) {
    guard let key = reader.identifier(inColumn: 0) else {
      if case .error(let error) = item { ready.append(.error(error)) }
      return
    }
    if key != groupKey || group.count == InterchangeLimits.registersPerMeter { close() }
    groupKey = key
    switch item {
    case .row(let row, let line):
      group.append(Member(line: line, raw: reader.raw, result: .success(row)))
    case .error(let error):
      group.append(Member(line: error.line, raw: error.raw, result: .failure(error)))
    }
  }

  /// Judges the group that is complete.
  private mutating func close() {
    defer { group.removeAll(keepingCapacity: true) }
    var firstWrong: Int?
    for index in group.indices {
      if case .success(let row) = group[index].result,
        let (column, reason) = conflict(row, at: index)
      {
        let member = group[index]
        group[index].result = .failure(
          RowError(line: member.line, column: column, reason: reason, raw: member.raw))
      }
      if case .failure = group[index].result, firstWrong == nil { firstWrong = group[index].line }
    }
    if let firstWrong {
      for member in group {
        switch member.result {
        case .failure(let error): ready.append(.error(error))
        case .success:
          ready.append(
            .error(
              RowError(
                line: member.line, column: nil, reason: .companionWrong(line: firstWrong),
                raw: member.raw)))
        }
      }
      return
    }
    let parts = group.compactMap { member in
      (try? member.result.get()).map {
        MeterImport.Part(row: $0, line: member.line, raw: member.raw)
      }
    }
    if !parts.isEmpty { ready.append(.meter(MeterImport(parts: parts))) }
  }

  /// What a row contradicts in the rows before it.
  private func conflict(_ row: MeterRow, at index: Int) -> (String, RowError.Reason)? {
    var reference: (row: MeterRow, line: Int)?
    for member in group[..<index] {
      guard case .success(let earlier) = member.result else { continue }
      if earlier.register.name == row.register.name {
        return ("register", .repeatedRegister(row.register.name, line: member.line))
      }
      if reference == nil { reference = (earlier, member.line) }
    }
    guard let (earlier, line) = reference else { return nil }
    func differs(_ column: String, _ found: String, _ before: String) -> (String, RowError.Reason)?
    {
      found == before ? nil : (column, .disagrees(found: found, earlier: before, line: line))
    }
    return differs("account", row.account, earlier.account)
      ?? differs("service_point", row.servicePoint ?? "", earlier.servicePoint ?? "")
      ?? differs("installed_at", "\(row.installedAt)", "\(earlier.installedAt)")
  }
}
