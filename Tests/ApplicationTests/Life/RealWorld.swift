import CivilTime
import Foundation
import Money
import Testing

@testable import Application

/// What the program made of a step.
struct Actual {
  /// What it said if it refused; codes where an import rejected a row.
  var refusal: String?
  var adds = false
  var facts: [String: String] = [:]
}

/// The accounts of a model test in a book on disk, by way of the use cases.
final class RealWorld {
  let book: TestBook
  private let terms: [NaiveAccount.Terms]
  private var files = 0
  /// The demonstration's rules that are needed, and how many documents of each: every step reads them.
  private static let rules = [
    ("calendar", 1), ("classification", 1), ("policy", 2), ("tariff-r1", 1), ("tariff-r2", 1),
    ("tax", 3),
  ]
  /// The book, to read.
  let held: Ledger
  /// The book, to write in, as a session that goes on for long has it.
  private let session: Ledger

  /// The book at a moment of that session.
  private func open(_ clock: String, reason: String = "") throws -> Ledger {
    try session.acting(on: TestBook.authority(clock, reason: reason))
  }

  init(_ world: NaiveWorld) throws {
    terms = world.accounts.map(\.terms)
    let begins = NaiveClock.iso(NaiveClock.midnight(NaiveWorld.begins))
    book = try TestBook(begins: begins, rules: false, tail: 8)
    held = try book.read()
    session = try book.open(begins)
    let rules = try Self.rules.map { name, count in
      let text = try String(contentsOfFile: "\(repository)rules/demo/\(name).yaml", encoding: .utf8)
      let documents = text.components(separatedBy: "\n---\n").prefix(count)
      return try book.file("\(name).yaml", [documents.joined(separator: "\n---\n")])
    }
    let flat = try book.file("flat.yaml", [Self.flat])
    try #require(book.open().publishRules(in: rules + [flat]).problems == [])
    try book.accounts(
      terms.map { it in
        [
          it.id, it.customerClass, "America/Chicago", it.jurisdictions.joined(separator: ";"),
          "\(it.cycleDay)", "\(it.daysUntilDue)", "SP-\(it.id)", it.plan, "\(it.begins)",
        ].joined(separator: ",")
      })
    try book.meters(
      terms.flatMap { it in
        it.registers.map { register in
          let period = register == "kwh" ? "" : register
          return "M-\(it.id),\(it.id),\(register),kWh,5,\(period),,\(it.begins),\(it.startReading)"
        }
      })
    try #require(book.waiting().isEmpty)
  }

  /// Lets the program do a step.
  func play(_ step: LifeStep) throws -> Actual {
    let clock = NaiveClock.iso(step.at)
    do {
      if let account = step.command.account {
        return try ask(account, step.command, clock)
      }
      return try run(step.command, open(clock, reason: "night"))
    } catch let failure as Failure {
      return Actual(refusal: failure.description)
    }
  }

