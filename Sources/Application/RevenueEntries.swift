import Billing
import CivilTime
public import Documents
import EventLog
import EventSourcing
import Money
import Parallel
import ProjectionStore
import Revenue
import Tariffs

/// The entries behind figures of the revenue report.
public struct RevenueEntriesReport: Report {
  /// The report, for every form it is printed in.
  public let document: ReportDocument

  /// The document as text.
  public var text: String { document.text }
  /// Whether the entries come to the figures.
  public var isSatisfied: Bool { document.agrees }

  /// The document as JSON.
  public func encode(to encoder: any Encoder) throws { try document.encode(to: encoder) }
}

/// Which rows of the revenue report are meant.
enum RevenueSubject: Sendable {
  /// What is of an account.
  case account(String)
  /// Rows by their jurisdiction, ledger account, sector, customer class, plan and revenue class; `nil`
  /// for any.
  case rows([String?])

  /// Reads `US-TX8/440//residential/R6/FIXED`, in which `*` is any, or an account.
  init(_ text: String) throws {
    guard text.contains("/") else {
      self = .account(text)
      return
    }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 6 else {
      throw Failure(
        "'\(text)' names no row.",
        advice:
          "Write it as JURISDICTION/LEDGER/SECTOR/CLASS/PLAN/REVENUE_CLASS, * for any of one: "
          + "*/*/*/residential/R1/FIXED.")
    }
    self = .rows(parts.map { $0 == "*" ? nil : $0 })
  }

  func holds(_ cell: RevenueCell) -> Bool {
    guard case .rows(let parts) = self else { return true }
    return zip(parts, cell.nameParts).allSatisfy { part, own in part.map { $0 == own } ?? true }
  }
}

extension RevenueCell {
  /// What the rows of a quarter are told apart by.
  fileprivate var nameParts: [String] {
    [jurisdiction, ledger, sector, customerClass.name, plan, revenueClass?.name ?? ""]
  }
}

extension Ledger {
  /// The entries behind figures of a quarter's revenue, in the order of the book.
  ///
  /// - Parameters:
  ///   - subject: An account, or rows as `US-TX8/440//residential/R6/FIXED`, `*` for any.
  ///   - limit: At most so many entries are listed; 0 for all. The sums are of all.
  /// - Throws: `Failure` for a subject that is neither.
  public func revenueEntries(
    of quarter: Quarter, _ view: RevenueView, version: String?, knownAt known: UInt64?,
    behind subject: String, limit: Int, progress: @escaping ProgressHandler
  ) throws -> RevenueEntriesReport {
    let (catalogue, identity) = try revenueVersion(version, knownAt: known)
    let meant = try RevenueSubject(subject)
    let projection = try catalogue.projection(identity)
    var entries = RevenueEntries(quarter, view.recorded, meant, limit: limit)
    let size = catalogue.size
    if case .account(let account) = meant {
      let stream = try accountStream(account)
      try book.read { snapshot in
        try snapshot.forEach(stream: stream) { position, bytes in
          guard position.rawValue < size else { return .stop }
          entries.take(try entries.found(projection, position, bytes))
          return .proceed
        }
      }
    } else {
      var done = 0
      try Workers.pipeline(
        feed: { push in PositionRange.parts(to: size).forEach(push) },
        produce: { [book, entries] range in
          var found: [RevenueEntries.Found] = []
          try book.read { snapshot in
            try snapshot.forEach(from: range.first, through: range.last) { position, bytes in
              found += try entries.found(projection, position, bytes)
              return .proceed
            }
          }
          return found
        },
        consume: { range, found in
          entries.take(found)
          done += range.count
          progress(WorkProgress("looking", done: done, of: Int(size), unit: "entries"))
        })
    }
    let figures: RevenueFigures? =
      if case .rows = meant {
        try RevenueFigures(rows(projection, size, progress), size: size)
      } else { nil }
    return RevenueEntriesReport(
      document: entries.document(subject, identity, size: size, heldAgainst: figures))
  }
}

/// Collects the entries behind figures.
private struct RevenueEntries: Sendable {
  /// What an entry adds to a row.
  struct Found: Sendable {
    let position: Position
    let account: String
    let day: Day?
    let invoices: String
    let cell: RevenueCell
    let sums: RevenueSums
  }

