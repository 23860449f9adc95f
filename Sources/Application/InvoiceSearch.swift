import Billing
import CivilTime
import EventLog
import EventSourcing
import Invoices
import LMDB
import ProjectionStore

/// Finds invoices by the rows of their projection: those of one index are walked, and held against what
/// else is asked.
struct InvoiceSearch {
  /// What is walked.
  enum Index: Hashable, Sendable { case all, account, kind, lastDay, issued }

  /// An invoice with what came of it.
  struct Found {
    let row: InvoiceRow
    /// The ordinal of what replaces it, 0 for none; `nil` unless it was cancelled.
    let replacement: UInt32?
  }

  private let filter: InvoiceFilter
  private let file: ProjectionFile
  private let ledger: Ledger
  /// The entries that issued invoices since the day asked for.
  private let issuing: PositionSet
  /// What is walked: of those that are asked for, the one with the fewest rows.
  let index: Index

  init(_ filter: InvoiceFilter, in file: ProjectionFile, of ledger: Ledger) throws {
    (self.filter, self.file, self.ledger) = (filter, file, ledger)
    var issuing = PositionSet()
    if let day = filter.issuedSince {
      try file.forEach(
        from: Invoices.prefix(issuedOn: day), prefix: Invoices.issuedPrefix
      ) { key, value in
        issuing.formUnion(key: key, value: value)
        return .proceed
      }
    }
    self.issuing = issuing
    index = try Self.fewest(filter, file, issued: issuing.count)
  }

  /// The order of the answer: the latest issued first, by last day, or by account.
  private var order: Index {
    filter.issuedSince != nil ? .issued : filter.lastDays != nil ? .lastDay : .account
  }

  /// Lends `body` each invoice that is asked for, in order, until it says stop.
  func forEach(_ body: (Found) throws -> Step) throws {
    let isOrdered = index == order || (order == .account && index != .issued && index != .lastDay)
    guard !isOrdered else {
      return try walk { row in try found(row).map(body) ?? .proceed }
    }
    // The index with the fewest rows: few enough to sort.
    var all: [Found] = []
    try walk { row in
      if let found = try found(row) { all.append(found) }
      return .proceed
    }
    all.sort { left, right in
      if order == .issued { return right.row.address < left.row.address }
      return (left.row.lastDay, left.row.account, left.row.ordinal)
        < (right.row.lastDay, right.row.account, right.row.ordinal)
    }
    for found in all where try body(found) == .stop { return }
  }

  /// The invoice, if all that is asked holds.
  private func found(_ row: InvoiceRow) throws -> Found? {
    guard filter.account.map({ $0 == row.account }) ?? true,
      filter.lastDays.map({ $0.contains(row.lastDay) }) ?? true,
      filter.issuedSince.map({ row.issued >= $0 }) ?? true
    else { return nil }
    let replacement = try file.withValue(
      forKey: Invoices.cancelledKey(account: row.account, ordinal: row.ordinal)
    ) { Invoices.replacement(inValue: $0) }
    let isMeant =
      switch filter.kind {
      case nil: true
      case .bill: !row.isStatement
      case .cancelled: replacement != nil
      case .estimated: try isEstimated(row)
      case .statement, .final, .rebill: filter.kind?.type?.holds(row) ?? true
      }
    return isMeant ? Found(row: row, replacement: replacement) : nil
  }

  /// Whether an invoice names an estimated reading.
  private func isEstimated(_ row: InvoiceRow) throws -> Bool {
    var estimated: Set<EventReference> = []
    try file.forEach(prefix: Invoices.prefix(estimatedOf: row.account)) { key, _ in
      let estimate = Invoices.estimate(inKey: key)
      estimated.insert(EventReference(version: estimate.version, index: estimate.index))
      return .proceed
    }
    guard !estimated.isEmpty else { return false }
    return try issued(at: row.address.position).contains { _, invoice in
      invoice.ordinal == row.ordinal && invoice.readings.contains(where: estimated.contains)
    }
  }

  /// The invoices that an entry issues.
  private func issued(
    at position: Position
  ) throws -> [(account: String, invoice: InvoiceIssued)] {
    try ledger.book.read { snapshot in
      try snapshot.withEntry(at: position) { bytes in
        let entry = try EntryView(bytes)
        return try entry.decodedEvents(bytes).compactMap { event in
          guard case .invoiceIssued(let invoice) = event else { return nil }
          return (entry.header.stream.id, invoice)
        }
      }
    }
  }
}

// MARK: - Walking