  private func name(_ account: Int, _ invoice: Int) -> String {
    let digits = "\(invoice)"
    return "\(terms[account].id)-"
      + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  private func file(_ lines: [String], _ kind: String = "csv") throws -> String {
    files += 1
    return try book.file("file-\(files % 4).\(kind)", lines)
  }

  /// A meter's name: of the first one of an account, and of those that followed it.
  private func meter(_ account: Int, _ number: Int) -> String {
    "M-\(terms[account].id)" + (number == 0 ? "" : "-\(number + 1)")
  }

  private func exchange(
    _ account: Int, _ meter: Int, _ day: Day, _ finals: [String: Int], _ starts: [String: Int],
    _ clock: String
  ) throws -> Actual {
    let removed = try open(clock).removeMeter(
      self.meter(account, meter), time: "\(day)",
      readings: finals.map { (register: $0.key, value: "\($0.value)") })
    let rows = starts.sorted { $0.key < $1.key }.map { register, value in
      let period = register == "kwh" ? "" : register
      return "\(self.meter(account, meter + 1)),\(terms[account].id),\(register),kWh,5,\(period),,"
        + "\(day),\(value)"
    }
    let installed = try book.meters(rows, clock)
    return Actual(
      refusal: installed.byReason.isEmpty ? nil : "installed: \(installed.byReason)",
      adds: removed.events > 0 && installed.accepted == rows.count)
  }

  private func run(_ command: LifeCommand, _ ledger: Ledger) throws -> Actual {
    switch command {
    case .publish(let publication):
      let report = try ledger.publishRules(in: [file(Self.text(of: publication), "yaml")])
      return Actual(
        refusal: report.problems.first, adds: !report.published.isEmpty)
    case .bill(let through):
      let report = try ledger.bill(through: through) { _ in }
      return Actual(
        adds: report.invoices > 0,
        facts: [
          "invoices": "\(report.invoices)", "total": report.total, "lines": "\(report.lines)",
          "missing": "\(report.rejectedByReason["missing-reading"] ?? 0)",
        ])
    case .lateFees(let isDry):
      let report = try ledger.runLateFees(
        asOf: nil, isDry: isDry, alert: { _ in }, progress: { _ in })
      var facts = ["capped": "\(report.capped)", "amount": report.amount]
      for row in 1...8 { facts["row \(row)"] = "\(report.rows["\(row)"] ?? 0)" }
      if !isDry {
        facts["reasons"] = "\(report.newReasons)"
        facts["broken"] = "\(report.plansBroken)"
        facts["statements"] = "\(report.statements)"
      }
      return Actual(adds: report.entries > 0, facts: facts)
    default:
      let report = try ledger.sendNotifications(to: book.folder + "/told/") { _ in }
      return Actual(adds: report.sent > 0, facts: ["sent": "\(report.sent)"])
    }
  }

  private func ask(_ account: Int, _ command: LifeCommand, _ clock: String) throws -> Actual {
    let id = terms[account].id
    func open(_ reason: String = "") throws -> Ledger { try self.open(clock, reason: reason) }
    switch command {
    case .readings(_, let meter, let day, let values):
      let rows = values.sorted { $0.key < $1.key }
        .map { "\(self.meter(account, meter)),\($0.key),\(day),\($0.value)" }
      return Actual(
        try open().importReadings(from: file(["meter,register,time,value"] + rows)) { _ in })
    case .pay(_, let reference, let amount, let received, let invoice, let byFile):
      return try pay(account, reference, amount, received, invoice, byFile: byFile, clock)
    case .returned(_, let reference, let day, let reason):
      return Actual(try open().returnPayment(reference, of: id, on: day, why: reason))
    case .adjust(_, let amount, let about, let reason, let approver):
      return Actual(
        try open(reason).adjust(
          id, by: Money(cents: Int64(amount)), class: "VARIABLE_ENERGY",
          invoice: about == 0 ? nil : name(account, about), approver: approver))
    case .credit(_, let amount, let about, let reason, let approver):
      return Actual(
        try open(reason).credit(
          id, Money(cents: Int64(amount)), invoice: about == 0 ? nil : name(account, about),
          approver: approver))
    case .writeOff(_, let invoice, let reason):
      return Actual(try open(reason).writeOff(name(account, invoice), approver: "dana"))
    case .dispute(_, let invoice, let amount, let reason):
      return Actual(
        try open(reason).dispute(
          name(account, invoice), amount: amount.map { Money(cents: Int64($0)) }))
    case .resolve(_, let invoice, let outcome, let amount, let reason):
      return Actual(
        try open(reason).resolveDispute(
          of: name(account, invoice), as: outcome, amount: amount.map { Money(cents: Int64($0)) },
          class: "VARIABLE_ENERGY", approver: "dana"))
    case .startPlan(_, let parts, let reason):
      return Actual(
        try open(reason).startPlan(id, parts.map { ($0.due, Money(cents: Int64($0.amount))) }))
    case .breakPlan(_, let reason): return Actual(try open(reason).breakPlan(id))
    case .why(_, let invoice):
      let report = try open().whyLateFee(name(account, invoice), asOf: nil)
      return Actual(facts: ["row": "\(report.row)"])
    case .reverseFee(_, let invoice, let reason):
      return Actual(try open(reason).reverseLateFee(of: name(account, invoice)))
    case .exchange(_, let meter, let day, let finals, let starts):
      return try exchange(account, meter, day, finals, starts, clock)
    case .plan(_, let plan, let day):
      return Actual(try open().assignPlan(id, plan: plan, from: day))
    case .correct(_, let meter, let register, let day, let value, let reason, let isVouchedFor):
      return Actual(
        try open(reason).correctReading(
          meter: self.meter(account, meter), register: register, time: "\(day)", value: "\(value)",
          isVouchedFor: isVouchedFor))
    case .rebill(_, let invoice, let isDry):
      let target = invoice.map { name(account, $0) } ?? id
      return Actual(try open("again").rebill(target, isDryRun: isDry))
    default: return try end(account, command, open("a call"))
    }
  }

  private func end(
    _ account: Int, _ command: LifeCommand, _ ledger: Ledger
  ) throws -> Actual {
    let id = terms[account].id
    return switch command {
    case .stop(_, let day): Actual(try ledger.stopService(id, on: day))
    case .close(_, let day): Actual(try ledger.close(id, on: day))
    case .merge(_, let other): Actual(try ledger.merge(id, into: terms[other].id, on: nil))
    case .unmerge: Actual(try ledger.unmerge(id, on: nil))
    case .enrol(_, let day): Actual(try ledger.enrol(id, promotion: "welcome", from: day))
    case .exempt(_, let jurisdiction, let tax, let day):
      Actual(
        try ledger.exempt(
          id, jurisdiction: jurisdiction, tax: tax, certificate: "C", from: day))
    case .endExemption(_, let number, let day):
      Actual(try ledger.endExemption(UInt32(number), of: id, on: day))
    default: Actual(try ledger.endPromotion(id, promotion: "welcome", on: nil))
    }
  }

  private func pay(
    _ account: Int, _ reference: String, _ amount: Int, _ received: Day?, _ invoice: Int,
    byFile: Bool, _ clock: String
  ) throws -> Actual {
    let id = terms[account].id
    if byFile {
      let today = NaiveClock.day(NaiveClock.seconds(clock))
      let row =
        "\(id),\(cents(amount)),\(received ?? today),\(reference),USD,"
        + "\(invoice == 0 ? "" : name(account, invoice)),"
      return Actual(
        try open(clock).importPayments(from: file([Payments.columns, row])) { _ in })
    }
    return Actual(
      try open(clock).pay(
        id,
        PaymentRequest(
          reference: reference, amount: Money(cents: Int64(amount)),
          received: received.flatMap { PaymentTime("\($0)") },
          invoice: invoice == 0 ? nil : name(account, invoice))))
  }
}

extension Actual {
  fileprivate init(_ report: ChangeReport) { self.init(adds: report.events > 0) }

  fileprivate init(_ report: ImportReport) {
    self.init(
      refusal: report.byReason.isEmpty ? nil : report.byReason.keys.sorted().joined(separator: ","),
      adds: report.accepted > 0,
      facts: ["accepted": "\(report.accepted)", "rejected": "\(report.rejected)"])
  }

  fileprivate init(_ report: RebillReport) {
    self.init(
      adds: !report.isDryRun && !report.entries.isEmpty,
      facts: [
        "rebilled": "\(report.rebilled.count)", "refused": "\(report.refused.count)",
        "difference": report.difference, "balance": report.balanceAfter,
      ])
  }
}

extension NaiveClock {
  /// The moment that `iso` gave.
  static func seconds(_ iso: String) -> Int {
    let day = Day(iso: String(iso.prefix(10)))?.rawValue ?? 0
    let parts = iso.dropFirst(11).dropLast().split(separator: ":").compactMap { Int($0) }
    return Int(day) * 86_400 + parts[0] * 3_600 + parts[1] * 60 + parts[2]
  }
}