  private let quarter: Quarter
  private let view: ReportView
  private let subject: RevenueSubject
  private let limit: Int
  private var listed: [Found] = []
  private var total = RevenueSums()
  private var count = 0

  init(_ quarter: Quarter, _ view: ReportView, _ subject: RevenueSubject, limit: Int) {
    (self.quarter, self.view, self.subject, self.limit) = (quarter, view, subject, limit)
  }

  /// What the entry at `position` alone adds to the rows that are meant.
  func found(
    _ projection: some Projection, _ position: Position, _ bytes: RawSpan
  ) throws -> [Found] {
    let entry = try EntryPlace(bytes)
    guard entry.kind == .account else { return [] }
    let figures = try RevenueFigures(of: entry, at: position, bytes, by: projection)
    let own = figures.lines(view.rows).filter {
      Quarter(month: $0.cell.month) == quarter && subject.holds($0.cell) && !$0.sums.isZero
    }
    guard !own.isEmpty else { return [] }
    let account = bytes.text(in: entry.id)
    let named = try EntryInvoices(entry, of: account, bytes)
    return own.sorted { $0.cell.name < $1.cell.name }.map {
      Found(
        position: position, account: account,
        day: entry.effectiveDay.map { Day(rawValue: $0) },
        invoices: (named.cancelled.map { "-\($0)" } + named.issued).joined(separator: " "),
        cell: $0.cell, sums: $0.sums)
    }
  }

  /// Takes in what entries add.
  mutating func take(_ found: [Found]) {
    for each in found {
      total += each.sums
      count += 1
      if limit == 0 || listed.count < limit { listed.append(each) }
    }
  }

  func document(
    _ subject: String, _ identity: ProjectionIdentity, size: UInt64,
    heldAgainst figures: RevenueFigures?
  ) -> ReportDocument {
    var section = ReportDocument.Section(
      "entries", title: "Entries",
      columns: [
        .init("entry", "Entry", .text), .init("day", "Accounting day", .text),
        .init("account", "Account", .text), .init("invoices", "Invoices", .text),
        .init("row", "Row", .text), .init("gross_billed", "Gross billed", .money),
        .init("cancelled", "Cancelled", .money), .init("rebilled", "Rebilled", .money),
        .init("waived", "Waived (memo)", .money), .init("net_billed", "Net billed", .money),
        .init("kwh_billed", "kWh billed", .energy),
      ], hasTotal: false)
    for each in listed {
      section.add([
        .text(each.position.description), .text(each.day?.description ?? ""),
        .text(each.account), .text(each.invoices),
        .text(each.cell.nameParts.joined(separator: "/")),
        .money(Money(cents: each.sums.gross)), .money(Money(cents: each.sums.cancelled)),
        .money(Money(cents: each.sums.rebilled)), .money(Money(cents: each.sums.waived)),
        .money(Money(cents: each.sums.net)),
        .energy(wattHours: each.sums.energy.thousandths),
      ])
    }
    section.hidesIdleColumns = true
    section.notes = ["A minus before an invoice: it is cancelled by the entry."]
    if count > listed.count {
      section.notes.append("\(count - listed.count) more: --limit 0 lists all.")
    }
    let net = ReportDocument.Cell.money(Money(cents: total.net))
    if let figures {
      let held = figures.lines(view.rows).reduce(Int64(0)) {
        Quarter(month: $1.cell.month) == quarter && self.subject.holds($1.cell)
          ? $0 + $1.sums.net : $0
      }
      section.controls = [
        .init(
          "Net billed", left: .init("These entries", net),
          right: .init("The report", .money(Money(cents: held))))
      ]
    }
    return ReportDocument(
      title: "Entries behind the revenue", subtitle: "\(quarter), \(view.title)",
      facts: [
        .init("quarter", "Quarter", quarter.description), .init("of", "Of", subject),
        .init("entries", "Rows of entries", "\(count)"),
        .init(
          "net_billed", "Net billed", InvoiceDocument.grouped(Money(cents: total.net).description)),
        .init("projection", "Projection", identity.description),
        .init("ledger_position", "Ledger position", "\(size)"),
      ], sections: [section],
      notes: [
        "`meterbook history ACCOUNT` shows an entry's events; what is unbilled is of no entry."
      ])
  }
}