extension InvoiceSearch {
  private func walk(_ body: (InvoiceRow) throws -> Step) throws {
    switch index {
    case .all: try rows(prefix: Invoices.prefix, body)
    case .account: try rows(prefix: Invoices.prefix(account: filter.account ?? ""), body)
    case .kind: try walkKind(body)
    case .lastDay:
      guard let days = filter.lastDays else { return }
      try file.forEach(
        from: Invoices.prefix(lastDay: days.lowerBound), prefix: Invoices.lastDayPrefix
      ) { key, _ in
        guard Invoices.day(inKey: key) <= days.upperBound else { return .stop }
        return try row(Invoices.invoice(inKey: key, from: 5), body)
      }
    case .issued:
      for position in issuing.sorted(descending: true) {
        for (account, invoice) in try issued(at: position).reversed() {
          guard try row((account, invoice.ordinal), body) == .proceed else { return }
        }
      }
    }
  }

  private func walkKind(_ body: (InvoiceRow) throws -> Step) throws {
    if let type = filter.kind?.type {
      try file.forEach(prefix: type.prefix) { key, _ in
        try row(Invoices.invoice(inKey: key, from: 2), body)
      }
    } else if filter.kind == .cancelled {
      try file.forEach(prefix: Invoices.cancelledPrefix) { key, _ in
        try row(Invoices.invoice(inKey: key, from: 1), body)
      }
    } else {
      // The accounts with an estimated reading, each once.
      var last: String?
      try file.forEach(prefix: Invoices.estimatedPrefix) { key, _ in
        let account = Invoices.estimate(inKey: key).account
        guard account != last else { return .proceed }
        last = account
        var step = Step.proceed
        try rows(prefix: Invoices.prefix(account: account)) { row in
          step = try body(row)
          return step
        }
        return step
      }
    }
  }

  private func rows(prefix: [UInt8], _ body: (InvoiceRow) throws -> Step) throws {
    try file.forEach(prefix: prefix) { key, value in try body(InvoiceRow(key: key, value: value)) }
  }

  private func row(
    _ invoice: (account: String, ordinal: UInt32), _ body: (InvoiceRow) throws -> Step
  ) throws -> Step {
    let key = Invoices.key(account: invoice.account, ordinal: invoice.ordinal)
    let row = try file.withValue(forKey: key) {
      try InvoiceRow(account: invoice.account, ordinal: invoice.ordinal, value: $0)
    }
    return try row.map(body) ?? .proceed
  }

  /// Of the indexes that are asked for the one with the fewest rows; where all have many, that which
  /// gives the order of the answer.
  private static func fewest(
    _ filter: InvoiceFilter, _ file: ProjectionFile, issued: Int
  ) throws -> Index {
    var indexes: [Index] = []
    if filter.issuedSince != nil { indexes.append(.issued) }
    if filter.lastDays != nil { indexes.append(.lastDay) }
    if filter.account != nil { indexes.append(.account) }
    if let kind = filter.kind, kind != .bill { indexes.append(.kind) }
    guard indexes.count > 1 else { return indexes.first ?? .all }
    for limit in [64, 4096, 65_536] {
      for index in indexes.reversed()
      where try count(index, filter, file, issued: issued, limit: limit) < limit {
        return index
      }
    }
    return indexes[0]
  }

  /// How many rows an index has to be walked, counted up to a limit.
  private static func count(
    _ index: Index, _ filter: InvoiceFilter, _ file: ProjectionFile, issued: Int, limit: Int
  ) throws -> Int {
    var count = 0
    func rows(_ prefix: [UInt8], from start: [UInt8]? = nil, until last: Day? = nil) throws {
      try file.forEach(from: start ?? prefix, prefix: prefix) { key, _ in
        if let last, Invoices.day(inKey: key) > last { return .stop }
        count += 1
        return count < limit ? .proceed : .stop
      }
    }
    switch (index, filter.kind) {
    case (.all, _): try rows(Invoices.prefix)
    case (.issued, _): return issued
    case (.account, _): try rows(Invoices.prefix(account: filter.account ?? ""))
    case (.lastDay, _):
      guard let days = filter.lastDays else { return 0 }
      try rows(
        Invoices.lastDayPrefix, from: Invoices.prefix(lastDay: days.lowerBound),
        until: days.upperBound)
    case (.kind, .cancelled): try rows(Invoices.cancelledPrefix)
    case (.kind, let kind): try rows(kind?.type?.prefix ?? Invoices.estimatedPrefix)
    }
    return count
  }
}
